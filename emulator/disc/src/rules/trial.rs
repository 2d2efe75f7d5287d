//! A disc in tests of its rules: commands as they come from an initiator, and what must hold after each of them.

use super::{Change, FormatRequest, Reservation, rules};
use crate::extents::Extents;
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::state::{DiscState, Recording, Sequence, Track, TrackStatus};
use crate::views::TrackSelector;
use discrig_wire::disc::DiscStatus;
use discrig_wire::mode::{DataBlockType, MultiSession, WriteParametersPage, WriteType};
use discrig_wire::sense::SenseCode;

/// A disc, the write parameters in force, and every block that was written and not lost since.
pub(super) struct Trial {
    pub(super) disc: DiscState,
    pub(super) page: WriteParametersPage,
    pub(super) written: Extents,
}

impl Trial {
    pub(super) fn new(kind: MediumKind) -> Trial {
        let page = WriteParametersPage {
            buffer_underrun_free: true,
            write_type: WriteType::PACKET,
            multi_session: MultiSession::NEXT,
            track_mode: 5,
            data_block_type: DataBlockType::MODE_1,
            ..WriteParametersPage::default()
        };
        Trial { disc: DiscState::blank(kind).unwrap(), page, written: Extents::default() }
    }

    pub(super) fn sequence(&self) -> &Sequence {
        match &self.disc.recording {
            Recording::Sequential(sequence) => sequence,
            Recording::Random(_) => panic!("not recorded in sequence"),
        }
    }

    pub(super) fn track(&self, number: u16) -> &Track {
        self.sequence().track(number).unwrap().1
    }

    pub(super) fn next(&self) -> Option<Track> {
        rules(self.disc.kind).next_track(&self.disc)
    }

    pub(super) fn write(&mut self, first: i32, blocks: u32) -> Result<(), SenseCode> {
        self.disc.placement(&self.page, first, blocks).map_err(|refusal| refusal.code)?;
        let range = first..first + blocks as i32;
        let once = matches!(self.disc.recording, Recording::Sequential(Sequence { pow: None, .. }));
        assert!(!once || !self.written.intersects(range.clone()), "{range:?} is written twice");
        rules(self.disc.kind).written(&mut self.disc, &self.page, first, blocks);
        self.written.insert(range);
        self.check();
        Ok(())
    }

    fn apply(&mut self, change: Result<Change, Refusal>) -> Result<(), SenseCode> {
        let change = change.map_err(|refusal| refusal.code)?;
        for blocks in change.erased {
            self.written.remove(blocks);
        }
        self.disc = change.after;
        self.check();
        Ok(())
    }

    pub(super) fn synchronize(&mut self) -> Result<(), SenseCode> {
        self.apply(self.disc.synchronize())
    }

    pub(super) fn reserve(&mut self, blocks: u32) -> Result<(), SenseCode> {
        self.apply(self.disc.reserve(&self.page, Reservation::Blocks(blocks)))
    }

    pub(super) fn split(&mut self, address: i32) -> Result<(), SenseCode> {
        self.apply(self.disc.reserve(&self.page, Reservation::Split(address)))
    }

    pub(super) fn close(&mut self, function: u8, track: u16) -> Result<(), SenseCode> {
        self.apply(self.disc.close(&self.page, function, track))
    }

    pub(super) fn blank(&mut self, kind: u8) -> Result<(), SenseCode> {
        self.apply(self.disc.erase_disc(kind, 0))
    }

    pub(super) fn format(&mut self, format_type: u8, blocks: u32) -> Result<(), SenseCode> {
        let request = FormatRequest { blocks, format_type, ..FormatRequest::default() };
        self.apply(self.disc.format(&request))
    }

    pub(super) fn repair(&mut self, track: u16) -> Result<(), SenseCode> {
        self.apply(self.disc.repair(track))
    }

    /// A structure of four reserved bytes and this value.
    pub(super) fn send(&mut self, format: u8, value: u32) -> Result<(), SenseCode> {
        let mut bytes = [0; 8];
        bytes[4..].copy_from_slice(&value.to_be_bytes());
        self.apply(self.disc.send_structure(format, &bytes))
    }

    /// Power fails.
    pub(super) fn interrupt(&mut self) {
        self.disc.interrupted();
        self.check();
    }

    /// Everything that has to hold at any time.
    pub(super) fn check(&self) {
        for blocks in self.written.iter() {
            for block in [blocks.start, blocks.start.midpoint(blocks.end - 1), blocks.end - 1] {
                assert!(self.disc.readable(block, 1).is_ok(), "block {block} is lost: {:?}", self.disc);
            }
        }
        let text = serde_json::to_string(&self.disc).unwrap();
        assert_eq!(serde_json::from_str::<DiscState>(&text).unwrap(), self.disc);
        let status = self.disc.information().disc_status;
        match &self.disc.recording {
            Recording::Random(surface) => assert!(surface.blocks <= self.disc.kind.spec().capacity),
            Recording::Sequential(sequence) => {
                self.check_sequence(sequence);
                assert_eq!(status == DiscStatus::COMPLETE, sequence.finalized);
            }
        }
    }

    fn check_sequence(&self, sequence: &Sequence) {
        let capacity = self.disc.kind.spec().capacity as i32;
        let sessions = sequence.sessions.len();
        for (at, session) in sequence.sessions.iter().enumerate() {
            assert!(!session.tracks.is_empty() && (session.closed || at + 1 == sessions));
            assert!(
                !session.closed || session.tracks.iter().all(|track| track.status == TrackStatus::Complete)
            );
        }
        let tracks: Vec<&Track> = sequence.tracks().map(|(_, track)| track).collect();
        for pair in tracks.windows(2) {
            assert!(pair[0].end.is_some_and(|end| end <= pair[1].start), "{pair:?}");
            assert_eq!(pair[0].number + 1, pair[1].number);
        }
        for track in &tracks {
            assert!((track.start..=capacity).contains(&track.next), "{track:?}");
            assert!(track.end.is_none_or(|end| end <= capacity && (track.next <= end)), "{track:?}");
            self.disc.track_information(TrackSelector::Number(track.number.into())).unwrap();
        }
        let next = self.next();
        if let (Some(next), Some(last)) = (&next, tracks.last()) {
            assert!(last.end.is_some_and(|end| end <= next.start) && last.number + 1 == next.number);
        }
        let writable = tracks.iter().filter(|track| track.is_writable());
        for block in writable.map(|track| track.next).chain(next.map(|next| next.start)) {
            assert!(!sequence.finalized && block < capacity);
            assert!(self.disc.readable(block, 1).is_err(), "block {block} would be written twice");
        }
    }
}
