//! CD sectors in each form in which they can be given: the data block types of tracks at once and packets (MMC-5 7.5.4), and the data forms of cue
//! sheets (MMC-5 6.33).
//!
//! A sector is made whole here, and the part of it that the form has is given to the drive, which adds the rest.

use super::burner::{Burner, pattern};
use super::cd::{self, DATA, PACKETS, RUN_OUT, WRITING, close_track};
use super::cd_read::{Expected, Main};
use super::cd_session::{PAUSE, at, lead_in};
use super::sector::{self, Content, Kind, RAW};
use super::state::State;
use crate::answer::Answer;
use crate::families::unit;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use core::ops::Range;
use discrig_device::Medium;
use discrig_wire::close::CloseFunction;
use discrig_wire::command::ReadToc;
use discrig_wire::cue::{MainForm, SubChannelForm};
use discrig_wire::disc::DiscType;
use discrig_wire::mode::{DataBlockType, WriteParametersPage, WriteType};
use discrig_wire::sense::codes;
use discrig_wire::toc::{LEAD_OUT, TocData, TocFormat};

/// Point of the table of contents that says, besides the first track, what kind of disc it is.
const FIRST_TRACK: u8 = 0xA0;
/// Submode bits of a sub-header: data, and form 2.
const SUBMODE_DATA: u8 = 0x08;
const SUBMODE_FORM_2: u8 = 0x20;

/// Sectors and the part of them that is given.
#[derive(Clone, Debug)]
struct Given {
    /// Which bytes of a sector.
    part: Range<usize>,
    /// The kinds of the sectors, over and over.
    kinds: &'static [Kind],
    /// The session format of page 05h.
    disc_type: DiscType,
}

const MODE_1: &[Kind] = &[Kind::Mode1];
const MODE_2: &[Kind] = &[Kind::Mode2];
const FORM_1: &[Kind] = &[Kind::Form1];
const FORM_2: &[Kind] = &[Kind::Form2];
/// Both forms, as in a file of video.
const MIXED: &[Kind] = &[Kind::Form1, Kind::Form2, Kind::Form2, Kind::Form1, Kind::Form2];
const ROM: DiscType = DiscType::CD_DA_OR_ROM;
const XA: DiscType = DiscType::CD_ROM_XA;

/// For each data block type or data form: first byte and end of the part of a sector that is given, and the kinds of sectors.
macro_rules! given {
    ($name:ident($type:ident): $($known:ident $from:literal $to:literal $kinds:ident $disc_type:ident;)+) => {
        fn $name(form: $type) -> Result<Given, Stop> {
            match form {
                $($type::$known => Ok(Given { part: $from..$to, kinds: $kinds, disc_type: $disc_type }),)+
                other => Err(Stop::Rig(format!("no sectors are made for {other}"))),
            }
        }
    };
}

given! { of_block_type(DataBlockType):
    MODE_1 16 2064 MODE_1 ROM;
    MODE_2 16 2352 MODE_2 ROM;
    MODE_2_FORM_1 24 2072 FORM_1 XA;
    MODE_2_FORM_1_SUBHEADER 16 2072 FORM_1 XA;
    MODE_2_FORM_2 24 2348 FORM_2 XA;
    MODE_2_MIXED 16 2348 MIXED XA;
}

given! { of_main_form(MainForm):
    MODE_1_RAW 0 2352 MODE_1 ROM;
    MODE_2 16 2352 MODE_2 ROM;
    MODE_2_RAW 0 2352 MODE_2 ROM;
    XA 16 2352 MIXED XA;
    XA_RAW 0 2352 MIXED XA;
}

/// Sectors that were made.
struct Sectors {
    given: Given,
    start: i32,
    whole: Vec<[u8; RAW]>,
}

impl Given {
    fn bytes(&self) -> usize {
        self.part.len()
    }

    fn kind(&self, n: usize) -> Kind {
        self.kinds[n % self.kinds.len()]
    }

    /// The sub-header of the n-th sector: the initiator's own where it gives one, else the one that page 05h has.
    fn sub_header(&self, n: usize) -> [u8; 8] {
        let submode = if self.kind(n) == Kind::Form2 { SUBMODE_FORM_2 } else { SUBMODE_DATA };
        let gives_own = self.part.start <= 16;
        let [file, channel] = if gives_own { [1, (n % 3) as u8] } else { [0, 0] };
        let four = [file, channel, submode, 0];
        core::array::from_fn(|at| four[at % 4])
    }

    /// Sectors from `start` on with this user data; each has as much of it as it needs, from its own bytes.
    fn sectors(&self, start: i32, count: usize, data: &[u8]) -> Result<Sectors, Stop> {
        let sector = |n: usize| {
            let user = data.get(n * RAW..).and_then(|own| own.get(..self.kind(n).user_bytes()))?;
            let content = Content { kind: self.kind(n), sub_header: self.sub_header(n), user };
            sector::sealed(start + n as i32, &content)
        };
        let whole = (0..count).map(sector).collect::<Option<_>>();
        let whole = whole.ok_or_else(|| Stop::Rig("a sector could not be made".to_owned()))?;
        Ok(Sectors { given: self.clone(), start, whole })
    }
}

impl Sectors {
    fn bytes(&self) -> Vec<u8> {
        let parts: Vec<_> = self.whole.iter().map(|sector| &sector[self.given.part.clone()]).collect();
        parts.concat()
    }

    fn user(&self, n: usize) -> &[u8] {
        &self.whole[n][self.given.kind(n).user()]
    }
}

impl Burner<'_, '_> {
    fn write_sectors(&mut self, sectors: &Sectors) -> Verdict {
        self.write_blocks(sectors.start, sectors.given.bytes(), &sectors.bytes())
    }

    /// Everything of the sectors as they were made, and their user data by READ where READ has them.
    fn expect_made(&mut self, sectors: &Sectors, expected: Expected) -> Verdict {
        let Sectors { given, start, whole } = sectors;
        let contents: Vec<_> = (0..whole.len())
            .map(|n| {
                let (kind, sub_header) = (given.kind(n), given.sub_header(n));
                Main::Data(Content { kind, sub_header, user: sectors.user(n) })
            })
            .collect();
        self.expect_contents(*start, &contents, expected)?;
        if given.kinds.iter().any(|kind| !matches!(kind, Kind::Mode1 | Kind::Form1)) {
            return Ok(());
        }
        let user: Vec<_> = (0..whole.len()).map(|n| sectors.user(n)).collect();
        self.read_back(*start as u32, &user.concat())
    }

    /// What READ DISC INFORMATION and the table of contents say of the kind of disc.
    fn expect_disc_type(&mut self, wanted: DiscType) -> Verdict {
        let bytes = self.fetch(ReadToc {
            msf: true,
            format: TocFormat::FULL_TOC.0,
            allocation_length: 2048,
            ..ReadToc::default()
        })?;
        let toc = unit::understood(TocData::parse(&bytes))?;
        let first = toc.full().find(|entry| entry.point == FIRST_TRACK);
        let pointed = first.map(|entry| DiscType(entry.pointed.second));
        let informed = self.information()?.disc_type;
        self.ensure((pointed, informed) == (Some(wanted), wanted), || {
            format!("the disc is {informed}, its table of contents says {pointed:?}, to be {wanted}")
        })
    }

    /// Page 05h with such blocks, or a skip where the drive does not write them: burners find out by trying.
    fn parameters_for(
        &mut self,
        given: &Given,
        change: impl FnOnce(WriteParametersPage) -> WriteParametersPage,
    ) -> Verdict {
        let [file, channel, submode, coding, ..] = given.sub_header(0);
        let session_format = given.disc_type.0;
        let answer = self.try_parameters(|page| WriteParametersPage {
            session_format,
            sub_header: [file, channel, submode, coding],
            ..change(page)
        })?;
        if answer == Answer::Check(codes::INVALID_FIELD_IN_PARAMETER_LIST) {
            return Err(Stop::Skip("the drive does not take such blocks".to_owned()));
        }
        self.ensure(answer == Answer::Ok, || format!("MODE SELECT(10) of page 05h: {answer}"))
    }

    fn expect_one_data_track(&mut self, end: u32, disc_type: DiscType) -> Verdict {
        let state = State {
            capacity: Some(end),
            toc: Some((&[(DATA, 0)], end)),
            idle: &WRITING,
            ..State::complete(self.traits.profile, 1, 1)
        };
        self.expect_state("after closing", &state)?;
        self.expect_disc_type(disc_type)
    }
}

/// A track at once with blocks of this type.
pub(super) fn track(stage: &mut Stage<'_>, medium: Medium, form: DataBlockType) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let given = of_block_type(form)?;
    burner.parameters_for(&given, cd::parameters(WriteType::TRACK_AT_ONCE, DATA, form))?;
    let sectors = given.sectors(0, 300, &pattern(110, 300, RAW))?;
    burner.write_sectors(&sectors)?;
    burner.synchronize()?;
    close_track(&mut burner)?;
    burner.close(CloseFunction::SESSION, 0)?;
    burner.expect_one_data_track(300 + RUN_OUT, given.disc_type)?;
    burner.expect_made(&sectors, Expected::data(1, 0))
}

/// Two sessions with a track of such blocks each.
pub(super) fn sessions(stage: &mut Stage<'_>, medium: Medium, form: DataBlockType) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let given = of_block_type(form)?;
    let at_once = || cd::parameters(WriteType::TRACK_AT_ONCE, DATA, form);
    burner.parameters_for(&given, cd::next_allowed(at_once()))?;
    let first = given.sectors(0, 300, &pattern(113, 300, RAW))?;
    burner.write_sectors(&first)?;
    burner.synchronize()?;
    close_track(&mut burner)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let start = burner.expect_second(300 + RUN_OUT)? as i32;
    burner.expect_disc_type(given.disc_type)?;
    burner.expect_made(&first, Expected::data(1, 0))?;
    burner.parameters_for(&given, at_once())?;
    let second = given.sectors(start, 320, &pattern(114, 320, RAW))?;
    burner.write_sectors(&second)?;
    burner.synchronize()?;
    close_track(&mut burner)?;
    burner.close(CloseFunction::SESSION, 0)?;
    burner.expect_two_sessions(300 + RUN_OUT, 320 + RUN_OUT)?;
    burner.expect_disc_type(given.disc_type)?;
    burner.expect_made(&first, Expected::data(1, 0))?;
    burner.expect_made(&second, Expected::data(2, start))
}

/// Packets of any size with blocks of this type.
pub(super) fn packets(stage: &mut Stage<'_>, medium: Medium, form: DataBlockType) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let given = of_block_type(form)?;
    burner.parameters_for(&given, cd::parameters(WriteType::PACKET, PACKETS, form))?;
    let data = pattern(111, 320, RAW);
    let mut packets = Vec::new();
    for (n, part) in data.chunks(64 * RAW).enumerate() {
        let start = n as i32 * (64 + cd::LINK as i32);
        let sectors = given.sectors(start, 64, part)?;
        burner.write_sectors(&sectors)?;
        burner.synchronize()?;
        packets.push(sectors);
    }
    burner.close(CloseFunction::TRACK, 0xFF)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let state = State { idle: &WRITING, ..State::complete(burner.traits.profile, 1, 1) };
    burner.expect_state("after closing", &state)?;
    burner.expect_disc_type(given.disc_type)?;
    let expected = Expected { control: PACKETS, ..Expected::data(1, 0) };
    packets.iter().try_for_each(|packet| burner.expect_made(packet, expected))
}

/// A session at once with a data track in this form.
pub(super) fn session(stage: &mut Stage<'_>, medium: Medium, form: MainForm) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let given = of_main_form(form)?;
    burner.parameters_for(&given, cd::parameters(WriteType::SESSION_AT_ONCE, 0, DataBlockType::RAW))?;
    // The form that the drive makes itself is four or less above.
    let generated = MainForm(form.0 & 0x30 | 0x04);
    burner.send_cue_sheet(&[
        lead_in(DATA, generated, SubChannelForm::NONE),
        at(DATA, 1, 0, form, -PAUSE)?,
        at(DATA, 1, 1, form, 0)?,
        at(DATA, LEAD_OUT, 1, generated, 320)?,
    ])?;
    let pause = given.sectors(-PAUSE, PAUSE as usize, &vec![0; PAUSE as usize * RAW])?;
    let sectors = given.sectors(0, 320, &pattern(112, 320, RAW))?;
    burner.write_sectors(&pause)?;
    burner.write_sectors(&sectors)?;
    burner.synchronize()?;
    burner.expect_one_data_track(320, given.disc_type)?;
    burner.expect_made(&sectors, Expected::data(1, 0))
}
