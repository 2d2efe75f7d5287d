//! Long operations that return at once: what the drive says while they go on, and when they are done.

use super::burner::{BLOCK, Burner, close, format, named, pattern};
use super::state::State;
use super::usual::Usual;
use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::families::unit;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::{Medium, Request};
use discrig_wire::capacity::FormatType;
use discrig_wire::close::BlankingType;
use discrig_wire::command::{Blank, TestUnitReady};
use discrig_wire::disc::DiscStatus;
use discrig_wire::feature::Profile;
use discrig_wire::format::{Certification, FormatDescriptor, RecordingMode};
use discrig_wire::sense::{Sense, codes};
use discrig_wire::{Cdb, SenseKey, Status};

/// How often is asked at most, and how long is waited in between: longer each time.
const POLLS: u32 = 2000;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How long a command may take that asks how far an operation is.
const AT_ONCE: Duration = Duration::from_secs(20);

/// What TEST UNIT READY is answered while an operation goes on.
const GOES_ON: Allowed = allowed! { "TEST UNIT READY while an operation goes on":
    Pattern::Ok => "mmc5-6.42",
    Pattern::Check(codes::LOGICAL_UNIT_NOT_READY_OPERATION_IN_PROGRESS) => "mmc5-6.42",
    Pattern::Check(codes::LOGICAL_UNIT_NOT_READY_LONG_WRITE_IN_PROGRESS) => "mmc5-6.42",
    Pattern::Check(codes::LOGICAL_UNIT_NOT_READY_FORMAT_IN_PROGRESS) => "mmc5-6.42",
    Pattern::Check(codes::LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY) => "mmc5-6.42",
    Pattern::Asc(SenseKey::UnitAttention, 0x2E) => "mmc5-6.42",
    Pattern::Status(Status::BUSY) => "mmc5-6.42",
};

/// How far an operation was when it was last asked for, as a numerator over 65536.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    last: Option<u16>,
    answers: usize,
}

impl Burner<'_, '_> {
    /// A command that begins an operation and returns at once; the drive is asked until it is done.
    fn watch(&mut self, command: impl Into<Cdb>, data: &[u8]) -> Verdict {
        let cdb = command.into();
        self.give(cdb, data)?;
        let name = named(&cdb);
        let (mut seen, mut pause) = (Seen::default(), FIRST_PAUSE);
        for _ in 0..POLLS {
            let request = Request::none(TestUnitReady {}.cdb(), AT_ONCE);
            let completion = self.stage.execute(&mut self.seat, request);
            let answer = Answer::of_command(&completion);
            let sense = completion.ok().and_then(|completion| completion.sense.parse());
            if matches!(answer, Answer::Check(code) if is_news(code)) {
                continue;
            }
            if GOES_ON.admits(&answer).is_none() {
                return self.stage.expect(&GOES_ON, answer).map(drop);
            }
            if answer == Answer::Ok {
                self.stage.note(format!("{name}: progress was told {} times", seen.answers));
                return Ok(());
            }
            self.follow(&name, &mut seen, sense)?;
            let (answer, sense) = unit::request_sense(self.stage, &mut self.seat);
            self.insist("REQUEST SENSE while an operation goes on", answer)?;
            self.follow(&name, &mut seen, sense)?;
            self.stage.wait(pause);
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
        Err(Stop::fail(format!("{name}: the operation does not come to its end")))
    }

    /// Progress never goes back.
    fn follow(&mut self, name: &str, seen: &mut Seen, sense: Option<Sense>) -> Verdict {
        let Some(progress) = sense.and_then(|sense| sense.progress()) else { return Ok(()) };
        let before = seen.last.replace(progress).unwrap_or(0);
        seen.answers += 1;
        self.ensure(before <= progress, || {
            format!("{name}: progress goes back from {before:04X}h to {progress:04X}h")
        })
    }

    fn expect_disc(&mut self, when: &str, wanted: DiscStatus) -> Verdict {
        let seen = self.information()?.disc_status;
        // Overwritable discs are complete, or neither.
        let fits = seen == wanted || wanted == DiscStatus::COMPLETE && seen == DiscStatus::OTHER;
        self.ensure(fits, || format!("{when} the disc is {seen}, to be {wanted}"))
    }
}

/// Something else than that an operation goes on.
fn is_news(code: discrig_wire::SenseCode) -> bool {
    code.key == SenseKey::UnitAttention && code.asc != 0x2E
}

/// How a disc is formatted first, where that takes its time.
fn formatting(burner: &mut Burner<'_, '_>) -> Result<Option<FormatDescriptor>, Stop> {
    let (format_type, sub_type) = match burner.traits.profile {
        Profile::BD_R_SRM => (FormatType::BD_R_WITH_SPARE, RecordingMode::SEQUENTIAL.0),
        Profile::BD_RE => (FormatType::BD_RE_WITH_SPARE, Certification::NONE.0),
        Profile::CD_RW => (FormatType::PACKET_FULL, 0),
        Profile::DVD_PLUS_RW => (FormatType::DVD_PLUS_RW_BASIC, 0),
        Profile::DVD_RAM | Profile::DVD_RW_SEQUENTIAL => (FormatType::FULL, 0),
        _ => return Ok(None),
    };
    let offer = burner.offers()?.into_iter().find(|offer| offer.format_type == format_type);
    let offer = offer.ok_or_else(|| Stop::fail(format!("format type {format_type} is not offered")))?;
    Ok(Some(FormatDescriptor::of(offer, sub_type)))
}

/// Formatting, closing and blanking with IMMED.
pub(super) fn immediate(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let blanks = [Profile::CD_RW, Profile::DVD_RW_SEQUENTIAL].contains(&burner.traits.profile);
    if let Some(descriptor) = formatting(&mut burner)? {
        let (command, list) = format(descriptor);
        burner.watch(command, &list)?;
        let formatted = burner.traits.profile != Profile::BD_R_SRM;
        burner.expect_disc(
            "after formatting",
            if formatted { DiscStatus::COMPLETE } else { DiscStatus::EMPTY },
        )?;
    }
    if blanks {
        burner.watch_blanking(BlankingType::DISC)?;
    }
    if !blanks && Usual::of(burner.traits) == Usual::Overwrite {
        return burner.watch_overwriting();
    }
    burner.make_ready()?;
    let data = pattern(150, 320, BLOCK);
    let first = burner.record(0, &data)?;
    for (function, track) in burner.ending()? {
        burner.watch(close(function, track), &[])?;
    }
    burner.expect_disc("after closing", DiscStatus::COMPLETE)?;
    burner.read_back(first, &data)?;
    if blanks { burner.watch_blanking(BlankingType::MINIMAL) } else { Ok(()) }
}

impl Burner<'_, '_> {
    fn watch_blanking(&mut self, blanking_type: BlankingType) -> Verdict {
        self.watch(Blank { immed: true, blanking_type: blanking_type.0, ..Blank::default() }, &[])?;
        // What makes it recordable differs from one type to another.
        self.expect_state("after blanking", &State::blank(self.traits.profile))
    }

    /// A formatted disc is written and its recording ended.
    fn watch_overwriting(&mut self) -> Verdict {
        let data = pattern(151, 320, BLOCK);
        let first = self.record(0, &data)?;
        for (function, track) in self.ending()? {
            self.watch(close(function, track), &[])?;
        }
        self.expect_disc("after closing", DiscStatus::COMPLETE)?;
        self.read_back(first, &data)
    }
}
