//! The world of single commands: whatever is sent is answered, with a legal status and sense that can be understood.

use super::{Predicted, Rules, World};
use crate::allowed::Pattern;
use crate::answer::Answer;
use crate::stage::{Stage, usual_timeout};
use crate::stop::{Finding, Stop};
use discrig_device::{Capabilities, Capability, Data, ErrorKind, Handle, HostId, ProcessId, Request};
use discrig_wire::command::{CommandSpec, Direction, Flags, GetEventStatusNotification, Inquiry};
use discrig_wire::msf::Msf;
use discrig_wire::{Cdb, Command, SenseKey, Status};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;
use serde::{Deserialize, Serialize};

/// A command with its data.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The CDB.
    pub cdb: Cdb,
    /// Data for commands that take some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<u8>,
}

/// Most blocks that a generated command reads.
const MOST_BLOCKS: usize = 32;
/// Room for data-in: no generated command returns more.
const ROOM: usize = 1 << 16;

/// The world of single commands. It has one state: nothing is predicted but that there is an answer.
pub struct Commands;

/// A handle on the judged host.
pub struct Cast {
    handle: Box<dyn Handle>,
    buffer: Vec<u8>,
}

impl World for Commands {
    type Step = Step;
    type State = ();
    type Cast = Cast;
    type Mix = ();

    fn steps((): &(), capabilities: &Capabilities) -> BoxedStrategy<Step> {
        if capabilities.has(Capability::VirtualTime) {
            prop_oneof![8 => from_row(emulated_rows()), 1 => anything()].boxed()
        } else {
            from_row(harmless_rows()).prop_map(|step| Step { data: Vec::new(), ..polled(step) }).boxed()
        }
    }

    fn start() {}

    fn cast(stage: &mut Stage<'_>) -> Result<Cast, Stop> {
        let handle = stage.bench.open(HostId(0), ProcessId(0))?;
        Ok(Cast { handle, buffer: vec![0; ROOM] })
    }

    fn perform(cast: &mut Cast, _: &mut Stage<'_>, step: &Step) -> Result<Answer, Stop> {
        let answer = cast.send(step);
        // Whatever came of it, the drive still says who it is.
        let inquiry = Inquiry { allocation_length: 36, ..Inquiry::default() }.cdb();
        match cast.send(&Step { cdb: inquiry, data: Vec::new() }) {
            Answer::Ok => Ok(answer),
            lost => Err(Stop::Fail(Box::new(Finding {
                message: format!("after {}: {answer}, INQUIRY: {lost}", step.cdb),
                expected: vec!["OK [spc3-6.4]".to_owned()],
                observed: lost.to_string(),
                clauses: vec!["spc3-6.4".to_owned()],
                ..Finding::default()
            }))),
        }
    }

    fn predict(_: &Rules, (): &(), _: &Step, emit: &mut dyn FnMut(Predicted, ())) {
        let mut allow = |pattern| emit(Predicted { pattern, clause: "sam5-5.3" }, ());
        allow(Pattern::Ok);
        for key in (0..16).map(SenseKey::from_low_bits).filter(|key| *key != SenseKey::Obsolete) {
            allow(Pattern::Key(key));
        }
        for status in [Status::RESERVATION_CONFLICT, Status::BUSY, Status::TASK_SET_FULL] {
            allow(Pattern::Status(status));
        }
        // A host may refuse to send what contradicts itself.
        allow(Pattern::Error(ErrorKind::InvalidRequest));
    }
}

impl Cast {
    fn send(&mut self, step: &Step) -> Answer {
        let data = match CommandSpec::of(&step.cdb).map(|spec| spec.direction) {
            Some(Direction::In) => Data::In(&mut self.buffer),
            Some(Direction::Out) if !step.data.is_empty() => Data::Out(&step.data),
            _ => Data::None,
        };
        let request = Request { cdb: step.cdb, data, timeout: usual_timeout(&step.cdb) };
        Answer::of_command(&self.handle.execute(request))
    }
}

/// Every row that records nothing.
fn emulated_rows() -> Vec<&'static CommandSpec> {
    rows(|spec| !spec.flags.contains(Flags::WRITES))
}

/// Rows that ask and change nothing, and do not take long.
fn harmless_rows() -> Vec<&'static CommandSpec> {
    rows(|spec| {
        spec.direction == Direction::In
            && !spec.flags.intersects(Flags::WRITES | Flags::REMOVAL | Flags::LONG)
    })
}

fn rows(wanted: fn(&CommandSpec) -> bool) -> Vec<&'static CommandSpec> {
    Command::TABLE.iter().copied().filter(|spec| wanted(spec)).collect()
}

/// A command of the table with some values in its fields, and up to two bits that may be wrong.
fn from_row(rows: Vec<&'static CommandSpec>) -> BoxedStrategy<Step> {
    let value = prop_oneof![4 => Just(0u64), 3 => 0u64..4, 2 => 0u64..256, 1 => any::<u64>()];
    let values = prop::collection::vec(value, 8);
    let flips = prop::collection::vec((1usize..16, 0u8..8), 0..3);
    let data = prop::collection::vec(any::<u8>(), 0..64);
    (select(rows), values, flips, data)
        .prop_map(|(spec, values, flips, data)| {
            let mut bytes = spec.assemble(values).bytes().to_vec();
            for (byte, bit) in flips {
                if let Some(byte) = bytes.get_mut(byte) {
                    *byte ^= 1 << bit;
                }
            }
            Step { cdb: bounded(Cdb::new(&bytes).unwrap_or_else(|_| spec.blank())), data }
        })
        .boxed()
}

/// Any bytes at all, but nothing that records.
fn anything() -> BoxedStrategy<Step> {
    let bytes = prop::collection::vec(any::<u8>(), Cdb::MIN..=Cdb::MAX);
    let step = (bytes, prop::collection::vec(any::<u8>(), 0..64)).prop_filter_map(
        "a command that records",
        |(bytes, data)| {
            let cdb = Cdb::new(&bytes).ok()?;
            let records = CommandSpec::of(&cdb).is_some_and(|spec| spec.flags.contains(Flags::WRITES));
            (!records).then(|| Step { cdb: bounded(cdb), data })
        },
    );
    step.boxed()
}

/// The same command reading no more than there is room for: all that is read of a CD sector is more than its user data.
fn bounded(mut cdb: Cdb) -> Cdb {
    let Some(spec) = CommandSpec::of(&cdb) else { return cdb };
    if let Some(blocks) = spec.blocks(&cdb).filter(|blocks| *blocks > 0) {
        let block = (spec.allocation(&cdb) / blocks).max(1);
        let fitting = blocks % (ROOM / block).clamp(1, MOST_BLOCKS);
        match [spec.field("transfer_length"), spec.field("starting_msf"), spec.field("ending_msf")] {
            [Some(length), ..] => length.set(&mut cdb, fitting as u64),
            [None, Some(start), Some(end)] => {
                let first = Msf::from_field(start.get(&cdb) as u32).lba();
                let after = Msf::from_lba(first + fitting as i32)
                    .map_or(start.get(&cdb), |msf| msf.to_field().into());
                end.set(&mut cdb, after);
            }
            _ => {}
        }
    }
    cdb
}

/// The same command not waiting for an event that may never come.
fn polled(mut step: Step) -> Step {
    if step.cdb.opcode() == GetEventStatusNotification::SPEC.opcode
        && let Some(field) = GetEventStatusNotification::SPEC.field("polled")
    {
        field.set(&mut step.cdb, 1);
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;
    use discrig_wire::command::{Read10, ReadCd, ReadCdMsf};

    #[test]
    fn what_is_read_has_room() {
        let msf = |minute, second, frame| Msf::new(minute, second, frame).to_field();
        let far =
            ReadCdMsf { starting_msf: msf(0, 2, 0), ending_msf: msf(79, 59, 70), ..ReadCdMsf::default() };
        let many = [
            ReadCd { transfer_length: 0xFF_FFFF, ..ReadCd::default() }.cdb(),
            ReadCd { transfer_length: 23, ..ReadCd::default() }.cdb(),
            Read10 { transfer_length: 0xFFFF, ..Read10::default() }.cdb(),
            far.cdb(),
            ReadCdMsf { ending_msf: 0xFF_FFFF, ..far }.cdb(),
        ];
        for cdb in many {
            let allocation = |cdb: &Cdb| CommandSpec::of(cdb).unwrap().allocation(cdb);
            let again = bounded(cdb);
            assert!(allocation(&again) <= ROOM, "{cdb} became {again}");
            assert!(allocation(&cdb) == 0 || CommandSpec::of(&again).unwrap().blocks(&again).is_some());
        }
        let some = ReadCd { transfer_length: 22, ..ReadCd::default() }.cdb();
        assert_eq!(bounded(some), some);
    }
}
