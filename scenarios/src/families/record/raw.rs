//! CD-R and CD-RW raw: the initiator makes everything from the lead-in to the lead-out, sub-channels and the ECC of data sectors included.

use super::burner::{BLOCK, Burner, pattern};
use super::cd::{AUDIO, DATA, parameters};
use super::cd_read::Expected;
use super::cd_session::{PAUSE, lead_in_start};
use super::cd_text;
use super::graphics;
use super::sector::{self, Content, RAW, SUB_CHANNELS};
use crate::answer::Answer;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::Medium;
use discrig_wire::mode::{DataBlockType, WriteType};
use discrig_wire::msf::Msf;
use discrig_wire::sense::codes;
use discrig_wire::sub_channel::QFrame;
use discrig_wire::toc::LEAD_OUT;

/// Blocks of the track that is written.
const BLOCKS: i32 = 300;
/// Blocks of the lead-out that burners write.
const LEAD_OUT_BLOCKS: i32 = 6750;
/// Sectors that are given at a time.
const AT_ONCE: i32 = 26;
const SILENCE: [u8; RAW] = [0; RAW];

/// A session with one track.
struct RawSession {
    lead_in: i32,
    control: u8,
    /// The sectors of pause and track.
    program: Vec<u8>,
}

fn no_time() -> Stop {
    Stop::Rig("a block of the session has no time".to_owned())
}

impl RawSession {
    /// An audio track on the disc that lies in the drive.
    fn audio(burner: &mut Burner<'_, '_>, track: &[u8]) -> Result<RawSession, Stop> {
        let program = [&vec![0; PAUSE as usize * RAW], track].concat();
        Ok(RawSession { lead_in: lead_in_start(burner)?, control: AUDIO, program })
    }

    /// A track of mode 1, whose sectors are given as they are modulated: scrambled.
    fn data(burner: &mut Burner<'_, '_>, user: &[u8]) -> Result<RawSession, Stop> {
        let whole = [&vec![0; PAUSE as usize * BLOCK], user].concat();
        let mut program = Vec::with_capacity(whole.len() / BLOCK * RAW);
        for (lba, user) in (-PAUSE..).zip(whole.chunks(BLOCK)) {
            let mut sector = sector::sealed(lba, &Content::mode_1(user)).ok_or_else(no_time)?;
            sector::scramble(&mut sector);
            program.extend_from_slice(&sector);
        }
        Ok(RawSession { lead_in: lead_in_start(burner)?, control: DATA, program })
    }

    /// The Q channel of a block: entries of the table of contents in the lead-in, positions elsewhere.
    fn q(&self, lba: i32) -> Option<[u8; QFrame::SIZE]> {
        let frames = |count: i32| Msf::from_lba(count - PAUSE);
        let (control, absolute) = (self.control, Msf::from_lba(lba)?);
        if lba < -PAUSE {
            let n = lba - self.lead_in;
            // Each entry three times, as the standard has it.
            let (point, pointed) = match n / 3 % 4 {
                0 => (1, Msf::from_lba(0)?),
                1 => (0xA0, Msf::new(1, 0, 0)),
                2 => (0xA1, Msf::new(1, 0, 0)),
                _ => (0xA2, Msf::from_lba(BLOCKS)?),
            };
            // The time of the lead-in stands where that in the track does.
            return Some(sector::position(control, 0, point, frames(n)?, pointed));
        }
        Some(match lba {
            ..0 => sector::position(control, 1, 0, frames(-lba)?, absolute),
            _ if lba < BLOCKS => sector::position(control, 1, 1, frames(lba)?, absolute),
            _ => sector::position(control, LEAD_OUT, 1, frames(lba - BLOCKS)?, absolute),
        })
    }

    /// The main channel: pause and track, or what nobody reads.
    fn main(&self, lba: i32) -> &[u8] {
        usize::try_from(lba + PAUSE)
            .ok()
            .and_then(|block| self.program.get(block * RAW..(block + 1) * RAW))
            .unwrap_or(&SILENCE)
    }

    /// Page 05h, and everything from the lead-in to the lead-out. `sub_channels` makes those of a block from its Q and P.
    fn record(
        &self,
        burner: &mut Burner<'_, '_>,
        data_block_type: DataBlockType,
        sub_channels: impl Fn(i32, [u8; QFrame::SIZE], bool) -> Vec<u8>,
    ) -> Verdict {
        // Burners find out by trying whether a drive takes such blocks.
        let wanted = parameters(WriteType::RAW, 0, data_block_type);
        match burner.try_parameters(wanted)? {
            Answer::Ok => {}
            Answer::Check(codes::INVALID_FIELD_IN_PARAMETER_LIST) => {
                return Err(Stop::Skip(format!("the drive takes no blocks that are {data_block_type}")));
            }
            answer => return Err(Stop::fail(format!("MODE SELECT(10) of page 05h: {answer}"))),
        }
        let mut at = self.lead_in;
        let end = BLOCKS + LEAD_OUT_BLOCKS;
        while at < end {
            let until = (at + AT_ONCE).min(end);
            let mut bytes = Vec::with_capacity(AT_ONCE as usize * (RAW + SUB_CHANNELS));
            for lba in at..until {
                bytes.extend(self.main(lba));
                let q = self.q(lba).ok_or_else(no_time)?;
                bytes.extend(sub_channels(lba, q, (-PAUSE..0).contains(&lba)));
            }
            let size = bytes.len() / (until - at) as usize;
            burner.write_blocks(at, size, &bytes)?;
            at = until;
        }
        burner.synchronize()?;
        burner.expect_session(&[(self.control, 0)], BLOCKS as u32)
    }
}

/// Sub-channels of 96 bytes with every sector.
pub(super) fn symbols(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let track = pattern(96, BLOCKS as usize, RAW);
    let session = RawSession::audio(&mut burner, &track)?;
    session.record(&mut burner, DataBlockType::RAW_WITH_RAW_RW, |_, q, p| sector::with_q(q, p).to_vec())?;
    burner.expect_sectors(0, &track, Expected::audio(1, 0))
}

/// P and Q in 16 bytes with every sector.
pub(super) fn p_and_q(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let track = pattern(97, BLOCKS as usize, RAW);
    let session = RawSession::audio(&mut burner, &track)?;
    session.record(&mut burner, DataBlockType::RAW_WITH_PQ, |_, q, p| {
        let mut bytes = q.to_vec();
        bytes.extend([0, 0, 0, u8::from(p) << 7]);
        bytes
    })?;
    burner.expect_sectors(0, &track, Expected::audio(1, 0))
}

/// Data sectors that the initiator has made whole.
pub(super) fn data(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let user = pattern(98, BLOCKS as usize, BLOCK);
    let session = RawSession::data(&mut burner, &user)?;
    session.record(&mut burner, DataBlockType::RAW_WITH_RAW_RW, |_, q, p| sector::with_q(q, p).to_vec())?;
    burner.read_back(0, &user)?;
    burner.expect_sectors(0, &user, Expected::data(1, 0))
}

/// CD-Text in R to W of the lead-in.
pub(super) fn text(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let track = pattern(99, BLOCKS as usize, RAW);
    let session = RawSession::audio(&mut burner, &track)?;
    let packs = cd_text::packs();
    let blocks = (-PAUSE - session.lead_in) as usize;
    let text = cd_text::lead_in(&packs, blocks);
    session.record(&mut burner, DataBlockType::RAW_WITH_RAW_RW, |lba, q, p| {
        let at = (lba - session.lead_in) as usize * SUB_CHANNELS;
        let text = text.get(at..at + SUB_CHANNELS).unwrap_or(&[]);
        graphics::joined(sector::with_q(q, p), text)
    })?;
    burner.expect_sectors(0, &track, Expected::audio(1, 0))?;
    burner.expect_text(&packs)
}

/// Packs of R to W, to which the drive adds parity and interleave.
pub(super) fn packs(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let track = pattern(100, BLOCKS as usize, RAW);
    let session = RawSession::audio(&mut burner, &track)?;
    let packs = graphics::packs(101, BLOCKS as usize);
    session.record(&mut burner, DataBlockType::RAW_WITH_PACKED_RW, |lba, q, p| {
        let own = usize::try_from(lba).ok().and_then(|block| packs.get(block));
        graphics::joined(sector::with_q(q, p), own.map_or(&[], |own| &own[..]))
    })?;
    burner.expect_sectors(0, &track, Expected::audio(1, 0))?;
    burner.expect_packs(0, &packs)
}
