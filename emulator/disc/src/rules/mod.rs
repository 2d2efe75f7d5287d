//! By which rules discs are recorded: one module per family of media, behind one trait.
//!
//! Rules look at a state and answer what a command would do; nothing is changed until the answer is carried out. So a drive can check a
//! command before it takes its time, rehearse it, and leave the disc unharmed when it is refused.

mod bd_r;
mod bd_re;
pub(crate) mod cd;
mod dvd_minus;
mod dvd_plus_r;
mod dvd_plus_rw;
mod dvd_ram;
mod increments;
mod pressed;
mod shared;
#[cfg(test)]
mod trial;

pub(crate) use shared::{blocks_of, track_at};

pub(crate) use shared::defects::free_spares;

use crate::kind::{MediumKind, Rules};
use crate::refusal::Refusal;
use crate::state::{DiscState, Form, Recording, Sequence, Track};
use core::ops::Range;
use discrig_wire::capacity::{CurrentCapacity, FormattableCapacity};
use discrig_wire::disc::PowResources;
use discrig_wire::feature::FeatureCode;
use discrig_wire::feature::Profile;
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;
use serde::{Deserialize, Serialize};

/// What blocks of a WRITE command are and how they come from the initiator.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Placement {
    /// Bytes of a block in the data phase.
    pub block_length: u16,
    /// What the blocks are made of on the disc, and so where they are kept.
    pub form: Form,
    /// How the bytes of the initiator become the block.
    pub source: Source,
}

impl Placement {
    /// 2048 bytes, kept as they come.
    pub const USER: Placement = Placement { block_length: 2048, form: Form::Mode1, source: Source::User };
}

/// How the bytes of the initiator become a block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    /// As the data form of a cue sheet says.
    CueForm(u8),
    /// As the data block type of the write parameters page says.
    BlockType(discrig_wire::mode::DataBlockType),
    /// As they are.
    User,
}

/// What takes a drive its time when it changes a disc.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Blanking everything.
    BlankFull,
    /// Blanking the structures alone.
    BlankMinimal,
    /// Calibrating the laser's power.
    Calibrate,
    /// Closing a session or border.
    CloseSession,
    /// Closing a track.
    CloseTrack,
    /// Finalizing the disc.
    Finalize,
    /// Formatting everything.
    FormatFull,
    /// Formatting the structures alone.
    FormatQuick,
    /// Noting something in a table of the disc.
    Note,
    /// Stopping a background format.
    StopFormat,
    /// Writing what is still in the buffer.
    Synchronize,
}

/// What a command does to a disc, when it is carried out.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The state after it.
    pub after: DiscState,
    /// What takes its time.
    pub task: Task,
    /// Blocks that are recorded (padding, lead-out, format), at the speed of recording.
    pub blocks: u64,
    /// Blocks whose contents are lost.
    pub erased: Vec<Range<i32>>,
}

impl Change {
    /// Nothing is left to do.
    #[must_use]
    pub fn nothing(state: &DiscState) -> Change {
        Change::to(state.clone(), Task::Note)
    }

    /// A change that records and erases nothing.
    #[must_use]
    pub fn to(after: DiscState, task: Task) -> Change {
        Change { after, task, blocks: 0, erased: Vec::new() }
    }
}

/// What RESERVE TRACK asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reservation {
    /// So many blocks (ARSV 0).
    Blocks(u32),
    /// Up to this address (ARSV 1): the track that lies there is split.
    Split(i32),
}

/// What FORMAT UNIT asks for: the format descriptor of its parameter list.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct FormatRequest {
    /// Number of blocks.
    pub blocks: u32,
    /// Format type.
    pub format_type: u8,
    /// Format sub-type.
    pub sub_type: u8,
    /// Type-dependent parameter.
    pub parameter: u32,
    /// DCRT: the medium is not to be checked.
    pub disable_certification: bool,
    /// CmpList of the command: on DVD-RAM, whether a size is taken where nothing is certified.
    pub complete_list: bool,
}

/// Rules of a family of media. What a family does not know is refused as the default answers do.
pub(crate) trait MediumRules: Sync {
    /// The profile of a disc in this state.
    fn profile(&self, disc: &DiscState) -> Profile {
        disc.kind.spec().profile
    }

    /// A disc of this kind on which nothing is recorded.
    fn unrecorded(&self, _: MediumKind) -> Recording {
        Recording::Sequential(Sequence::default())
    }

    /// Features that are current beside those for reading the family.
    fn write_features(&self, _: &DiscState) -> &'static [FeatureCode] {
        &[]
    }

    /// What a WRITE of `blocks` blocks at `first` is, or why it is refused. `page` holds the write parameters. By default what is recorded in
    /// any order takes it, and nothing else does.
    fn write(
        &self,
        disc: &DiscState,
        _: &WriteParametersPage,
        first: i32,
        blocks: u32,
    ) -> Result<Placement, Refusal> {
        match &disc.recording {
            Recording::Random(surface) => shared::defects::write(disc, surface, first, blocks),
            Recording::Sequential(_) => Err(codes::WRITE_PROTECTED.into()),
        }
    }

    /// Blocks of the lead-in that are recorded before such a WRITE, because it begins a session that is recorded at once.
    fn lead_in(&self, _: &DiscState, _: &WriteParametersPage) -> u32 {
        0
    }

    /// Notes that such a WRITE, which was not refused, was carried out.
    fn written(&self, disc: &mut DiscState, _: &WriteParametersPage, first: i32, blocks: u32) {
        shared::defects::written(disc, first, blocks);
    }

    /// Notes sub-channels that such a WRITE gave, as the store keeps them (96 bytes to a block), after [`written`](Self::written): CD-Text,
    /// and the table of contents of a session that is recorded raw.
    fn sub_channels_written(&self, _: &mut DiscState, _first: i32, _records: &[u8]) {}

    /// SYNCHRONIZE CACHE: sessions that are recorded at once are completed when all their blocks are there.
    fn synchronize(&self, disc: &DiscState) -> Result<Change, Refusal> {
        Ok(Change::to(disc.clone(), Task::Synchronize))
    }

    /// RESERVE TRACK; `page` holds the write parameters.
    fn reserve(&self, _: &DiscState, _: &WriteParametersPage, _: Reservation) -> Result<Change, Refusal> {
        Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into())
    }

    /// CLOSE TRACK/SESSION with this close function and track number.
    fn close(
        &self,
        _: &DiscState,
        _: &WriteParametersPage,
        _function: u8,
        _track: u16,
    ) -> Result<Change, Refusal> {
        Err(Refusal::field("close_function"))
    }

    /// BLANK with this type and start address or track number.
    fn blank(&self, _: &DiscState, _type: u8, _address: u32) -> Result<Change, Refusal> {
        Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into())
    }

    /// FORMAT UNIT.
    fn format(&self, _: &DiscState, _: &FormatRequest) -> Result<Change, Refusal> {
        Err(codes::CANNOT_FORMAT_MEDIUM_INCOMPATIBLE_MEDIUM.into())
    }

    /// REPAIR TRACK.
    fn repair(&self, _: &DiscState, _track: u16) -> Result<Change, Refusal> {
        Err(Refusal::field("track_number"))
    }

    /// SEND CUE SHEET; `sheet` is the whole list of 8-byte entries.
    fn cue_sheet(&self, _: &DiscState, _: &WriteParametersPage, _sheet: &[u8]) -> Result<Change, Refusal> {
        Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into())
    }

    /// SEND DISC STRUCTURE: the structure without its header.
    fn send_structure(&self, _: &DiscState, _format: u8, _bytes: &[u8]) -> Result<Change, Refusal> {
        Err(Refusal::field("format"))
    }

    /// ERASE(10) of these blocks.
    fn erase(&self, _: &DiscState, _: Range<i32>) -> Result<Change, Refusal> {
        Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into())
    }

    /// Time that nobody else wanted was spent on a background format: so many blocks more. `None` when none is running.
    fn background(&self, _: &DiscState, _blocks: u32) -> Option<DiscState> {
        None
    }

    /// The drive lost what it was doing: power went, or the disc was torn out while a track was being written.
    fn interrupted(&self, _: &mut DiscState) {}

    /// READ FORMAT CAPACITIES: the current descriptor and what can be asked for.
    fn format_capacities(&self, disc: &DiscState) -> (CurrentCapacity, Vec<FormattableCapacity>) {
        (shared::current_capacity(disc), Vec::new())
    }

    /// The track that would be begun next where a session is open or can be opened: the invisible track, or an empty one that is known by
    /// its number. It reaches to the end of the disc.
    fn next_track(&self, _: &DiscState) -> Option<Track> {
        None
    }

    /// Where the next track would be begun by its own number instead of FFh.
    fn numbers_next_track(&self) -> bool {
        false
    }

    /// Start of the last possible lead-out, as a block.
    fn last_lead_out(&self, disc: &DiscState) -> u32 {
        disc.kind.spec().capacity
    }

    /// The last block of READ CAPACITY.
    fn last_block(&self, disc: &DiscState) -> u32 {
        shared::last_block(disc)
    }

    /// Whether blocks can be read, and what they are made of, or why not.
    fn readable(&self, disc: &DiscState, first: i32, blocks: u32) -> Result<Form, Refusal> {
        shared::readable(disc, first, blocks)
    }

    /// What pseudo-overwrite has left, where the disc is recorded that way.
    fn pow_resources(&self, _: &DiscState) -> Option<PowResources> {
        None
    }

    /// Where the next layer jump of a track will be, where it is recorded with jumps.
    fn next_layer_jump(&self, _: &DiscState, _: &Track) -> Option<u32> {
        None
    }

    /// Tracks that the disc can have, and that can be appended to at a time.
    fn track_resources(&self, _: &DiscState) -> (u16, u16) {
        (1, 1)
    }
}

/// The rules of a kind of disc.
pub(crate) fn rules(kind: MediumKind) -> &'static dyn MediumRules {
    match kind.spec().rules {
        Rules::BdR => &bd_r::BdR,
        Rules::BdRe => &bd_re::BdRe,
        Rules::CdR | Rules::CdRw => &cd::Cd,
        Rules::DvdMinusR | Rules::DvdMinusRw => &dvd_minus::DvdMinus,
        Rules::DvdPlusR => &dvd_plus_r::DvdPlusR,
        Rules::DvdPlusRw => &dvd_plus_rw::DvdPlusRw,
        Rules::DvdRam => &dvd_ram::DvdRam,
        Rules::Pressed => &pressed::Pressed,
    }
}
