//! The rules of CDs, in the order in which burning software issues its commands.

mod any;
mod cue_sheets;
mod incremental;
mod raw;
mod rewritable;
mod sessions;

use super::super::{Change, MediumRules, Placement, Task};
use super::Cd;
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::state::{DiscState, Recording, Sequence, Track};
use discrig_wire::mode::{DataBlockType, MultiSession, WriteParametersPage, WriteType};
use discrig_wire::sense::SenseCode;

/// A disc with the write parameters that were sent last.
struct Rig {
    disc: DiscState,
    page: WriteParametersPage,
}

impl Rig {
    fn new(kind: MediumKind, page: WriteParametersPage) -> Rig {
        Rig { disc: DiscState::blank(kind).unwrap(), page }
    }

    fn sequence(&self) -> &Sequence {
        let Recording::Sequential(sequence) = &self.disc.recording else { panic!("{:?}", self.disc) };
        sequence
    }

    fn track(&self, number: u16) -> &Track {
        self.sequence().track(number).unwrap().1
    }

    fn write(&mut self, first: i32, blocks: u32) -> Result<Placement, SenseCode> {
        let placement = Cd.write(&self.disc, &self.page, first, blocks).map_err(|refusal| refusal.code)?;
        Cd.written(&mut self.disc, &self.page, first, blocks);
        Ok(placement)
    }

    fn carry(&mut self, change: Result<Change, Refusal>) -> Result<(Task, u64), SenseCode> {
        let change = change.map_err(|refusal| refusal.code)?;
        self.disc = change.after;
        Ok((change.task, change.blocks))
    }

    fn sync(&mut self) -> Task {
        let change = Cd.synchronize(&self.disc);
        self.carry(change).unwrap().0
    }

    fn close(&mut self, function: u8, track: u16) -> Result<(Task, u64), SenseCode> {
        let change = Cd.close(&self.disc, &self.page, function, track);
        self.carry(change)
    }

    fn readable(&self, first: i32, blocks: u32) -> Result<crate::state::Form, SenseCode> {
        Cd.readable(&self.disc, first, blocks).map_err(|refusal| refusal.code)
    }

    /// Next writable address of the invisible track, which may have been begun.
    fn nwa(&self) -> Option<i32> {
        let open = self.sequence().open_session().and_then(|session| session.tracks.last());
        let open = open.filter(|track| track.is_writable() && track.end.is_none());
        open.map(|track| track.next).or_else(|| Some(Cd.next_track(&self.disc)?.next))
    }
}

fn at_once_data() -> WriteParametersPage {
    WriteParametersPage {
        buffer_underrun_free: true,
        write_type: WriteType::TRACK_AT_ONCE,
        multi_session: MultiSession::NEXT,
        track_mode: 4,
        data_block_type: DataBlockType::MODE_1,
        audio_pause_length: 150,
        ..WriteParametersPage::default()
    }
}

fn at_once_audio() -> WriteParametersPage {
    WriteParametersPage { track_mode: 0, data_block_type: DataBlockType::RAW, ..at_once_data() }
}

fn variable_packets() -> WriteParametersPage {
    WriteParametersPage { write_type: WriteType::PACKET, track_mode: 5, ..at_once_data() }
}

fn fixed_packets() -> WriteParametersPage {
    WriteParametersPage { fixed_packet: true, packet_size: 32, ..variable_packets() }
}

fn session_at_once() -> WriteParametersPage {
    WriteParametersPage {
        write_type: WriteType::SESSION_AT_ONCE,
        multi_session: MultiSession::NONE,
        data_block_type: DataBlockType::RAW,
        track_mode: 0,
        ..at_once_data()
    }
}
