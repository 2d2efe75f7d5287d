//! DVD+RW: written in any order while a format goes on in the background.

#[cfg(test)]
mod tests;

use super::shared::defects::{self, Certification};
use super::shared::{
    FORMAT_PARAMETER, FORMAT_TYPE, NUMBER_OF_BLOCKS, blocks_of, current_capacity, last_block, protection,
    readable,
};
use super::{Change, FormatRequest, MediumRules, Task};
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::state::{BackgroundState, DiscState, Form, Recording, Surface};
use discrig_wire::capacity::{CurrentCapacity, FormatType, FormattableCapacity};
use discrig_wire::close::CloseFunction;
use discrig_wire::feature::FeatureCode;
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;

/// DVD+RW.
pub(super) struct DvdPlusRw;

/// As many blocks as there are.
const EVERYTHING: u32 = u32::MAX;
/// Restart bit of the format descriptor: go on with a format that was stopped. It is the lowest bit of the parameter.
const RESTART: u32 = 1;
const RESTART_BYTE: u16 = FORMAT_PARAMETER + 2;

fn surface(disc: &DiscState) -> Result<&Surface, Refusal> {
    match &disc.recording {
        Recording::Random(surface) if surface.blocks > 0 => Ok(surface),
        _ => Err(codes::MEDIUM_NOT_FORMATTED.into()),
    }
}

impl MediumRules for DvdPlusRw {
    fn unrecorded(&self, _: MediumKind) -> Recording {
        Recording::Random(Surface::default())
    }

    fn write_features(&self, _: &DiscState) -> &'static [FeatureCode] {
        &[FeatureCode::RANDOM_WRITABLE, FeatureCode::FORMATTABLE, FeatureCode::DVD_PLUS_RW]
    }

    /// Blocks ahead of the format are reached by it on the way, which takes its time; a format that was stopped goes on by itself.
    fn written(&self, disc: &mut DiscState, _: &WriteParametersPage, first: i32, blocks: u32) {
        defects::written(disc, first, blocks);
        if let Recording::Random(surface) = &mut disc.recording
            && surface.background != BackgroundState::Complete
            && blocks > 0
        {
            surface.background = BackgroundState::Running;
            (surface.dirty, surface.open) = (true, true);
            let reached = u32::try_from(first).unwrap_or(0).saturating_add(blocks).next_multiple_of(16);
            advance(surface, reached);
        }
    }

    fn format(&self, disc: &DiscState, request: &FormatRequest) -> Result<Change, Refusal> {
        let capacity = disc.kind.spec().capacity;
        if FormatType(request.format_type) != FormatType::DVD_PLUS_RW_BASIC {
            return Err(Refusal::parameter(FORMAT_TYPE, Some(7)));
        }
        if request.sub_type != 0 {
            return Err(Refusal::parameter(FORMAT_TYPE, Some(1)));
        }
        if ![capacity, EVERYTHING].contains(&request.blocks) {
            return Err(Refusal::parameter(NUMBER_OF_BLOCKS, Some(7)));
        }
        match request.parameter {
            0 => begin(disc, capacity),
            RESTART => restart(disc),
            _ => Err(Refusal::parameter(FORMAT_PARAMETER, Some(7))),
        }
    }

    fn close(
        &self,
        disc: &DiscState,
        _: &WriteParametersPage,
        function: u8,
        _track: u16,
    ) -> Result<Change, Refusal> {
        let (task, lead_out) = match CloseFunction(function) {
            CloseFunction::STOP_BACKGROUND_FORMAT => (Task::StopFormat, false),
            CloseFunction::SESSION => (Task::CloseSession, true),
            CloseFunction::QUICK_FINALIZE => (Task::Finalize, true),
            _ => return Err(Refusal::field("close_function")),
        };
        let surface = surface(disc)?;
        let stops = surface.background == BackgroundState::Running;
        let writes_lead_out = lead_out && surface.open;
        if !stops && !writes_lead_out {
            return Ok(Change::nothing(disc));
        }
        let mut after = disc.clone();
        if let Recording::Random(surface) = &mut after.recording {
            suspend(surface);
            // What other drives need is written when the format stops; a lead-out only when it is asked for.
            surface.dirty = false;
            surface.open &= !lead_out;
        }
        Ok(Change::to(after, task))
    }

    fn send_structure(&self, disc: &DiscState, format: u8, bytes: &[u8]) -> Result<Change, Refusal> {
        protection::send(disc, format, bytes)
    }

    fn background(&self, disc: &DiscState, blocks: u32) -> Option<DiscState> {
        match &disc.recording {
            Recording::Random(surface)
                if surface.blocks > 0 && surface.background == BackgroundState::Running => {}
            _ => return None,
        }
        let mut after = disc.clone();
        if let Recording::Random(surface) = &mut after.recording {
            let reached = surface.formatted_to.saturating_add(blocks);
            advance(surface, reached);
        }
        Some(after)
    }

    /// The format stands where it was, and the structures are out of date.
    fn interrupted(&self, disc: &mut DiscState) {
        if let Recording::Random(surface) = &mut disc.recording {
            suspend(surface);
        }
    }

    fn format_capacities(&self, disc: &DiscState) -> (CurrentCapacity, Vec<FormattableCapacity>) {
        let blocks = disc.kind.spec().capacity;
        let again = FormattableCapacity { blocks, format_type: FormatType::DVD_PLUS_RW_BASIC, parameter: 0 };
        let mut current = current_capacity(disc);
        if surface(disc).is_ok() {
            current.blocks = reach(disc);
        }
        (current, vec![again])
    }

    fn last_block(&self, disc: &DiscState) -> u32 {
        reach(disc).saturating_sub(1)
    }

    fn readable(&self, disc: &DiscState, first: i32, blocks: u32) -> Result<Form, Refusal> {
        let form = readable(disc, first, blocks)?;
        let end = i32::try_from(reach(disc)).unwrap_or(i32::MAX);
        if first.saturating_add_unsigned(blocks) > end || first >= end {
            return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, first.max(end)));
        }
        Ok(form)
    }
}

/// Blocks that can be addressed: all while a format runs, which brings what is asked for; what was reached while it is suspended.
fn reach(disc: &DiscState) -> u32 {
    match &disc.recording {
        Recording::Random(surface) if surface.background == BackgroundState::Suspended => {
            surface.formatted_to
        }
        Recording::Random(Surface { blocks: 0, .. }) => 0,
        _ => last_block(disc) + 1,
    }
}

/// The format has come so far.
fn advance(surface: &mut Surface, reached: u32) {
    surface.formatted_to = surface.formatted_to.max(reached).min(surface.blocks);
    if surface.formatted_to == surface.blocks {
        surface.background = BackgroundState::Complete;
        (surface.dirty, surface.open) = (false, false);
    }
}

fn suspend(surface: &mut Surface) {
    if surface.background == BackgroundState::Running {
        surface.background = BackgroundState::Suspended;
    }
}

/// A format from the beginning.
fn begin(disc: &DiscState, capacity: u32) -> Result<Change, Refusal> {
    if surface(disc).is_ok_and(|surface| surface.background == BackgroundState::Running) {
        return Err(codes::COMMAND_SEQUENCE_ERROR.into());
    }
    let surface = Surface {
        blocks: capacity,
        format: (FormatType::DVD_PLUS_RW_BASIC.0, 0),
        background: BackgroundState::Running,
        // The first ECC block is formatted before the command ends: a disc that is formatted has a capacity.
        formatted_to: disc.kind.spec().blocking.into(),
        dirty: true,
        open: true,
        ..Surface::default()
    };
    let after = defects::format(disc, surface, Certification::None)?;
    let erased = blocks_of(0, capacity)?;
    Ok(Change { after, task: Task::FormatQuick, blocks: 0, erased: vec![erased] })
}

/// A format that was stopped goes on; one that runs or is complete has nothing to restart.
fn restart(disc: &DiscState) -> Result<Change, Refusal> {
    let background = surface(disc).map_err(|_| Refusal::parameter(RESTART_BYTE, Some(0)))?.background;
    if background != BackgroundState::Suspended {
        return Ok(Change::nothing(disc));
    }
    let mut after = disc.clone();
    if let Recording::Random(surface) = &mut after.recording {
        surface.background = BackgroundState::Running;
        (surface.dirty, surface.open) = (true, true);
    }
    Ok(Change::to(after, Task::FormatQuick))
}
