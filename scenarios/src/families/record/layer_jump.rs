//! DVD-R DL by layer jumps: a track goes on above where it is, and after that again on the first layer (MMC-5 6.34).

use super::burner::{BLOCK, Burner, pattern};
use super::dvd_minus::{SEQUENTIAL, parameters};
use super::state::State;
use crate::families::unit;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::Medium;
use discrig_wire::close::CloseFunction;
use discrig_wire::command::Write10;
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::mode::{MultiSession, WriteType};
use discrig_wire::structure::{
    DvdStructure, JumpInterval, ManualLayerJump, ShiftedMiddleArea, StructureMedia,
};
use discrig_wire::track::LayerJumpStatus;

const PROFILE: Profile = Profile::DVD_R_DL_LAYER_JUMP;

/// Layer jump recording at regular intervals: the track goes on above its beginning after each jump.
pub(super) fn at_intervals(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = blank(stage, medium, MultiSession::NONE)?;
    let data = pattern(25, 256, BLOCK);
    jump_every(&mut burner, 160)?;
    let jumping = [FeatureCode::LAYER_JUMP_RECORDING];
    burner.expect_state("before writing", &State { current: &jumping, ..State::blank(PROFILE) })?;
    let jump = burner.track(1)?.next_layer_jump;
    burner.ensure(jump == 159, || format!("the interval is 160 blocks, and the next jump at {jump}"))?;
    burner.write(0, &data[..144 * BLOCK])?;
    let across = Write10 { logical_block_address: 144, transfer_length: 32, ..Write10::default() };
    burner.refused(across, &data[144 * BLOCK..176 * BLOCK])?;
    burner.write(144, &data[144 * BLOCK..160 * BLOCK])?;
    let above = burner.next_writable()?;
    burner.ensure(above > 160, || format!("after the jump recording goes on at {above}"))?;
    burner.write(above, &data[160 * BLOCK..])?;
    burner.synchronize()?;
    end(&mut burner)?;
    burner.read_back(0, &data[..160 * BLOCK])?;
    burner.read_back(above, &data[160 * BLOCK..])
}

/// Layer jumps at regular intervals.
fn jump_every(burner: &mut Burner<'_, '_>, blocks: u32) -> Verdict {
    burner.send_structure(DvdStructure::JUMP_INTERVAL, &JumpInterval { blocks }.to_bytes())
}

/// A blank disc that is going to be recorded by layer jumps.
fn blank<'s, 'a>(
    stage: &'s mut Stage<'a>,
    medium: Medium,
    multi_session: MultiSession,
) -> Result<Burner<'s, 'a>, Stop> {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.require_profile(PROFILE)?;
    burner.write_parameters(parameters(WriteType::LAYER_JUMP, multi_session))?;
    Ok(burner)
}

/// Layer jumps where the initiator wants them.
pub(super) fn manual(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = blank(stage, medium, MultiSession::NONE)?;
    let data = pattern(37, 352, BLOCK);
    let jumps = [(0, 95), (96, 175)];
    let mut pieces = Vec::new();
    let mut rest = &data[..];
    for (start, block) in jumps {
        let body = ManualLayerJump { block }.to_bytes();
        burner.send_structure(DvdStructure::MANUAL_LAYER_JUMP, &body)?;
        let track = burner.track(1)?;
        burner.ensure(track.next_writable == start && track.next_layer_jump == block, || {
            format!("recording stands at {start}, to jump behind {block}, and the track is {track:?}")
        })?;
        // On the first layer up to the jump, and above as far back.
        let blocks = block + 1 - start;
        for layer in 0..2 {
            let next = burner.next_writable()?;
            burner.ensure((next == start) == (layer == 0), || {
                format!("of the stretch from {start} to {block} layer {layer} goes on at {next}")
            })?;
            let (piece, others) = rest.split_at(blocks as usize * BLOCK);
            let (most, last) = piece.split_at(piece.len() - 16 * BLOCK);
            burner.write(next, most)?;
            let logical_block_address = next + blocks - 16;
            let across = Write10 { logical_block_address, transfer_length: 32, ..Write10::default() };
            burner.refused(across, &data[..32 * BLOCK])?;
            burner.write(logical_block_address, last)?;
            burner.synchronize()?;
            pieces.push((next, piece));
            rest = others;
        }
    }
    let track = burner.track(1)?;
    burner.ensure(track.layer_jump_status == LayerJumpStatus::MANUAL, || {
        format!("layer jumps are manual, and the track says: {}", track.layer_jump_status)
    })?;
    end(&mut burner)?;
    pieces.iter().try_for_each(|(start, piece)| burner.read_back(*start, piece))
}

/// The track and the border are closed, and the disc is complete.
fn end(burner: &mut Burner<'_, '_>) -> Verdict {
    burner.close(CloseFunction::TRACK, 1)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let complete = State { idle: &SEQUENTIAL, ..State::complete(PROFILE, 1, 1) };
    burner.expect_state("after closing the border", &complete)
}

/// The middle area is shifted inwards, so that the first layer ends there: recording jumps at its end.
pub(super) fn shifted_middle_area(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = blank(stage, medium, MultiSession::NONE)?;
    let body = ShiftedMiddleArea { fixed: false, start_block: 160 }.to_bytes();
    burner.send_structure(DvdStructure::SHIFTED_MIDDLE_AREA, &body)?;
    let body = burner.structure(StructureMedia::DVD, DvdStructure::SHIFTED_MIDDLE_AREA.0)?;
    let start = unit::understood(ShiftedMiddleArea::parse(&body))?.start_block;
    burner.ensure(start == 160, || format!("the middle area was shifted to 160, and is at {start}"))?;
    jump_every(&mut burner, 160)?;
    let data = pattern(38, 304, BLOCK);
    burner.write(0, &data[..160 * BLOCK])?;
    let above = burner.next_writable()?;
    burner.ensure(above == 160, || {
        format!("layer 0 has 160 blocks, all of them written, and layer 1 goes on at {above}")
    })?;
    burner.write(above, &data[160 * BLOCK..])?;
    burner.synchronize()?;
    end(&mut burner)?;
    burner.read_back(0, &data)
}

/// Two borders by layer jumps: only so a second one can follow on a dual layer disc.
pub(super) fn borders(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = blank(stage, medium, MultiSession::NEXT)?;
    let data = pattern(33, 256, BLOCK);
    let (first, second) = data.split_at(160 * BLOCK);
    jump_every(&mut burner, 160)?;
    burner.write(0, first)?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 1)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let next = burner.next_writable()?;
    burner.ensure(next > 160, || format!("the border is closed and the next block is {next}"))?;
    let appendable = State { current: &SEQUENTIAL, ..State::appendable(PROFILE, 2, 2) };
    burner.expect_state("after the first border", &appendable)?;
    burner.read_back(0, first)?;
    burner.write_parameters(parameters(WriteType::LAYER_JUMP, MultiSession::NONE))?;
    burner.write(next, second)?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 2)?;
    burner.close(CloseFunction::SESSION, 0)?;
    burner.expect_state(
        "after the last border",
        &State { idle: &SEQUENTIAL, ..State::complete(PROFILE, 2, 2) },
    )?;
    burner.read_back(0, first)?;
    burner.read_back(next, second)
}
