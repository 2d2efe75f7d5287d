//! Blocks between initiators and the store: what is given becomes records, and records become sectors.

use crate::refusal::Refusal;
use crate::rules::{Placement, Source, blocks_of, track_at};
use crate::sector::block::{BlockFormat, SubChannelFormat};
use crate::sector::frame::{self, Subheader};
use crate::sector::pack::{PackSymbols, collect, protect};
use crate::sector::q::{QData, QFrame};
use crate::sector::read_cd::{ReadCdSelection, SelectionError, Source as Sources};
use crate::sector::scramble::scramble;
use crate::sector::sub_channel::{self, Position, of_p_and_q};
use crate::sector::{SECTOR_BYTES, SUB_CHANNEL_BYTES, Sector, SectorType, SubChannels};
use crate::state::{DiscState, Form, Recording, Session, Track};
use crate::store::{Area, Store, StoreError};
use discrig_wire::mode::{WriteParametersPage, WriteType};
use discrig_wire::msf::Msf;
use discrig_wire::sense::codes;
use serde::{Deserialize, Serialize};

/// Bytes of user data of a block.
const USER: usize = 2048;

/// Packs of R to W that were given with the last two blocks: they go on in the next ones.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TrailingPacks {
    /// The block after them.
    next: i32,
    /// Two times 96 symbols with parity, the earlier first.
    symbols: Vec<u8>,
}

impl TrailingPacks {
    /// What goes on in `block`: nothing when that does not follow.
    fn before(&self, block: i32) -> [PackSymbols; 2] {
        let (packs, _) = self.symbols.as_chunks::<SUB_CHANNEL_BYTES>();
        match packs {
            [first, second] if self.next == block => [*first, *second],
            _ => [[0; SUB_CHANNEL_BYTES]; 2],
        }
    }
}

/// Keeps blocks as the placement says. The sub-channels that came with them are returned, de-interleaved, one after the other.
pub(crate) fn keep(
    store: &mut dyn Store,
    placement: &Placement,
    page: &WriteParametersPage,
    trailing: &mut TrailingPacks,
    first: i32,
    data: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let format = match placement.source {
        Source::BlockType(kind) => BlockFormat::of_data_block_type(kind),
        Source::CueForm(form) => BlockFormat::of_data_form(form),
        Source::User => None,
    };
    let Some(format) = format else {
        return store.write(Area::User, first, data).map(|()| Vec::new());
    };
    let failed = |error: crate::sector::block::LengthError| StoreError::Failed(error.to_string());
    let subheader = Subheader::from_bytes(page.sub_header);
    let area = placement.form.area();
    let mut record = [0; SECTOR_BYTES];
    let record = &mut record[..area.stride()];
    let mut all_channels = Vec::new();
    let mut before = trailing.before(first);
    for (block, bytes) in (first..).zip(data.chunks_exact(format.bytes().max(1))) {
        let (main, sub) = format.split(bytes).map_err(failed)?;
        let channels = format.sub_channels.sub_channels(sub, [&before[0], &before[1]]);
        // Lead-in blocks of CD-Text have no main channel.
        if !main.is_empty() {
            format
                .record(main, Msf::from_lba(block).unwrap_or_default(), subheader, record)
                .map_err(failed)?;
            if page.write_type == WriteType::RAW
                && channels.as_ref().is_some_and(is_data)
                && let Ok(sector) = <&mut Sector>::try_from(&mut *record)
            {
                scramble(sector);
            }
            store.write(area, block, record)?;
        }
        if let Some(channels) = channels {
            store.write(Area::SubChannel, block, &channels)?;
            all_channels.extend_from_slice(&channels);
        }
        if format.sub_channels == SubChannelFormat::PackedRw
            && let Ok(mut packs) = PackSymbols::try_from(sub)
        {
            protect(&mut packs);
            before = [before[1], packs];
            *trailing = TrailingPacks { next: block + 1, symbols: before.concat() };
        }
    }
    Ok(all_channels)
}

/// Whether a sector is data, according to the Q sub-channel that comes with it.
fn is_data(channels: &SubChannels) -> bool {
    const DATA: u8 = 4;
    sub_channel::q(channels)[0] >> 4 & DATA != 0
}

/// Fills `buffer` with the user data of blocks that are kept raw.
pub(crate) fn read_user(
    store: &mut dyn Store,
    form: Form,
    first: i32,
    buffer: &mut [u8],
) -> Result<(), Refusal> {
    let mut sector = [0; SECTOR_BYTES];
    for (block, bytes) in (first..).zip(buffer.chunks_mut(USER)) {
        let failed = |_| Refusal::at_block(codes::UNRECOVERED_READ_ERROR, block);
        store.read(Area::Raw, block, &mut sector).map_err(failed)?;
        let user = match raw_type(form, &sector) {
            Some(kind @ (SectorType::Mode1 | SectorType::Mode2Form1)) => kind.user_data(),
            _ => return Err(Refusal::at_block(codes::ILLEGAL_MODE_FOR_THIS_TRACK, block)),
        };
        bytes.copy_from_slice(&sector[user][..bytes.len()]);
    }
    Ok(())
}

/// What a sector that is kept raw is.
fn raw_type(form: Form, sector: &Sector) -> Option<SectorType> {
    if form == Form::Audio { Some(SectorType::CdDa) } else { frame::sector_type(sector) }
}

/// A whole sector of a CD, as READ CD sees it.
struct Whole {
    kind: SectorType,
    sector: Sector,
    channels: SubChannels,
}

impl DiscState {
    /// READ CD: appends what the selection takes of `count` sectors from `first` on.
    ///
    /// # Errors
    /// CANNOT READ MEDIUM on anything but CD, ILLEGAL MODE FOR THIS TRACK for a sector of another type and where data and audio meet, LOGICAL BLOCK ADDRESS OUT OF RANGE and
    /// UNRECOVERED READ ERROR.
    pub fn read_cd(
        &self,
        selection: &ReadCdSelection,
        first: i32,
        count: u32,
        store: &mut dyn Store,
        answer: &mut Vec<u8>,
    ) -> Result<(), Refusal> {
        let mut audio = None;
        for block in blocks_of(first, count)? {
            let whole = self.sector(block, store)?;
            let is_audio = whole.kind == SectorType::CdDa;
            if *audio.get_or_insert(is_audio) != is_audio {
                return Err(Refusal::at_block(codes::ILLEGAL_MODE_FOR_THIS_TRACK, block));
            }
            let refused = |error| match error {
                SelectionError::SectorType => Refusal::at_block(codes::ILLEGAL_MODE_FOR_THIS_TRACK, block),
                SelectionError::Buffer { .. } | SelectionError::IllegalField => {
                    Refusal::field("header_codes")
                }
            };
            let packs = self.packs(selection, block, &whole.channels, store)?;
            let length = selection.block_bytes(whole.kind).map_err(refused)?;
            let from = answer.len();
            answer.resize(from + length, 0);
            let source = Sources { sector: &whole.sector, channels: &whole.channels, packs: &packs };
            selection.extract(whole.kind, &source, &mut answer[from..]).map_err(refused)?;
        }
        Ok(())
    }

    /// The packs of R to W that begin in a sector; looked for only where they are wanted.
    fn packs(
        &self,
        selection: &ReadCdSelection,
        block: i32,
        channels: &SubChannels,
        store: &mut dyn Store,
    ) -> Result<PackSymbols, Refusal> {
        if selection.sub_channel != crate::sector::read_cd::SubChannelSelection::CorrectedRw {
            return Ok([0; SUB_CHANNEL_BYTES]);
        }
        let mut next =
            |ahead| self.sub_channels(block + ahead, store).map(|channels| channels.unwrap_or([0; 96]));
        Ok(collect([channels, &next(1)?, &next(2)?]))
    }

    /// The track of a block on a CD, with its session.
    fn place(&self, block: i32) -> Result<(&Session, &Track), Refusal> {
        let Recording::Sequential(sequence) = &self.recording else {
            return Err(codes::CANNOT_READ_MEDIUM_INCOMPATIBLE_FORMAT.into());
        };
        let out_of_range = Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, block);
        let track = track_at(sequence, block).ok_or(out_of_range)?;
        let has = |session: &&Session| session.tracks.iter().any(|other| other.number == track.number);
        sequence.sessions.iter().find(has).map(|session| (session, track)).ok_or(out_of_range)
    }

    /// What the Q channel says of a block.
    #[must_use]
    pub fn position(&self, block: i32) -> Option<Position> {
        if let Recording::Random(_) = &self.recording {
            return Position::in_track(&formatted_track(), block);
        }
        self.place(block).ok().and_then(|(_, track)| Position::in_track(track, block))
    }

    fn sector(&self, block: i32, store: &mut dyn Store) -> Result<Whole, Refusal> {
        let unread = Refusal::at_block(codes::UNRECOVERED_READ_ERROR, block);
        let form = self.readable(block, 1)?;
        let address = Msf::from_lba(block).ok_or(unread)?;
        let mut sector = [0; SECTOR_BYTES];
        let kind = if form.area() == Area::User {
            let mut user = [0; USER];
            store.read(Area::User, block, &mut user).map_err(|_| unread)?;
            match form {
                Form::Mode2Form1 => {
                    frame::mode_2_form_1(address, Subheader::DATA, &user, &mut sector);
                    SectorType::Mode2Form1
                }
                _ => {
                    frame::mode_1(address, &user, &mut sector);
                    SectorType::Mode1
                }
            }
        } else {
            store.read(Area::Raw, block, &mut sector).map_err(|_| unread)?;
            if form == Form::Mode2 && sector.iter().all(|byte| *byte == 0) {
                // Pauses and padding are the drive's own, and kept as nothing.
                sector[frame::SUBHEADER].copy_from_slice(&Subheader::EMPTY.to_bytes());
                frame::seal(SectorType::Mode2Form2, address, &mut sector);
            }
            // What is recorded raw and is no sector reads as audio would.
            raw_type(form, &sector).unwrap_or(SectorType::CdDa)
        };
        let channels = self.sub_channels(block, store)?.ok_or(unread)?;
        Ok(Whole { kind, sector, channels })
    }

    /// Sub-channels of a block: those that were given, or what the drive made. `None` where nothing is recorded.
    fn sub_channels(&self, block: i32, store: &mut dyn Store) -> Result<Option<SubChannels>, Refusal> {
        if let Recording::Random(_) = &self.recording {
            let (session, track) = (Session::default(), formatted_track());
            let position = Position::in_track(&track, block);
            return Ok(position.map(|position| made(&session, &track, &position, block)));
        }
        let Ok((session, track)) = self.place(block) else { return Ok(None) };
        let Some(position) = Position::in_track(track, block) else { return Ok(None) };
        let made = made(session, track, &position, block);
        if !track.sub_channels {
            return Ok(Some(made));
        }
        let mut channels = [0; SUB_CHANNEL_BYTES];
        let unread = |_| Refusal::at_block(codes::UNRECOVERED_READ_ERROR, block);
        store.read(Area::SubChannel, block, &mut channels).map_err(unread)?;
        if !session.raw {
            // P and Q are the drive's own.
            channels[..24].copy_from_slice(&made[..24]);
        }
        Ok(Some(channels))
    }
}

/// The one track of a disc that is formatted.
fn formatted_track() -> Track {
    Track::open(1, 0)
}

/// P and Q as a drive makes them: the position, and now and then the catalogue number or the recording code (at least once in a hundred).
fn made(session: &Session, track: &Track, position: &Position, block: i32) -> SubChannels {
    const EVERY: i32 = 96;
    let frame = position.absolute.frame;
    let other = match (block.rem_euclid(EVERY), session.catalogue, track.isrc) {
        (0, Some(number), _) => Some(QData::Catalogue { number, frame }),
        (48, _, Some(code)) if position.index > 0 => Some(QData::Isrc { code, frame }),
        _ => None,
    };
    match other {
        Some(data) => of_p_and_q(position.p(), &QFrame { control: position.control, data }.to_bytes()),
        None => position.sub_channels(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;
    use discrig_wire::mode::DataBlockType;

    /// What is kept of a sector that is written raw with this control in its Q.
    fn kept(control: u8, sector: &Sector) -> Sector {
        let source = Source::BlockType(DataBlockType::RAW_WITH_RAW_RW);
        let placement = Placement { block_length: 2448, form: Form::Raw, source };
        let page = WriteParametersPage { write_type: WriteType::RAW, ..WriteParametersPage::default() };
        let frame = QFrame {
            control,
            data: QData::Position { track: 1, index: 1, relative: Msf::default(), absolute: Msf::default() },
        };
        let symbols = sub_channel::interleave(&of_p_and_q(false, &frame.to_bytes()));
        let bytes = [&sector[..], &symbols].concat();
        let mut store = MemoryStore::default();
        keep(&mut store, &placement, &page, &mut TrailingPacks::default(), 0, &bytes).unwrap();
        let mut record = [0; SECTOR_BYTES];
        store.read(Area::Raw, 0, &mut record).unwrap();
        record
    }

    #[test]
    fn raw_data_come_scrambled_and_audio_as_it_is() {
        let mut plain = [0; SECTOR_BYTES];
        frame::mode_1(Msf::default(), &[7; USER], &mut plain);
        let mut scrambled = plain;
        scramble(&mut scrambled);
        for (control, expected) in [(4, plain), (6, plain), (0, scrambled)] {
            // Whole sectors are nothing to read in a failure.
            assert!(kept(control, &scrambled) == expected, "control {control}");
        }
    }
}
