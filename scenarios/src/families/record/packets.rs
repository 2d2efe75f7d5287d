//! CD-R and CD-RW in packets: of any size, of 32 blocks, and formatted with them.

use super::burner::{BLOCK, Burner, pattern};
use super::cd::{LINK, PACKETS, WRITING, parameters};
use super::state::State;
use crate::answer::Answer;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::Medium;
use discrig_wire::capacity::FormatType;
use discrig_wire::close::{BlankingType, CloseFunction};
use discrig_wire::command::Blank;
use discrig_wire::feature::FeatureCode;
use discrig_wire::mode::{DataBlockType, WriteParametersPage, WriteType};
use discrig_wire::sense::codes;

/// Packets of any size, links between them.
pub(super) fn variable(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.write_parameters(parameters(WriteType::PACKET, PACKETS, DataBlockType::MODE_1))?;
    let data = pattern(75, 320, BLOCK);
    let mut packets = Vec::new();
    let mut at = 0;
    for packet in data.chunks(32 * BLOCK) {
        let next = burner.track(0xFF)?.next_writable;
        burner.ensure(next == at, || format!("the next packet goes to {next}, to be {at}"))?;
        burner.write(at, packet)?;
        burner.synchronize()?;
        packets.push((at, packet));
        at += 32 + LINK;
    }
    burner.close(CloseFunction::TRACK, 0xFF)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let state = State { idle: &WRITING, ..State::complete(burner.traits.profile, 1, 1) };
    burner.expect_state("after closing", &state)?;
    packets.iter().try_for_each(|(at, packet)| burner.read_back(*at, packet))
}

fn packets_of_32() -> impl FnOnce(WriteParametersPage) -> WriteParametersPage {
    |page| WriteParametersPage {
        fixed_packet: true,
        packet_size: 32,
        ..parameters(WriteType::PACKET, PACKETS, DataBlockType::MODE_1)(page)
    }
}

/// Packets of 32 blocks in sequence; links do not count.
pub(super) fn fixed(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let data = pattern(76, 320, BLOCK);
    burner.write_parameters(packets_of_32())?;
    burner.write(0, &data)?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 0xFF)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let state = State { capacity: Some(320), idle: &WRITING, ..State::complete(burner.traits.profile, 1, 1) };
    burner.expect_state("after closing", &state)?;
    burner.read_back(0, &data)
}

/// CD-RW formatted in fixed packets, overwritten in any order.
pub(super) fn formatted(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    const CURRENT: [FeatureCode; 2] = [FeatureCode::RESTRICTED_OVERWRITE, FeatureCode::FORMATTABLE];
    let mut burner = Burner::with_blank(stage, medium)?;
    let offer = burner.format(FormatType::PACKET_FULL, 0)?;
    let formatted = State {
        capacity: Some(offer.blocks),
        current: &CURRENT,
        ..State::complete(burner.traits.profile, 1, 1)
    };
    burner.expect_state("after formatting", &formatted)?;
    burner.write_parameters(packets_of_32())?;
    let data = pattern(77, 128, BLOCK);
    let places = [320, 0, offer.blocks - 32, 320];
    let packets: Vec<_> = places.into_iter().zip(data.chunks(32 * BLOCK)).collect();
    packets.iter().try_for_each(|(at, packet)| burner.write(*at, packet))?;
    burner.synchronize()?;
    // The last packet went where the first one was.
    packets[1..].iter().try_for_each(|(at, packet)| burner.read_back(*at, packet))?;
    burner.expect_state("after writing", &formatted)
}

/// The tail of a track in packets is blanked, and other packets take its place.
pub(super) fn blanked_tail(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.write_parameters(parameters(WriteType::PACKET, PACKETS, DataBlockType::MODE_1))?;
    let data = pattern(83, 320, BLOCK);
    let packets: Vec<_> = (0..).step_by((64 + LINK) as usize).zip(data.chunks(64 * BLOCK)).collect();
    for (at, packet) in &packets {
        burner.write(*at, packet)?;
        burner.synchronize()?;
    }
    let tail = packets[2].0;
    let command = Blank { immed: true, blanking_type: BlankingType::TRACK_TAIL.0, start_address: tail };
    if burner.answer(command.into(), &[]) == Answer::Check(codes::INVALID_FIELD_IN_CDB) {
        return Err(Stop::Skip("the drive does not blank the tail of a track".to_owned()));
    }
    burner.wait_until_ready()?;
    let next = burner.track(0xFF)?.next_writable;
    burner
        .ensure(next == tail, || format!("blocks from {tail} on are blanked, and the next one is {next}"))?;
    let again = pattern(84, 96, BLOCK);
    burner.write(tail, &again)?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 0xFF)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let state = State { idle: &WRITING, ..State::complete(burner.traits.profile, 1, 1) };
    burner.expect_state("after closing", &state)?;
    packets[..2].iter().try_for_each(|(at, packet)| burner.read_back(*at, packet))?;
    burner.read_back(tail, &again)
}
