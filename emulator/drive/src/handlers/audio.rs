//! Playing audio: the PLAY family, SCAN, PAUSE/RESUME, STOP PLAY/SCAN, and READ SUB-CHANNEL.

use super::read::block_at;
use crate::check::{Check, Refused};
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::playback::Playback;
use crate::unit::Unit;
use core::ops::Range;
use discrig_disc::{DiscState, Form, TrackSelector};
use discrig_wire::ascii::Ascii;
use discrig_wire::command::{
    PauseResume, PlayAudio10, PlayAudio12, PlayAudioMsf, PlayAudioTrackIndex, ReadSubChannel, Scan,
    StopPlayScan,
};
use discrig_wire::sense::codes;
use discrig_wire::sub_channel::{
    CatalogNumberData, CurrentPosition, RecordingCodeData, SubChannelData, SubChannelFormat,
};

/// An address that means where the pick-up is.
const HERE: u32 = u32::MAX;
const HERE_MSF: u32 = 0x00FF_FFFF;

/// Whether a block is audio.
fn check_audio(disc: &DiscState, block: i32) -> Result<(), Check> {
    match disc.readable(block, 1)? {
        Form::Audio => Ok(()),
        _ => Err(Check::at_block(codes::ILLEGAL_MODE_FOR_THIS_TRACK, block as u32)),
    }
}

/// Plays up to `end`, or up to the next track where page 0Eh says so; nothing at all is played when that is where it starts.
fn play(unit: &mut Unit, call: &mut Call<'_>, first: i32, end: i32) -> Outcome {
    let disc = unit.readiness()?;
    check_audio(disc, first)?;
    if end > first {
        check_audio(disc, end - 1)?;
    }
    let crossing = unit.state.modes.audio_control.stop_on_track_crossing;
    let end = match audio_track(disc, TrackSelector::Block(first)) {
        Some(track) if crossing => end.min(track.end),
        _ => end,
    };
    unit.access(call.nexus);
    unit.state.playback = (end > first).then(|| Playback::new(first, end, unit.state.now));
    Ok(Done::Good)
}

/// The blocks of a track of audio, where it is one that can be played.
fn audio_track(disc: &DiscState, selector: TrackSelector) -> Option<Range<i32>> {
    let track = disc.track_information(selector).ok()?;
    let is_audio = track.track_mode & 4 == 0 && !track.blank;
    is_audio.then(|| track.start as i32..(track.start + track.size) as i32)
}

/// The tracks of audio without a gap around a block: what can be scanned.
fn audio_around(disc: &DiscState, block: i32) -> Option<Range<i32>> {
    let mut around = audio_track(disc, TrackSelector::Block(block))?;
    let number = disc.track_information(TrackSelector::Block(block)).ok()?.track;
    let tracks = |number: u16| audio_track(disc, TrackSelector::Number(number.into()));
    around.start = (1..number).rev().map_while(tracks).last().map_or(around.start, |first| first.start);
    around.end = (number + 1..=99).map_while(tracks).last().map_or(around.end, |last| last.end);
    Some(around)
}

fn here(unit: &Unit) -> i32 {
    unit.state.playback.as_ref().map_or(unit.state.head as i32, |playback| playback.block(unit.state.now))
}

fn play_from(unit: &mut Unit, call: &mut Call<'_>, address: u32, length: u32) -> Outcome {
    let first = if address == HERE { here(unit) } else { address as i32 };
    let end = i32::try_from(length).ok().and_then(|length| first.checked_add(length));
    match end {
        Some(end) => play(unit, call, first, end),
        None => Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE.into()),
    }
}

impl Execute for PlayAudio10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        play_from(unit, call, self.starting_address, self.play_length.into())
    }
}

impl Execute for PlayAudio12 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        play_from(unit, call, self.starting_address, self.play_length)
    }
}

impl Execute for PlayAudioMsf {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let first = match self.starting_msf {
            HERE_MSF => here(unit),
            field => block_at(PlayAudioMsf::SPEC, "starting_msf", field)?,
        };
        let end = block_at(PlayAudioMsf::SPEC, "ending_msf", self.ending_msf)?;
        if end < first {
            return Err(Check::field(PlayAudioMsf::SPEC, "ending_msf").into());
        }
        play(unit, call, first, end)
    }
}

impl Execute for PlayAudioTrackIndex {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let disc = unit.readiness()?;
        let wrong = |field| Refused::from(Check::field(PlayAudioTrackIndex::SPEC, field));
        let track = |number: u8, field| {
            disc.track_information(TrackSelector::Number(number.into())).map_err(|_| wrong(field))
        };
        let first = track(self.starting_track, "starting_track")?;
        let last = track(self.ending_track, "ending_track")?;
        let (first, end) = (first.start as i32, (last.start + last.size) as i32);
        if end <= first {
            return Err(wrong("ending_track"));
        }
        play(unit, call, first, end)
    }
}

impl Execute for Scan {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let first = match self.address_type {
            0 => self.starting_address as i32,
            1 => block_at(Scan::SPEC, "starting_address", self.starting_address)?,
            2 => {
                let disc = unit.readiness()?;
                let track = disc.track_information(TrackSelector::Number(self.starting_address));
                track.map_err(|_| Check::field(Scan::SPEC, "starting_address"))?.start as i32
            }
            _ => return Err(Check::field(Scan::SPEC, "address_type").into()),
        };
        let disc = unit.readiness()?;
        check_audio(disc, first)?;
        let around = audio_around(disc, first).unwrap_or(first..first);
        let end = if self.direct { around.start } else { around.end };
        unit.access(call.nexus);
        unit.state.playback = (end != first).then(|| Playback::scan(first, end, unit.state.now));
        Ok(Done::Good)
    }
}

impl Execute for PauseResume {
    fn execute(&self, unit: &mut Unit, _: &mut Call<'_>) -> Outcome {
        unit.readiness()?;
        let now = unit.state.now;
        match unit.state.playback.as_mut().filter(|playback| !playback.is_over(now)) {
            Some(playback) => {
                playback.pause(!self.resume, now);
                Ok(Done::Good)
            }
            None => Err(codes::COMMAND_SEQUENCE_ERROR.into()),
        }
    }
}

impl Execute for StopPlayScan {
    fn execute(&self, unit: &mut Unit, _: &mut Call<'_>) -> Outcome {
        unit.readiness()?;
        if let Some(playback) = unit.state.playback.take() {
            unit.state.head = playback.block(unit.state.now).max(0) as u32;
        }
        Ok(Done::Good)
    }
}

impl Execute for ReadSubChannel {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        unit.readiness()?;
        let format = SubChannelFormat(self.format);
        let legal =
            [SubChannelFormat::POSITION, SubChannelFormat::MEDIA_CATALOG_NUMBER, SubChannelFormat::ISRC];
        if self.sub_q && !legal.contains(&format) {
            return Err(Check::field(ReadSubChannel::SPEC, "format").into());
        }
        let block = here(unit);
        let now = unit.state.now;
        let status = Playback::take_status(&mut unit.state.playback, now);
        let disc = unit.readiness()?;
        if self.sub_q && format == SubChannelFormat::ISRC && disc.recording_code(self.track_number).is_none()
        {
            return Err(Check::field(ReadSubChannel::SPEC, "track_number").into());
        }
        call.reply(self.allocation_length.into(), |reply| {
            SubChannelData::encode(status, reply, |reply| match format {
                _ if !self.sub_q => {}
                SubChannelFormat::POSITION => position(disc, block, self.time).encode(reply),
                SubChannelFormat::MEDIA_CATALOG_NUMBER => catalogue(disc).encode(reply),
                _ => recording_code(disc, self.track_number).encode(reply),
            });
        })
    }
}

fn position(disc: &DiscState, block: i32, time: bool) -> CurrentPosition {
    let Some(position) = disc.position(block) else {
        return CurrentPosition { format: SubChannelFormat::POSITION, ..CurrentPosition::default() };
    };
    // Times within a track count from zero, those of the disc from 00:02:00. In the pause before it time falls to zero; blocks are negative.
    let distance = position.relative.lba() + 150;
    let relative = if position.index == 0 { -1 - distance } else { distance };
    CurrentPosition {
        format: SubChannelFormat::POSITION,
        adr: 1,
        control: position.control,
        track: position.track,
        index: position.index,
        absolute_address: if time { position.absolute.to_field() } else { block as u32 },
        relative_address: if time { position.relative.to_field() } else { relative as u32 },
    }
}

fn catalogue(disc: &DiscState) -> CatalogNumberData {
    let number = disc.catalogue_number();
    CatalogNumberData {
        format: SubChannelFormat::MEDIA_CATALOG_NUMBER,
        valid: number.is_some(),
        number: Ascii(number.unwrap_or([0; 13])),
        ..CatalogNumberData::default()
    }
}

fn recording_code(disc: &DiscState, track: u8) -> RecordingCodeData {
    let (control, code) = disc.recording_code(track).unwrap_or((0, None));
    RecordingCodeData {
        format: SubChannelFormat::ISRC,
        adr: 1,
        control,
        track,
        valid: code.is_some(),
        code: Ascii(code.unwrap_or([0; 12])),
        ..RecordingCodeData::default()
    }
}
