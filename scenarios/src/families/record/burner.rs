//! Software that burns: the steps that every recording shares, in the order of the trade.

use super::media::{self, Traits};
use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::{DiscKind, Medium};
use discrig_wire::capacity::{FormatCapacities, FormatType, FormattableCapacity};
use discrig_wire::close::CloseFunction;
use discrig_wire::command::{
    CloseTrackSession, CommandSpec, FormatUnit, GetConfiguration, GetPerformance, Inquiry, ModeSelect10,
    ModeSense10, Read10, Read12, ReadDiscInformation, ReadDiscStructure, ReadFormatCapacities,
    ReadTrackInformation, SendDiscStructure, SendOpcInformation, SetCdSpeed, SetStreaming, SynchronizeCache,
    Write10, Write12,
};
use discrig_wire::disc::{DiscInformation, DiscStatus};
use discrig_wire::event::EventClasses;
use discrig_wire::feature::{Configuration, FeatureCode, Profile};
use discrig_wire::format::{FORMAT_CODE, FormatDescriptor, FormatListHeader, FormatParameters};
use discrig_wire::mode::{ModeData, ModeForm, PageCode, WriteParametersPage};
use discrig_wire::performance::StreamingRequest;
use discrig_wire::structure::{DvdStructure, StructureMedia};
use discrig_wire::track::{TrackAddressType, TrackInformation};
use discrig_wire::{Cdb, Reply, SenseKey};

/// Bytes of a block of user data.
pub(super) const BLOCK: usize = 2048;
/// Bytes that one WRITE or READ carries.
const TRANSFER: usize = 65_536;
/// Bytes before a disc structure.
const STRUCTURE_HEADER: usize = 4;
/// How often a busy drive is asked again, and how long is waited in between: longer each time.
const POLLS: u32 = 2000;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Software that burns one disc.
pub(super) struct Burner<'s, 'a> {
    pub(super) stage: &'s mut Stage<'a>,
    pub(super) seat: HandleSeat,
    pub(super) traits: &'static Traits,
}

impl<'s, 'a> Burner<'s, 'a> {
    /// Puts a blank disc into the drive, and prepares for burning it.
    ///
    /// # Errors
    /// [`Stop::Skip`] where there is no such disc, or the drive does not know the medium.
    pub(super) fn with_blank(stage: &'s mut Stage<'a>, medium: Medium) -> Result<Burner<'s, 'a>, Stop> {
        let traits = media::traits(medium)?;
        let mut seat = unit::seat(stage, HOST)?;
        let supplied = stage.bench.capabilities().supplies(medium);
        if supplied {
            unit::require_tray(stage, &mut seat)?;
            unit::change_disc(stage, &mut seat, Some(DiscKind::BlankOf(medium)))?;
        }
        let mut burner = Burner { stage, seat, traits };
        burner.expect_medium(supplied)?;
        burner.prologue()?;
        Ok(burner)
    }

    /// The right disc lies in the drive and nothing is on it.
    fn expect_medium(&mut self, supplied: bool) -> Verdict {
        let Traits { medium, profile, .. } = *self.traits;
        let current = self.require_profile(profile)?;
        let fits = current == profile && (supplied || self.information()?.disc_status == DiscStatus::EMPTY);
        match (fits, supplied) {
            (true, _) => Ok(()),
            (false, true) => {
                self.ensure(false, || format!("a blank {medium} makes the profile {profile}, not {current}"))
            }
            (false, false) => {
                Err(Stop::Skip(format!("this bench has no blank {medium}, and none lies in the drive")))
            }
        }
    }

    /// Skips unless the drive lists this profile; the current one.
    pub(super) fn require_profile(&mut self, profile: Profile) -> Result<Profile, Stop> {
        let bytes =
            self.fetch(GetConfiguration { allocation_length: 0xFF00, ..GetConfiguration::default() })?;
        let configuration = unit::understood(Configuration::parse(&bytes))?;
        let known = configuration
            .feature(FeatureCode::PROFILE_LIST)
            .and_then(|feature| feature.profiles().map(|mut known| known.any(|(one, _)| one == profile)));
        if known == Some(true) {
            Ok(configuration.current_profile)
        } else {
            Err(Stop::Skip(format!("the drive does not have profile {profile}")))
        }
    }

    /// What burners ask before they write, and how they prepare the drive.
    fn prologue(&mut self) -> Verdict {
        self.fetch(Inquiry { allocation_length: 36, ..Inquiry::default() })?;
        self.fetch(GetConfiguration { allocation_length: 8, ..GetConfiguration::default() })?;
        self.information()?;
        self.fetch(ReadFormatCapacities { allocation_length: 12 })?;
        self.fetch(ReadFormatCapacities { allocation_length: 252 })?;
        self.track(1)?;
        unit::capabilities_page(self.stage, &mut self.seat)?;
        let answer = unit::prevent(self.stage, &mut self.seat, true);
        self.insist("PREVENT ALLOW MEDIUM REMOVAL", answer)?;
        unit::drain_events(self.stage, &mut self.seat, EventClasses::all())?;
        self.fetch(GetPerformance { kind: 3, maximum_descriptors: 16, ..GetPerformance::default() })?;
        if self.traits.is_cd() {
            self.send(SetCdSpeed { read_speed: 0xFFFF, write_speed: 0xFFFF, ..SetCdSpeed::default() })?;
        } else {
            let default = StreamingRequest { restore_defaults: true, ..StreamingRequest::default() };
            let list = default.to_bytes();
            let command =
                SetStreaming { parameter_list_length: list.len() as u16, ..SetStreaming::default() };
            self.give(command, &list)?;
        }
        if self.traits.calibrates {
            self.send(SendOpcInformation { do_opc: true, ..SendOpcInformation::default() })?;
        }
        Ok(())
    }

    // --- commands ------------------------------------------------------------------------------------------------

    /// What must hold.
    pub(super) fn ensure(&mut self, holds: bool, message: impl FnOnce() -> String) -> Verdict {
        self.stage.ensure(holds, message)
    }

    /// A command must have been answered with GOOD.
    pub(super) fn insist(&mut self, name: &str, answer: Answer) -> Verdict {
        self.ensure(answer == Answer::Ok, || format!("{name}: {answer}"))
    }

    /// Repeats a command until the drive is neither busy nor has a unit attention to tell.
    fn patiently<R>(&mut self, mut attempt: impl FnMut(&mut Self) -> (Answer, R)) -> (Answer, R) {
        let mut pause = FIRST_PAUSE;
        for _ in 0..POLLS {
            match attempt(self) {
                (Answer::Check(code), _) if code.key == SenseKey::UnitAttention => {}
                (Answer::Check(code), _) if unit::is_becoming_ready(code) => {
                    self.stage.wait(pause);
                    pause = (2 * pause).min(LONGEST_PAUSE);
                }
                settled => return settled,
            }
        }
        attempt(self)
    }

    /// The answer to a command with data-out, once the drive is not busy.
    pub(super) fn answer(&mut self, cdb: Cdb, data: &[u8]) -> Answer {
        self.patiently(|burner| (burner.stage.write(&mut burner.seat, cdb, data), ())).0
    }

    /// A command with data-out that must succeed.
    pub(super) fn give(&mut self, command: impl Into<Cdb>, data: &[u8]) -> Verdict {
        let cdb = command.into();
        let answer = self.answer(cdb, data);
        self.insist(&named(&cdb), answer)
    }

    /// A command without data that must succeed.
    pub(super) fn send(&mut self, command: impl Into<Cdb>) -> Verdict {
        self.give(command, &[])
    }

    /// A command that must be refused as an illegal request.
    pub(super) fn refused(&mut self, command: impl Into<Cdb>, data: &[u8]) -> Verdict {
        let cdb = command.into();
        let answer = self.answer(cdb, data);
        let fits = matches!(answer, Answer::Check(code) if code.key == SenseKey::IllegalRequest);
        self.ensure(fits, || format!("{}: {answer}, to be refused as an illegal request", named(&cdb)))
    }

    /// A write to a disc that is complete must be refused: as an illegal request, or as write protected.
    pub(super) fn refused_at_end(&mut self, first: u32, data: &[u8]) -> Verdict {
        let transfer_length = (data.len() / BLOCK) as u16;
        let command = Write10 { logical_block_address: first, transfer_length, ..Write10::default() };
        let answer = self.answer(command.into(), data);
        let fits = matches!(answer, Answer::Check(code) if matches!(code.key, SenseKey::IllegalRequest | SenseKey::DataProtect));
        self.ensure(fits, || format!("a write to the complete disc: {answer}"))
    }

    /// The answer to a command with data-in, once the drive is not busy, and the data.
    pub(super) fn ask(&mut self, command: impl Into<Cdb>) -> (Answer, Vec<u8>) {
        let cdb = command.into();
        self.patiently(|burner| burner.stage.read(&mut burner.seat, cdb))
    }

    /// Data of a command that must succeed.
    pub(super) fn fetch(&mut self, command: impl Into<Cdb>) -> Result<Vec<u8>, Stop> {
        let cdb = command.into();
        let (answer, bytes) = self.ask(cdb);
        self.insist(&named(&cdb), answer)?;
        Ok(bytes)
    }

    /// Waits until what goes on in the background of the last command is done.
    pub(super) fn wait_until_ready(&mut self) -> Verdict {
        let answer = self.patiently(|burner| (unit::test(burner.stage, &mut burner.seat), ())).0;
        self.insist("TEST UNIT READY", answer)
    }

    // --- views ---------------------------------------------------------------------------------------------------

    /// READ DISC INFORMATION.
    pub(super) fn information(&mut self) -> Result<DiscInformation, Stop> {
        let bytes =
            self.fetch(ReadDiscInformation { allocation_length: 2048, ..ReadDiscInformation::default() })?;
        unit::understood(DiscInformation::parse(&bytes))
    }

    /// READ TRACK INFORMATION of a track by its number.
    pub(super) fn track(&mut self, number: u16) -> Result<TrackInformation, Stop> {
        let bytes = self.fetch(ReadTrackInformation {
            address_type: TrackAddressType::TRACK.0,
            address: number.into(),
            allocation_length: 48,
            ..ReadTrackInformation::default()
        })?;
        unit::understood(TrackInformation::parse(&bytes))
    }

    /// The number of the last track, which is the one to write to.
    pub(super) fn last_track(&mut self) -> Result<u16, Stop> {
        Ok(self.information()?.last_track_in_last_session)
    }

    /// Where the next WRITE goes.
    pub(super) fn next_writable(&mut self) -> Result<u32, Stop> {
        let number = self.last_track()?;
        let track = self.track(number)?;
        self.ensure(track.next_writable_valid, || format!("track {number} has no next writable address"))?;
        Ok(track.next_writable)
    }

    /// The body of a disc structure.
    pub(super) fn structure(&mut self, media: StructureMedia, format: u8) -> Result<Vec<u8>, Stop> {
        let bytes = self.fetch(ReadDiscStructure {
            media_type: media.0,
            format,
            allocation_length: 2052,
            ..ReadDiscStructure::default()
        })?;
        Ok(bytes.get(STRUCTURE_HEADER..).unwrap_or_default().to_vec())
    }

    // --- recording -----------------------------------------------------------------------------------------------

    /// Changes the write parameters page as burners do: what the drive says of it, with some fields set.
    pub(super) fn write_parameters(
        &mut self,
        change: impl FnOnce(WriteParametersPage) -> WriteParametersPage,
    ) -> Verdict {
        let answer = self.try_parameters(change)?;
        self.insist("MODE SELECT(10) of page 05h", answer)
    }

    /// The same, to find out whether the drive offers something that no feature announces.
    pub(super) fn try_parameters(
        &mut self,
        change: impl FnOnce(WriteParametersPage) -> WriteParametersPage,
    ) -> Result<Answer, Stop> {
        let bytes = self.fetch(ModeSense10 {
            disable_block_descriptors: true,
            page_code: PageCode::WRITE_PARAMETERS.0,
            allocation_length: 256,
            ..ModeSense10::default()
        })?;
        let data = unit::understood(ModeData::parse(ModeForm::Ten, &bytes))?;
        let page = data.page(PageCode::WRITE_PARAMETERS);
        let page = page.ok_or_else(|| Stop::fail("MODE SENSE(10) does not return page 05h"))?;
        let page = change(unit::understood(WriteParametersPage::parse(&page))?);
        let mut list = vec![0; ModeForm::Ten.header()];
        list.extend(page.page());
        let command = ModeSelect10 {
            page_format: true,
            parameter_list_length: list.len() as u16,
            ..ModeSelect10::default()
        };
        Ok(self.answer(command.into(), &list))
    }

    /// Writes blocks of `size` bytes each from `first` on, 64 KiB at a time. BD is written by WRITE(12).
    pub(super) fn write_blocks(&mut self, first: i32, size: usize, data: &[u8]) -> Verdict {
        let most = (TRANSFER / size).min(if size == BLOCK { 32 } else { usize::MAX });
        let mut at = first;
        for chunk in data.chunks(most * size) {
            let blocks = chunk.len() / size;
            let logical_block_address = at as u32;
            if self.traits.is_bd() {
                let transfer_length = blocks as u32;
                self.give(Write12 { logical_block_address, transfer_length, ..Write12::default() }, chunk)?;
            } else {
                let transfer_length = blocks as u16;
                self.give(Write10 { logical_block_address, transfer_length, ..Write10::default() }, chunk)?;
            }
            at += blocks as i32;
        }
        Ok(())
    }

    /// Writes blocks of user data from `first` on.
    pub(super) fn write(&mut self, first: u32, data: &[u8]) -> Verdict {
        self.write_blocks(first as i32, BLOCK, data)
    }

    /// SYNCHRONIZE CACHE as burners do it: first at once with polling, then once more waiting for it.
    pub(super) fn synchronize(&mut self) -> Verdict {
        self.send(SynchronizeCache { immed: true, ..SynchronizeCache::default() })?;
        self.wait_until_ready()?;
        self.send(SynchronizeCache::default())
    }

    /// CLOSE TRACK/SESSION, polled.
    pub(super) fn close(&mut self, function: CloseFunction, track: u16) -> Verdict {
        self.send(close(function, track))?;
        self.wait_until_ready()
    }

    /// The ways to format that READ FORMAT CAPACITIES offers.
    pub(super) fn offers(&mut self) -> Result<Vec<FormattableCapacity>, Stop> {
        let bytes = self.fetch(ReadFormatCapacities { allocation_length: 252 })?;
        Ok(unit::understood(FormatCapacities::parse(&bytes))?.formattable().collect())
    }

    /// FORMAT UNIT with the first offer of a type, polled; the offer.
    pub(super) fn format(
        &mut self,
        format_type: FormatType,
        sub_type: u8,
    ) -> Result<FormattableCapacity, Stop> {
        let offer = self.offers()?.into_iter().find(|offer| offer.format_type == format_type);
        let offer = offer.ok_or_else(|| Stop::fail(format!("format type {format_type} is not offered")))?;
        self.format_as(FormatDescriptor::of(offer, sub_type))?;
        Ok(offer)
    }

    /// FORMAT UNIT, polled.
    pub(super) fn format_as(&mut self, descriptor: FormatDescriptor) -> Verdict {
        let (command, list) = format(descriptor);
        self.give(command, &list)?;
        self.wait_until_ready()
    }

    /// SEND DISC STRUCTURE of a DVD with a body of eight bytes.
    pub(super) fn send_structure(&mut self, format: DvdStructure, body: &[u8]) -> Verdict {
        let mut list = vec![0, 10, 0, 0];
        list.extend(body);
        let parameter_list_length = list.len() as u16;
        let command =
            SendDiscStructure { format: format.0, parameter_list_length, ..SendDiscStructure::default() };
        self.give(command, &list)
    }

    // --- reading back --------------------------------------------------------------------------------------------

    /// Reads blocks back, in turn by READ(10) and READ(12), and compares every byte.
    pub(super) fn read_back(&mut self, first: u32, data: &[u8]) -> Verdict {
        let mut at = first;
        for (turn, chunk) in data.chunks(TRANSFER).enumerate() {
            let blocks = (chunk.len() / BLOCK) as u16;
            let logical_block_address = at;
            let bytes = if turn % 2 == 0 {
                self.fetch(Read10 { logical_block_address, transfer_length: blocks, ..Read10::default() })?
            } else {
                let transfer_length = blocks.into();
                self.fetch(Read12 { logical_block_address, transfer_length, ..Read12::default() })?
            };
            let wrong = chunk.iter().zip(&bytes).position(|(written, read)| written != read);
            let length = bytes.len();
            self.ensure(length == chunk.len(), || format!("{length} bytes came from block {at} on"))?;
            self.ensure(wrong.is_none(), || {
                let (block, byte) = (at + (wrong.unwrap_or(0) / BLOCK) as u32, wrong.unwrap_or(0) % BLOCK);
                format!("block {block} is not what was written: byte {byte} differs")
            })?;
            at += u32::from(blocks);
        }
        Ok(())
    }
}

/// CLOSE TRACK/SESSION that returns at once.
pub(super) fn close(function: CloseFunction, track: u16) -> CloseTrackSession {
    CloseTrackSession { immed: true, close_function: function.0, track_number: track }
}

/// FORMAT UNIT that returns at once, and its parameter list.
pub(super) fn format(descriptor: FormatDescriptor) -> (FormatUnit, [u8; FormatParameters::SIZE]) {
    let header = FormatListHeader { format_options_valid: true, immed: true, ..FormatListHeader::default() };
    let mut list = [0; FormatParameters::SIZE];
    let mut reply = Reply::new(&mut list, FormatParameters::SIZE);
    FormatParameters { header, descriptor }.encode(&mut reply);
    (FormatUnit { format_data: true, format_code: FORMAT_CODE, ..FormatUnit::default() }, list)
}

/// Bytes for `blocks` blocks of `size` bytes that differ from block to block and from one `seed` to another.
pub(super) fn pattern(seed: u32, blocks: usize, size: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9) | 1;
    let mut bytes = vec![0; blocks * size];
    for four in bytes.chunks_mut(4) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        four.copy_from_slice(&state.to_le_bytes()[..four.len()]);
    }
    bytes
}

pub(super) fn named(cdb: &Cdb) -> String {
    format!("{} {cdb}", CommandSpec::of(cdb).map_or("command", |spec| spec.name))
}
