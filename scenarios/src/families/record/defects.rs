//! Defect management: certified formats, spare areas, and what is verified while it is recorded and after.

use super::burner::{BLOCK, Burner, pattern};
use crate::answer::Answer;
use crate::families::unit;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::Medium;
use discrig_wire::SenseKey;
use discrig_wire::capacity::{FormatCapacities, FormatType, FormattableCapacity};
use discrig_wire::command::{ReadFormatCapacities, Verify10, WriteAndVerify10};
use discrig_wire::feature::{Configuration, FeatureCode};
use discrig_wire::format::{Certification, FormatDescriptor, RecordingMode};
use discrig_wire::structure::{
    BdDds, BdSpareArea, BdStructure, DvdRamDds, DvdRamSpareArea, DvdStructure, StructureMedia,
};

/// Blocks of a cluster.
const CLUSTER: u64 = 32;

/// DVD-RAM in each size that the drive offers, checked block by block, with what spare blocks it has then.
pub(super) fn dvd_ram(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let offers: Vec<_> =
        burner.offers()?.into_iter().filter(|offer| offer.format_type == FormatType::FULL).collect();
    burner.ensure(!offers.is_empty(), || "format type 00h is not offered".to_owned())?;
    for offer in offers {
        burner.format_as(FormatDescriptor::of(offer, 0))?;
        burner.expect_capacity(offer.blocks)?;
        let body = burner.structure(StructureMedia::DVD, DvdStructure::DVD_RAM_SPARE_AREA.0)?;
        let spares = unit::understood(DvdRamSpareArea::parse(&body))?;
        burner.ensure(spares.supplementary_free <= spares.supplementary_total, || {
            format!("more spare blocks are free than there are: {spares:?}")
        })?;
        let body = burner.structure(StructureMedia::DVD, DvdStructure::DVD_RAM_DDS.0)?;
        let identifier = unit::understood(DvdRamDds::parse(&body))?.identifier;
        burner.ensure(identifier == 0x0A0A, || {
            format!("the disc definition structure begins with {identifier:04X}")
        })?;
        burner.verified(offer.blocks)?;
    }
    Ok(())
}

/// BD-RE with each number of spares that the drive offers, the first time with full certification.
pub(super) fn bd_re(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let whole = burner.whole()?;
    let spared = |offer: &FormattableCapacity| offer.format_type == FormatType::BD_RE_WITH_SPARE;
    let offers: Vec<_> = burner.offers()?.into_iter().filter(spared).collect();
    burner.ensure(!offers.is_empty(), || "format type 30h is not offered".to_owned())?;
    let mut certification = Certification::FULL;
    for offer in offers {
        burner.format_as(FormatDescriptor::of(offer, certification.0))?;
        certification = Certification::QUICK_REFORMAT;
        burner.expect_capacity(offer.blocks)?;
        let spares = burner.expect_clusters(whole, offer.blocks)?;
        burner.ensure(spares.total == offer.parameter, || {
            format!("{} spare clusters were offered, and there are {}", offer.parameter, spares.total)
        })?;
        burner.verified(offer.blocks)?;
    }
    Ok(())
}

/// BD-R in sequence with spares: what is written is verified.
pub(super) fn bd_r(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let whole = burner.whole()?;
    let offer = burner.format(FormatType::BD_R_WITH_SPARE, RecordingMode::SEQUENTIAL.0)?;
    burner.require_management()?;
    let spares = burner.expect_clusters(whole, offer.blocks)?;
    let data = pattern(180, 320, BLOCK);
    let first = burner.record(0, &data)?;
    burner.verify(first, 320)?;
    let after = burner.spares()?;
    burner.ensure(after.total == spares.total && after.free <= spares.free, || {
        format!("the spares were {spares:?}, and after recording they are {after:?}")
    })?;
    burner.finish()?;
    burner.verify(first, 320)?;
    burner.read_back(first, &data)
}

impl Burner<'_, '_> {
    /// Blocks of the disc without any format.
    fn whole(&mut self) -> Result<u32, Stop> {
        let bytes = self.fetch(ReadFormatCapacities { allocation_length: 252 })?;
        Ok(unit::understood(FormatCapacities::parse(&bytes))?.current.blocks)
    }

    fn expect_capacity(&mut self, blocks: u32) -> Verdict {
        let seen = self.capacity()?;
        let listed = self.whole()?;
        self.ensure((seen, listed) == (blocks, blocks), || {
            format!("the disc is formatted with {blocks} blocks, and has {seen}; {listed} as READ FORMAT CAPACITIES says")
        })?;
        self.require_management()
    }

    /// Feature 0024h is current.
    fn require_management(&mut self) -> Verdict {
        let (_, bytes) =
            unit::configuration(self.stage, &mut self.seat, 2, FeatureCode::HARDWARE_DEFECT_MANAGEMENT.0);
        let configuration = unit::understood(Configuration::parse(&bytes))?;
        let feature = configuration.feature(FeatureCode::HARDWARE_DEFECT_MANAGEMENT);
        self.ensure(feature.is_some_and(|feature| feature.current), || {
            "the disc has spare areas, and hardware defect management is not current".to_owned()
        })
    }

    /// Spare clusters of a BD.
    fn spares(&mut self) -> Result<BdSpareArea, Stop> {
        let body = self.structure(StructureMedia::BD, BdStructure::SPARE_AREA.0)?;
        let spares = unit::understood(BdSpareArea::parse(&body))?;
        self.ensure(spares.free <= spares.total, || {
            format!("more spare clusters are free than there are: {spares:?}")
        })?;
        Ok(spares)
    }

    /// Blocks for the user and spare clusters make up the disc, as far as its definition structure and spare area information go.
    fn expect_clusters(&mut self, whole: u32, blocks: u32) -> Result<BdSpareArea, Stop> {
        let body = self.structure(StructureMedia::BD, BdStructure::DDS.0)?;
        let dds = unit::understood(BdDds::parse(&body))?;
        self.ensure(dds.identifier.0 == *b"DS" && dds.last_block.checked_add(1) == Some(blocks), || {
            format!("the disc has {blocks} blocks, and its definition structure is {dds:?}")
        })?;
        let spares = self.spares()?;
        let sum = u64::from(blocks) + CLUSTER * u64::from(spares.total);
        self.ensure(sum == u64::from(whole), || {
            format!("{blocks} blocks and {} spare clusters are {sum} blocks of {whole}", spares.total)
        })?;
        Ok(spares)
    }

    fn verify(&mut self, first: u32, blocks: u16) -> Verdict {
        self.send(Verify10 {
            logical_block_address: first,
            verification_length: blocks,
            ..Verify10::default()
        })
    }

    /// Blocks are written with verification and without, and verified, at both ends of `blocks` blocks.
    fn verified(&mut self, blocks: u32) -> Verdict {
        let data = pattern(181, 64, BLOCK);
        for first in [0, blocks.saturating_sub(64)] {
            let (one, other) = data.split_at(32 * BLOCK);
            let command = WriteAndVerify10 {
                logical_block_address: first,
                transfer_length: 32,
                ..WriteAndVerify10::default()
            };
            self.give(command, one)?;
            self.write(first + 32, other)?;
            self.synchronize()?;
            self.verify(first, 64)?;
            self.read_back(first, &data)?;
        }
        let behind =
            Verify10 { logical_block_address: blocks, verification_length: 1, ..Verify10::default() };
        let answer = self.answer(behind.into(), &[]);
        let refused = matches!(answer, Answer::Check(code) if code.key == SenseKey::IllegalRequest);
        self.ensure(refused, || format!("VERIFY(10) behind the last block: {answer}"))
    }
}
