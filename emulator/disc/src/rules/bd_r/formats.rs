//! What a blank BD-R can be formatted to, once (MMC-5 6.5.4.2.1 and 6.5.4.2.17).

use super::user_end;
use crate::refusal::Refusal;
use crate::rules::shared::spares::Spares;
use crate::rules::shared::{BLOCK, FORMAT_TYPE, current_capacity};
use crate::rules::{Change, FormatRequest, Task};
use crate::state::{DiscState, PseudoOverwrite, Recording, Sequence, Surface};
use discrig_wire::capacity::{CapacityKind, CurrentCapacity, FormatType, FormattableCapacity};
use discrig_wire::sense::codes;

/// Format sub-types: how the disc is recorded.
const SRM_WITH_POW: u8 = 0;
const SRM: u8 = 1;
const RRM: u8 = 2;

/// What the first WRITE makes of a blank disc: sequential, without spares.
pub(super) const AUTOMATIC: (u8, u8) = (FormatType::FULL.0, SRM);

pub(super) fn format(disc: &DiscState, request: &FormatRequest) -> Result<Change, Refusal> {
    // Formatting takes nothing back: a BD-R that is formatted or recorded is no medium that could be.
    match &disc.recording {
        Recording::Sequential(sequence) if sequence.format.is_none() && sequence.is_blank() => {}
        _ => return Err(codes::CANNOT_FORMAT_MEDIUM_INCOMPATIBLE_MEDIUM.into()),
    }
    let choices = Spares::of(disc.kind);
    let spares = match FormatType(request.format_type) {
        // Whatever number of blocks is asked for.
        FormatType::FULL => choices.default,
        FormatType::BD_R_WITH_SPARE => choices.beside(request.blocks)?,
        _ => return Err(Refusal::parameter(FORMAT_TYPE, Some(7))),
    };
    let format = (request.format_type, request.sub_type);
    let sequence = |pow| Sequence { format: Some(format), spares, pow, ..Sequence::default() };
    let recording = match request.sub_type {
        SRM_WITH_POW => Recording::Sequential(sequence(Some(PseudoOverwrite::default()))),
        SRM => Recording::Sequential(sequence(None)),
        RRM => {
            let blocks = choices.user(spares);
            Recording::Random(Surface {
                blocks,
                format,
                spares,
                formatted_to: blocks,
                open: true,
                once: true,
                ..Surface::default()
            })
        }
        _ => return Err(Refusal::parameter(FORMAT_TYPE, Some(1))),
    };
    Ok(Change::to(DiscState { recording, ..disc.clone() }, Task::FormatQuick))
}

pub(super) fn capacities(disc: &DiscState) -> (CurrentCapacity, Vec<FormattableCapacity>) {
    let Recording::Sequential(sequence) = &disc.recording else {
        return (current_capacity(disc), Vec::new());
    };
    let blocks = user_end(disc, sequence) as u32;
    if sequence.format.is_some() {
        return (CurrentCapacity { blocks, kind: CapacityKind::FORMATTED, block_length: BLOCK }, Vec::new());
    }
    let choices = Spares::of(disc.kind);
    let list = vec![
        choices.row(FormatType::FULL, choices.default, choices.default),
        choices.row(FormatType::BD_R_WITH_SPARE, choices.default, 0),
        choices.row(FormatType::BD_R_WITH_SPARE, choices.most, 0),
        choices.row(FormatType::BD_R_WITH_SPARE, choices.least, 0),
    ];
    (CurrentCapacity { blocks, kind: CapacityKind::UNFORMATTED, block_length: BLOCK }, list)
}
