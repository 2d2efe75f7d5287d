//! Cue sheets: the whole sheet is checked before anything is written (MMC-5 6.33).
//!
//! An entry has eight bytes: control and ADR, track, index, data form, SCMS, and an address. Entries of a catalogue number or a recording
//! code have characters instead. What contradicts itself is refused with the byte where that shows.

use super::blocks::{DATA, is_catalogue, is_recording_code};
use super::{LAST_TRACK, PAUSE, SHORTEST};
use crate::refusal::Refusal;
use crate::sector::block::{BlockFormat, SubChannelFormat};
use crate::sector::frame::Subheader;
use crate::sector::q::LEAD_OUT;
use crate::state::{CueSession, CueStretch, Form};
use discrig_wire::msf::Msf;

/// Bytes of an entry.
const ENTRY: usize = 8;
/// Bytes of an entry that can be wrong.
const CONTROL_AND_ADR: usize = 0;
const TRACK: usize = 1;
const INDEX: usize = 2;
const DATA_FORM: usize = 3;
const SCMS: usize = 4;
const ADDRESS: usize = 5;
/// The copy bit of SCMS.
const COPIED: u8 = 0x80;

/// Where the session of a sheet would be.
pub(super) struct Session {
    /// First block of the lead-in.
    pub(super) lead_in: i32,
    /// First block after the pause.
    pub(super) start: i32,
    /// The last block where the lead-out can start.
    pub(super) last: i32,
    /// Number of the first track; any, on a blank disc.
    pub(super) first_track: Option<u8>,
}

/// Reads a sheet.
///
/// # Errors
/// INVALID FIELD IN CDB for a length that is none, otherwise INVALID FIELD IN PARAMETER LIST with the byte.
pub(super) fn read(sheet: &[u8], session: &Session) -> Result<CueSession, Refusal> {
    let (entries, rest) = sheet.as_chunks::<ENTRY>();
    if entries.is_empty() || !rest.is_empty() {
        return Err(Refusal::field("cue_sheet_size"));
    }
    let mut reader = Reader { session, cue: CueSession::default(), at: 0, half: None, code: None };
    for (at, entry) in entries.iter().enumerate() {
        reader.at = at;
        reader.entry(entry)?;
    }
    if reader.half.is_some() {
        return Err(reader.wrong(CONTROL_AND_ADR, 3));
    }
    if reader.last().is_none_or(|stretch| stretch.track != LEAD_OUT) {
        return Err(reader.wrong(TRACK, 7));
    }
    Ok(reader.cue)
}

/// What the first of two entries with characters gave.
#[derive(Clone, Copy)]
enum Half {
    Catalogue([u8; 7]),
    Code(u8, [u8; 6]),
}

struct Reader<'a> {
    session: &'a Session,
    cue: CueSession,
    at: usize,
    half: Option<Half>,
    /// Control nibble, track and code of entries that stand before their track.
    code: Option<(u8, u8, [u8; 12])>,
}

impl Reader<'_> {
    /// The refusal of a byte of the present entry.
    fn wrong(&self, byte: usize, bit: u8) -> Refusal {
        Refusal::parameter(u16::try_from(self.at * ENTRY + byte).unwrap_or(u16::MAX), Some(bit))
    }

    fn last(&self) -> Option<&CueStretch> {
        self.cue.entries.last()
    }

    fn entry(&mut self, entry: &[u8; ENTRY]) -> Result<(), Refusal> {
        if self.last().is_some_and(|last| last.track == LEAD_OUT) {
            return Err(self.wrong(TRACK, 7));
        }
        match (entry[0] & 0xF, self.half) {
            (2, None | Some(Half::Catalogue(_))) => self.catalogue(entry),
            (3, None | Some(Half::Code(..))) => self.code(entry),
            (1, None) => self.position(entry),
            _ => Err(self.wrong(CONTROL_AND_ADR, 3)),
        }
    }

    /// Seven characters of the catalogue number, or six and a zero. It stands before all tracks.
    fn catalogue(&mut self, entry: &[u8; ENTRY]) -> Result<(), Refusal> {
        let [_, characters @ ..] = *entry;
        let Some(Half::Catalogue(first)) = self.half.take() else {
            if self.cue.catalogue.is_some() || self.last().is_some_and(|last| last.track > 0) {
                return Err(self.wrong(CONTROL_AND_ADR, 3));
            }
            self.half = Some(Half::Catalogue(characters));
            return Ok(());
        };
        let mut number = [0; 13];
        number[..7].copy_from_slice(&first);
        number[7..].copy_from_slice(&characters[..6]);
        if !is_catalogue(&number) {
            return Err(self.wrong(TRACK, 7));
        }
        if characters[6] != 0 {
            return Err(self.wrong(7, 7));
        }
        self.cue.catalogue = Some(number);
        Ok(())
    }

    /// Six characters of a recording code. Both entries stand before the track that they are of.
    fn code(&mut self, entry: &[u8; ENTRY]) -> Result<(), Refusal> {
        let [control, track, characters @ ..] = *entry;
        let Some(half) = self.half.take() else {
            if self.code.is_some() {
                return Err(self.wrong(CONTROL_AND_ADR, 3));
            }
            self.half = Some(Half::Code(track, characters));
            return Ok(());
        };
        let Half::Code(of, first) = half else { return Err(self.wrong(CONTROL_AND_ADR, 3)) };
        if of != track {
            return Err(self.wrong(TRACK, 7));
        }
        let mut code = [0; 12];
        code[..6].copy_from_slice(&first);
        code[6..].copy_from_slice(&characters);
        if !is_recording_code(&code) {
            return Err(self.wrong(INDEX, 7));
        }
        self.code = Some((control >> 4, track, code));
        Ok(())
    }

    fn position(&mut self, entry: &[u8; ENTRY]) -> Result<(), Refusal> {
        let [control_and_adr, track, index, data_form, scms, minute, second, frame] = *entry;
        let format = BlockFormat::of_data_form(data_form).ok_or(self.wrong(DATA_FORM, 7))?;
        let control = control_and_adr >> 4;
        let is_audio = format.form(Subheader::DATA) == Form::Audio;
        // Data have neither pre-emphasis nor four channels, and only data have forms of data.
        if is_audio != (control & DATA == 0) || !is_audio && control & 0b1001 != 0 {
            return Err(self.wrong(CONTROL_AND_ADR, 7));
        }
        if scms & !COPIED != 0 {
            return Err(self.wrong(SCMS, 7));
        }
        let msf = Msf::new(minute, second, frame);
        if !msf.is_valid() {
            return Err(self.wrong(ADDRESS, 7));
        }
        let stretch = CueStretch { start: msf.lba(), track, index, control, data_form };
        match (self.cue.entries.is_empty(), track) {
            (true, 0) => self.lead_in(stretch, &format),
            (true, _) | (false, 0) => Err(self.wrong(TRACK, 7)),
            (false, LEAD_OUT) => self.lead_out(stretch, &format),
            (false, _) => self.track(stretch, scms & COPIED != 0),
        }
    }

    /// The lead-in has no main channel that could be given; CD-Text comes in its sub-channels.
    fn lead_in(&mut self, stretch: CueStretch, format: &BlockFormat) -> Result<(), Refusal> {
        if stretch.index != 0 {
            return Err(self.wrong(INDEX, 7));
        }
        if format.main_bytes() != 0 {
            return Err(self.wrong(DATA_FORM, 5));
        }
        // Its address does not matter: some give none, some where it is.
        if stretch.start != -PAUSE && stretch.start != self.session.lead_in {
            return Err(self.wrong(ADDRESS, 7));
        }
        self.cue.entries.push(CueStretch { start: self.session.lead_in, ..stretch });
        Ok(())
    }

    /// An address of the program area, or of the lead-out.
    fn address(&self, stretch: &CueStretch, last: &CueStretch) -> Result<(), Refusal> {
        if stretch.start < last.start || stretch.start > self.session.last {
            return Err(self.wrong(ADDRESS, 7));
        }
        // A track that ends here must be long enough.
        let is_short = |start: i32| stretch.track != last.track && stretch.start - start < SHORTEST;
        if self.start_of(last.track).is_some_and(is_short) {
            return Err(self.wrong(ADDRESS, 7));
        }
        Ok(())
    }

    /// Index 1 of a track.
    fn start_of(&self, track: u8) -> Option<i32> {
        let mut entries = self.cue.entries.iter().rev().take_while(|entry| entry.track == track);
        entries.find(|entry| entry.track > 0 && entry.index == 1).map(|entry| entry.start)
    }

    fn lead_out(&mut self, stretch: CueStretch, format: &BlockFormat) -> Result<(), Refusal> {
        let last = self.last().copied().filter(|last| last.track > 0 && last.index > 0);
        let last = last.ok_or(self.wrong(TRACK, 7))?;
        if self.code.is_some() {
            return Err(self.wrong(TRACK, 7));
        }
        if stretch.index != 1 {
            return Err(self.wrong(INDEX, 7));
        }
        if format.bytes() != 0 || format.sub_channels != SubChannelFormat::None {
            return Err(self.wrong(DATA_FORM, 7));
        }
        self.address(&stretch, &last)?;
        self.cue.entries.push(stretch);
        Ok(())
    }

    fn track(&mut self, stretch: CueStretch, is_copy: bool) -> Result<(), Refusal> {
        let Some(last) = self.last().copied() else { return Err(self.wrong(TRACK, 7)) };
        let CueStretch { track, index, .. } = stretch;
        let is_new = track != last.track;
        let expected = match last.track {
            0 => self.session.first_track.unwrap_or(track),
            _ if is_new => last.track + 1,
            _ => track,
        };
        if track != expected || u16::from(track) > LAST_TRACK || is_new && last.track > 0 && last.index == 0 {
            return Err(self.wrong(TRACK, 7));
        }
        // The first track has a pause; a pause may have parts that are made of different things.
        let follows = match (is_new, index) {
            (true, 0) => true,
            (true, 1) => last.track > 0,
            (true, _) => false,
            (false, 0) => last.index == 0,
            (false, _) => index == last.index + 1 && index <= 99,
        };
        if !follows {
            return Err(self.wrong(INDEX, 7));
        }
        if last.track == 0 {
            if stretch.start != self.session.start - PAUSE {
                return Err(self.wrong(ADDRESS, 7));
            }
        } else {
            self.address(&stretch, &last)?;
        }
        let is_first = self.session.first_track.is_none_or(|first| first == track)
            && self.cue.entries.get(1).is_none_or(|entry| entry.track == track);
        if is_first && index == 1 && stretch.start < self.session.start {
            return Err(self.wrong(ADDRESS, 7));
        }
        if !is_new && last.index > 0 {
            self.same(&stretch, &last)?;
        }
        self.take_code(&stretch, is_new)?;
        if is_copy && self.cue.copies.last() != Some(&track) {
            self.cue.copies.push(track);
        }
        self.cue.entries.push(stretch);
        Ok(())
    }

    /// From index 1 on a track is made of one thing.
    fn same(&self, stretch: &CueStretch, last: &CueStretch) -> Result<(), Refusal> {
        if stretch.control != last.control {
            return Err(self.wrong(CONTROL_AND_ADR, 7));
        }
        let has_sub_channels = |stretch: &CueStretch| stretch.data_form >> 6 != 0;
        if form(stretch) != form(last) || has_sub_channels(stretch) != has_sub_channels(last) {
            return Err(self.wrong(DATA_FORM, 7));
        }
        Ok(())
    }

    /// A recording code belongs to the track that begins next.
    fn take_code(&mut self, stretch: &CueStretch, is_new: bool) -> Result<(), Refusal> {
        let Some((control, track, code)) = self.code.take() else { return Ok(()) };
        if track != stretch.track || !is_new {
            return Err(self.wrong(TRACK, 7));
        }
        if control & DATA != 0 {
            return Err(self.wrong(CONTROL_AND_ADR, 7));
        }
        self.cue.codes.push((track, code));
        Ok(())
    }
}

/// What a stretch is made of.
pub(super) fn form(stretch: &CueStretch) -> Form {
    BlockFormat::of_data_form(stretch.data_form).map_or(Form::Raw, |format| format.form(Subheader::DATA))
}
