//! The state of a disc as a plain value: what is recorded where, and how it may go on. Everything that a drive reports is derived from it.

use crate::content::TrailingPacks;
use crate::extents::Extents;
use crate::kind::MediumKind;
use crate::store::Area;
use discrig_wire::toc::CdTextPack;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A disc, without its blocks.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DiscState {
    /// What kind of disc.
    pub kind: MediumKind,
    /// What is recorded.
    pub recording: Recording,
    /// Both layers are read outwards (parallel track path), as on some DVD-ROM; else the second one is read inwards.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub parallel_track_path: bool,
    /// What the disc would be if the writing that is rehearsed (test write) were real.
    pub rehearsal: Option<Box<DiscState>>,
    /// Packs of R to W that go on in the next blocks.
    #[serde(default)]
    pub trailing_packs: TrailingPacks,
    /// Identifier that was written when the program area was begun (CD) or the disc was made.
    pub identifier: u32,
    /// How often the whole disc was blanked or formatted.
    pub rewrites: u32,
    /// How often that may be; for ever when absent. A setting.
    pub endurance: Option<u32>,
    /// Protection by the medium itself: persistent (PWP), as by SEND DISC STRUCTURE C0h.
    pub write_protected: bool,
    /// Power calibrations that were made.
    pub calibrations: u16,
    /// Blocks that cannot be read, whatever was written. A setting.
    pub damaged: Extents,
    /// Clusters or ECC blocks that defect management replaced by spares: they are read and written in spite of damage.
    #[serde(default)]
    pub replaced: Extents,
    /// Blocks that were written in any order since as many as the disc has were counted among the rewrites.
    #[serde(default)]
    pub overwritten: u32,
}

/// How a disc is recorded at present. The same disc may change from one to the other by formatting or blanking.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recording {
    /// One extent of blocks that are written in any order.
    Random(Surface),
    /// Sessions of tracks, one after the other. Pressed discs too.
    Sequential(Sequence),
}

/// Sessions of tracks.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// Sessions that have tracks, in order. Only the last one may be open. An empty session that could be begun is not among them.
    pub sessions: Vec<Session>,
    /// No further session can be begun.
    pub finalized: bool,
    /// A cue sheet was accepted and its session is not complete yet: the rest of it in order.
    pub cue: Option<Box<CueSession>>,
    /// First block of layer 1, where the medium has one and it was fixed or is by default.
    pub layer_boundary: Option<i32>,
    /// Layer jump interval in blocks, where the disc is recorded with layer jumps; 0 where they are made at given addresses alone.
    pub jump_interval: Option<u32>,
    /// The last block of layer 0 before the next layer jump, where the initiator gave one.
    pub jump_at: Option<i32>,
    /// A packet was begun and not ended.
    pub packet: Option<OpenPacket>,
    /// A session of DVD+R DL was closed with an extended lead-out.
    pub extended_lead_out: bool,
    /// Pseudo-overwrite of BD-R: what it has used up.
    pub pow: Option<PseudoOverwrite>,
    /// Format type and sub-type of a BD-R that is formatted (FORMAT UNIT, or 00h and 01b by the first write).
    #[serde(default)]
    pub format: Option<(u8, u8)>,
    /// Spare clusters of a BD-R.
    #[serde(default)]
    pub spares: u32,
    /// A disc that was formatted or blanked quickly accepts nothing but disc at once.
    pub at_once_only: bool,
}

/// A packet that is being written. It ends when the buffer is emptied, when another track is written or closed, or when the drive fails.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OpenPacket {
    /// The track that it is in, by its number.
    pub track: u16,
    /// Blocks that are lost where the next one is linked to it.
    pub link_loss: u16,
}

/// A session that is recorded at once by a cue sheet: where each stretch begins and what it is.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CueSession {
    /// The stretches, by address; the last entry is the lead-out.
    pub entries: Vec<CueStretch>,
    /// The next block that is expected.
    pub next: i32,
    /// Media catalogue number.
    #[serde(default)]
    pub catalogue: Option<[u8; 13]>,
    /// International standard recording codes, by the numbers of their tracks.
    #[serde(default)]
    pub codes: Vec<(u8, [u8; 12])>,
    /// CD-Text that was written to the lead-in so far.
    #[serde(default)]
    pub text: Vec<CdTextPack>,
    /// Numbers of tracks whose copying is prohibited, as they are copies themselves.
    #[serde(default)]
    pub copies: Vec<u8>,
    /// Disc type of the session.
    #[serde(default)]
    pub disc_type: u8,
    /// A further session may follow.
    #[serde(default)]
    pub next_session: bool,
    /// Everything is recorded raw, without a cue sheet: the entries are what the Q channel of the program area said so far.
    #[serde(default)]
    pub raw: Option<RawLeadIn>,
}

/// What the Q channel of a lead-in that is recorded raw said so far.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawLeadIn {
    /// Control nibble and start of each track, by its number.
    pub tracks: BTreeMap<u8, (u8, i32)>,
    /// Where the lead-out starts.
    pub lead_out: Option<i32>,
}

/// A stretch of a cue sheet.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CueStretch {
    /// Where it begins.
    pub start: i32,
    /// Track number; 0 the lead-in, AAh the lead-out.
    pub track: u8,
    /// Index; 0 the pause before the track.
    pub index: u8,
    /// Control nibble.
    pub control: u8,
    /// Data form as the sheet has it: low six bits main channel, high two bits sub-channel.
    pub data_form: u8,
}

/// Resources of pseudo-overwrite.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PseudoOverwrite {
    /// Clusters that were replaced, each as often as it was.
    pub replaced: u32,
    /// Clusters that are not where their address says.
    #[serde(default)]
    pub mapped: Extents,
    /// How often the map was written.
    #[serde(default)]
    pub updates: u32,
    /// The map was changed since it was written.
    #[serde(default)]
    pub pending: bool,
}

/// A session with tracks.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Its tracks, in order, at least one.
    pub tracks: Vec<Track>,
    /// Lead-in and lead-out (or border) are recorded.
    pub closed: bool,
    /// Disc type of the session: 00h CD-DA or CD-ROM and everything that is no CD, 10h CD-I, 20h XA.
    pub disc_type: u8,
    /// First block of the lead-in, where one is.
    pub lead_in: Option<i32>,
    /// First block of the lead-out, of a closed session.
    pub lead_out: Option<i32>,
    /// Media catalogue number.
    pub catalogue: Option<[u8; 13]>,
    /// CD-Text of the lead-in.
    pub text: Vec<CdTextPack>,
    /// The lead-in and everything else was recorded raw: the table of contents is what its Q channel says.
    pub raw: bool,
}

/// How far a track has come.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrackStatus {
    /// Nothing more can be recorded.
    Complete,
    /// Recording was cut short: what was recorded can be read, and recording does not go on before a repair.
    Damaged,
    /// Recording goes on at the next writable address; as long as it is the last track, until the disc is full.
    Open,
    /// Recording goes on at the next writable address, until the reserved blocks are used up.
    Reserved,
}

/// How data are put into packets.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Packets {
    /// Packets of so many blocks.
    Fixed(u32),
    /// The track is recorded in one piece.
    None,
    /// Packets of any length: each write that is followed by a pause ends one.
    Variable,
}

/// What blocks of a track are made of and how they are kept.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Audio: 2352 bytes of samples, kept raw.
    Audio,
    /// CD mode 1, or any block of a DVD or BD: 2048 bytes, kept as user data.
    Mode1,
    /// Mode 2 form 1 with the usual subheader: 2048 bytes, kept as user data.
    Mode2Form1,
    /// Sectors as the initiator gave them, of any mode: kept raw.
    Raw,
    /// Mode 2 whose sectors say for themselves what they are: kept raw.
    Mode2,
}

impl Form {
    /// Where blocks of this form are kept.
    #[must_use]
    pub const fn area(self) -> Area {
        match self {
            Form::Mode1 | Form::Mode2Form1 => Area::User,
            Form::Audio | Form::Mode2 | Form::Raw => Area::Raw,
        }
    }
}

/// A track.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// Its number.
    pub number: u16,
    /// Its first block after the pause: index 1.
    pub start: i32,
    /// Blocks of the pause before it that belong to it: index 0.
    pub pre_gap: u32,
    /// Further indexes: first block of index 2, 3, and so on.
    pub indexes: Vec<i32>,
    /// The next block to be recorded; of a complete track, the end of what was recorded. Run-out blocks are not counted.
    pub next: i32,
    /// End of the track, exclusive: reserved or complete ones have one. Run-out blocks of a track-at-once track are counted.
    pub end: Option<i32>,
    /// How far it is.
    pub status: TrackStatus,
    /// Control nibble of the Q channel: 4 data, 0 audio, +1 pre-emphasis, +2 copying permitted; 5 data recorded incrementally.
    pub control: u8,
    /// What its blocks are made of; see `gap_forms` for the pause.
    pub form: Form,
    /// How they are put into packets.
    pub packets: Packets,
    /// International standard recording code.
    pub isrc: Option<[u8; 12]>,
    /// Sub-channels were given and are kept.
    pub sub_channels: bool,
    /// Layer jump recording: the last block on layer 0 before each jump to layer 1.
    pub jumps: Vec<i32>,
    /// Blocks between packets, which can be addressed and not read: link, run-in and run-out of a CD's packets of variable length.
    #[serde(default)]
    pub links: Extents,
    /// It is a copy that may not be copied again (SCMS): the copy bit of its Q channel alternates.
    #[serde(default)]
    pub copied: bool,
    /// Parts of the pause before it that are made of something else than the track: where each begins, and of what it is.
    #[serde(default)]
    pub gap_forms: Vec<(i32, Form)>,
}

impl Track {
    /// A track of data blocks that begins at `start` and goes on as long as there is room.
    #[must_use]
    pub fn open(number: u16, start: i32) -> Track {
        Track {
            number,
            start,
            pre_gap: 0,
            indexes: Vec::new(),
            next: start,
            end: None,
            status: TrackStatus::Open,
            control: 4,
            form: Form::Mode1,
            packets: Packets::None,
            isrc: None,
            sub_channels: false,
            jumps: Vec::new(),
            links: Extents::default(),
            copied: false,
            gap_forms: Vec::new(),
        }
    }

    /// It can be recorded on.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        matches!(self.status, TrackStatus::Open | TrackStatus::Reserved)
            && self.end.is_none_or(|end| self.next < end)
    }

    /// Nothing is recorded in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.next == self.start && self.pre_gap == 0 && self.status != TrackStatus::Complete
    }
}

/// How far a format goes on by itself.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackgroundState {
    /// Everything is formatted, or the medium knows no background format.
    #[default]
    Complete,
    /// It goes on while nobody wants anything else.
    Running,
    /// It was stopped and can be started again.
    Suspended,
}

/// One extent that can be written in any order.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Surface {
    /// Blocks that can be addressed; 0 when it is not formatted.
    pub blocks: u32,
    /// Format type and sub-type that made it (FORMAT UNIT).
    pub format: (u8, u8),
    /// Spare clusters or ECC blocks.
    pub spares: u32,
    /// Blocks that the format has reached, of a background format or a disc that grows as it is written.
    pub formatted_to: u32,
    /// Background format.
    pub background: BackgroundState,
    /// Written since the last complete format or close: the structures that other drives need are out of date.
    pub dirty: bool,
    /// The last session (border) is open: intermediate state of DVD-RW, or no lead-out of DVD+RW yet.
    pub open: bool,
    /// What was written, where the medium takes each block once (BD-R RRM) or a blank check is asked for.
    pub written: Extents,
    /// Each block can be written once.
    pub once: bool,
}

impl Sequence {
    /// The session that is open.
    #[must_use]
    pub fn open_session(&self) -> Option<&Session> {
        self.sessions.last().filter(|session| !session.closed)
    }

    /// The last session that is closed.
    #[must_use]
    pub fn last_closed(&self) -> Option<&Session> {
        self.sessions.iter().rev().find(|session| session.closed)
    }

    /// Every track with its session, both counted as the disc counts them, from 1 on.
    pub fn tracks(&self) -> impl Iterator<Item = (u16, &Track)> {
        (1..)
            .zip(&self.sessions)
            .flat_map(|(number, session)| session.tracks.iter().map(move |track| (number, track)))
    }

    /// The track with this number, with that of its session.
    #[must_use]
    pub fn track(&self, number: u16) -> Option<(u16, &Track)> {
        self.tracks().find(|(_, track)| track.number == number)
    }

    /// The same, to be changed.
    pub fn track_mut(&mut self, number: u16) -> Option<&mut Track> {
        self.sessions.iter_mut().flat_map(|session| &mut session.tracks).find(|track| track.number == number)
    }

    /// The last track.
    #[must_use]
    pub fn last_track(&self) -> Option<&Track> {
        self.sessions.last()?.tracks.last()
    }

    /// Nothing is recorded and nothing reserved.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.sessions.is_empty() && !self.finalized
    }
}
