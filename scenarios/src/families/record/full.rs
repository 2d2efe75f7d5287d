//! Discs that are full: the last block is written, what lies behind is refused, and everything can be read.

use super::burner::{BLOCK, Burner, pattern};
use super::cd::RUN_OUT;
use super::usual::Usual;
use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::Medium;
use discrig_wire::SenseKey;
use discrig_wire::close::CloseFunction;
use discrig_wire::command::{Read10, ReadTrackInformation, ReserveTrack, Write10};
use discrig_wire::sense::codes;
use discrig_wire::track::{TrackAddressType, TrackInformation};

/// What is left for the last track when everything else is reserved: more than the shortest track of a CD with what lies around it.
const TAIL: u32 = 640;

/// What a WRITE gets for which there is no block.
const BEHIND_THE_END: Allowed = allowed! { "WRITE behind the last block":
    Pattern::Check(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE) => "mmc5-6.44",
    Pattern::Check(codes::INVALID_ADDRESS_FOR_WRITE) => "mmc5-6.44",
    Pattern::Check(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK) => "mmc5-6.44",
    Pattern::Check(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE) => "mmc5-6.44",
    Pattern::Asc(SenseKey::DataProtect, 0x27) => "mmc5-6.44",
};

/// What RESERVE TRACK gets when there is no room.
const NO_ROOM: Allowed = allowed! { "RESERVE TRACK on a full disc":
    Pattern::Check(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE) => "mmc5-6.31",
    Pattern::Check(codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED) => "mmc5-6.31",
    Pattern::Key(SenseKey::IllegalRequest) => "mmc5-6.31",
    Pattern::Asc(SenseKey::DataProtect, 0x27) => "mmc5-6.31",
};

/// What READ of a block that there is not gets.
const NO_SUCH_BLOCK: Allowed = allowed! { "READ behind the last block":
    Pattern::Check(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE) => "mmc5-6.15",
};

/// The disc is written up to its very last block.
pub(super) fn disc(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.make_ready()?;
    match Usual::of(burner.traits) {
        Usual::Overwrite => overwritten(&mut burner),
        _ => in_sequence(&mut burner),
    }
}

/// A disc all of whose blocks can be written at any time.
fn overwritten(burner: &mut Burner<'_, '_>) -> Verdict {
    let end = burner.capacity()?;
    let data = pattern(140, 96, BLOCK);
    burner.ensure(end > 96, || format!("the disc has {end} blocks"))?;
    let first = end - 96;
    burner.write(first, &data)?;
    burner.synchronize()?;
    burner.expect_refused(&BEHIND_THE_END, end, &data[..32 * BLOCK])?;
    // The first half would have room.
    burner.expect_refused(&BEHIND_THE_END, end - 16, &data[80 * BLOCK..].repeat(2))?;
    burner.read_back(first, &data)?;
    let behind = Read10 { logical_block_address: end, transfer_length: 1, ..Read10::default() };
    let (answer, _) = burner.ask(behind);
    burner.stage.expect(&NO_SUCH_BLOCK, answer)?;
    burner.finish()?;
    burner.read_back(first, &data)
}

/// A disc that is recorded in sequence: nearly all of it is reserved, and the rest written up to its end.
fn in_sequence(burner: &mut Burner<'_, '_>) -> Verdict {
    let whole = burner.open_track()?.free_blocks;
    burner.send(ReserveTrack::of_size(whole.saturating_sub(TAIL) & !31))?;
    let tail = burner.open_track()?;
    burner.ensure((300..=TAIL).contains(&tail.free_blocks) && tail.nwa() == Some(tail.start), || {
        format!("{whole} blocks were free, all but {TAIL} are reserved, and what is left is {tail:?}")
    })?;
    // Some count the run-out behind a track of a CD as free, others do not.
    let blocks = tail.free_blocks - if burner.traits.is_cd() { RUN_OUT } else { 0 };
    let data = pattern(141, blocks as usize, BLOCK);
    burner.write(tail.start, &data)?;
    let end = tail.start.saturating_add(tail.free_blocks);
    burner.expect_refused(&BEHIND_THE_END, end, &data[..32 * BLOCK])?;
    burner.synchronize()?;
    burner.expect_no_room(&tail)?;
    burner.expect_refused(&BEHIND_THE_END, end, &data[..32 * BLOCK])?;
    let answer = burner.answer(ReserveTrack::of_size(320).into(), &[]);
    burner.stage.expect(&NO_ROOM, answer)?;
    if burner.traits.is_cd() {
        // A reserved track has to be written before its session can be closed.
        return burner.read_back(tail.start, &data);
    }
    burner.close(CloseFunction::TRACK, 1)?;
    burner.close(CloseFunction::TRACK, tail.track)?;
    burner.finish()?;
    burner.read_back(tail.start, &data)?;
    burner.refused_at_end(end, &data[..32 * BLOCK])
}

impl Burner<'_, '_> {
    fn expect_refused(&mut self, allowed: &Allowed, first: u32, data: &[u8]) -> Verdict {
        let transfer_length = (data.len() / BLOCK) as u16;
        let command = Write10 { logical_block_address: first, transfer_length, ..Write10::default() };
        let answer = self.answer(command.into(), data);
        self.stage.expect(allowed, answer).map(drop)
    }

    /// Nothing can be written to the track that was filled, nor to one behind it: READ TRACK INFORMATION says so, or that there is none.
    fn expect_no_room(&mut self, filled: &TrackInformation) -> Verdict {
        let track = self.track(filled.track)?;
        self.ensure(track.nwa().is_none() || track.free_blocks == 0, || {
            format!("every block of track {} is written, and it is {track:?}", filled.track)
        })?;
        if !self.traits.is_cd() {
            return Ok(());
        }
        let (answer, bytes) = self.ask(ReadTrackInformation {
            address_type: TrackAddressType::TRACK.0,
            address: 0xFF,
            allocation_length: 48,
            ..ReadTrackInformation::default()
        });
        let says_none = match answer {
            Answer::Ok => TrackInformation::parse(&bytes)
                .is_ok_and(|next| next.nwa().is_none() || next.free_blocks == 0),
            Answer::Check(code) => code.key == SenseKey::IllegalRequest,
            _ => false,
        };
        self.ensure(says_none, || format!("the disc is full and has a next track: {answer}, {bytes:02X?}"))
    }
}
