//! BD-RE: formatted, then written in any order.

#[cfg(test)]
mod tests;

use super::shared::defects::{self, Certification};
use super::shared::spares::Spares;
use super::shared::{
    BLOCK, FORMAT_PARAMETER, FORMAT_TYPE, NUMBER_OF_BLOCKS, blocks_of, current_capacity, protection,
};
use super::{Change, FormatRequest, MediumRules, Task};
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::state::{DiscState, Recording, Surface};
use discrig_wire::capacity::{CurrentCapacity, FormatType, FormattableCapacity};
use discrig_wire::feature::FeatureCode;

/// BD-RE.
pub(super) struct BdRe;

/// An unformatted disc can only be formatted; defects are managed where there are spares (MMC-5 5.3.13 and 5.3.14).
const UNFORMATTED: &[FeatureCode] = &[FeatureCode::FORMATTABLE, FeatureCode::BD_WRITE];
const WITHOUT_SPARES: &[FeatureCode] =
    &[FeatureCode::RANDOM_WRITABLE, FeatureCode::FORMATTABLE, FeatureCode::BD_WRITE];
const WITH_SPARES: &[FeatureCode] = &[
    FeatureCode::RANDOM_WRITABLE,
    FeatureCode::FORMATTABLE,
    FeatureCode::HARDWARE_DEFECT_MANAGEMENT,
    FeatureCode::BD_WRITE,
];

/// Format sub-types of types 30h and 31h: how the disc is certified (MMC-5 6.5.4.2.15).
const QUICK_REFORMAT: u8 = 0;
const NO_CERTIFICATION: u8 = 1;
const FULL_CERTIFICATION: u8 = 2;
const QUICK_CERTIFICATION: u8 = 3;

impl MediumRules for BdRe {
    fn unrecorded(&self, _: MediumKind) -> Recording {
        Recording::Random(Surface::default())
    }

    fn write_features(&self, disc: &DiscState) -> &'static [FeatureCode] {
        match &disc.recording {
            Recording::Random(Surface { blocks: 0, .. }) => UNFORMATTED,
            Recording::Random(Surface { spares: 0, .. }) => WITHOUT_SPARES,
            _ => WITH_SPARES,
        }
    }

    fn format(&self, disc: &DiscState, request: &FormatRequest) -> Result<Change, Refusal> {
        let (spares, sub_types) = layout(disc.kind, request)?;
        let (task, certification) =
            *sub_types.get(usize::from(request.sub_type)).ok_or(Refusal::parameter(FORMAT_TYPE, Some(1)))?;
        let blocks = Spares::of(disc.kind).user(spares);
        let surface = Surface {
            blocks,
            format: (request.format_type, request.sub_type),
            spares,
            formatted_to: blocks,
            ..Surface::default()
        };
        let after = defects::format(disc, surface, certification)?;
        let recorded = if task == Task::FormatFull { u64::from(blocks) } else { 0 };
        let erased = blocks_of(0, disc.kind.spec().capacity)?;
        Ok(Change { after, task, blocks: recorded, erased: vec![erased] })
    }

    fn send_structure(&self, disc: &DiscState, format: u8, bytes: &[u8]) -> Result<Change, Refusal> {
        protection::send(disc, format, bytes)
    }

    fn format_capacities(&self, disc: &DiscState) -> (CurrentCapacity, Vec<FormattableCapacity>) {
        let spares = Spares::of(disc.kind);
        let row = |format_type, count| spares.row(format_type, count, count);
        let list = vec![
            row(FormatType::FULL, spares.default),
            row(FormatType::BD_RE_WITH_SPARE, spares.default),
            row(FormatType::BD_RE_WITH_SPARE, spares.most),
            row(FormatType::BD_RE_WITH_SPARE, spares.least),
            spares.row(FormatType::BD_RE_WITHOUT_SPARE, 0, BLOCK),
        ];
        (current_capacity(disc), list)
    }
}

type SubTypes = &'static [(Task, Certification)];

/// By sub-type: nothing tells how quick certification differs from full certification but its time, so it counts as quick and keeps what is
/// known.
const CERTIFIED: SubTypes = &{
    let mut rows = [(Task::FormatQuick, Certification::None); 4];
    rows[QUICK_REFORMAT as usize] = (Task::FormatQuick, Certification::Keep);
    rows[NO_CERTIFICATION as usize] = (Task::FormatQuick, Certification::None);
    rows[FULL_CERTIFICATION as usize] = (Task::FormatFull, Certification::Full);
    rows[QUICK_CERTIFICATION as usize] = (Task::FormatQuick, Certification::Keep);
    rows
};
/// The default format has no sub-types, and is a quick reformat (MMC-5 6.5.4.2.1).
const DEFAULT: SubTypes = &[(Task::FormatQuick, Certification::Keep)];

/// How many spares the format has, and what its sub-types are.
fn layout(kind: MediumKind, request: &FormatRequest) -> Result<(u32, SubTypes), Refusal> {
    let spares = Spares::of(kind);
    match FormatType(request.format_type) {
        FormatType::FULL if request.blocks == spares.user(spares.default) => Ok((spares.default, DEFAULT)),
        FormatType::BD_RE_WITH_SPARE => {
            let count = spares.beside(request.blocks)?;
            // Spares that are asked for in so many words must fit beside the blocks that are.
            if request.parameter != 0 && request.parameter != count {
                return Err(Refusal::parameter(FORMAT_PARAMETER, Some(7)));
            }
            Ok((count, CERTIFIED))
        }
        FormatType::BD_RE_WITHOUT_SPARE if request.blocks == spares.user(0) => Ok((0, CERTIFIED)),
        FormatType::FULL | FormatType::BD_RE_WITHOUT_SPARE => {
            Err(Refusal::parameter(NUMBER_OF_BLOCKS, Some(7)))
        }
        _ => Err(Refusal::parameter(FORMAT_TYPE, Some(7))),
    }
}
