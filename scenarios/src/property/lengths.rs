//! The world of allocation lengths: whatever length is asked for, the beginning of the same answer comes.

use super::drive_cast::settle;
use super::{Predicted, Rules, World};
use crate::allowed::Pattern;
use crate::answer::Answer;
use crate::stage::{Stage, usual_timeout};
use crate::stop::{Finding, Stop};
use discrig_device::{Capabilities, Handle, HostId, ProcessId, Request};
use discrig_wire::command::{
    GetConfiguration, Inquiry, ModeSense10, ReadDiscInformation, ReadDiscStructure, ReadToc,
    ReadTrackInformation, ReportLuns, RequestSense,
};
use discrig_wire::{Cdb, SenseKey};
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use serde::{Deserialize, Serialize};

macro_rules! questions {
    ($($(#[doc = $doc:literal])+ $name:ident $length:ident => $cdb:expr, $announced:expr;)+) => {
        /// What is asked for.
        #[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Question {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Question {
            const ALL: &'static [Question] = &[$(Question::$name,)+];

            fn cdb(self, length: u16) -> Cdb {
                match self { $(Question::$name => { let $length = length; $cdb.cdb() })+ }
            }

            /// How many bytes the header of a whole answer announces.
            fn announced(self, bytes: &[u8]) -> usize {
                let announced: fn(&[u8]) -> usize = match self { $(Question::$name => $announced,)+ };
                announced(bytes)
            }
        }
    };
}

fn byte(bytes: &[u8], at: usize) -> usize {
    bytes.get(at).map_or(0, |byte| usize::from(*byte))
}

fn word(bytes: &[u8], at: usize) -> usize {
    byte(bytes, at) << 8 | byte(bytes, at + 1)
}

fn long(bytes: &[u8]) -> usize {
    word(bytes, 0) << 16 | word(bytes, 2)
}

questions! {
    /// GET CONFIGURATION, all features.
    Configuration length => GetConfiguration { allocation_length: length, ..Default::default() }, |bytes| 4 + long(bytes);
    /// GET CONFIGURATION, current features.
    CurrentFeatures length => GetConfiguration { requested_type: 1, allocation_length: length, ..Default::default() }, |bytes| 4 + long(bytes);
    /// GET CONFIGURATION, the profile list.
    ProfileList length => GetConfiguration { requested_type: 2, allocation_length: length, ..Default::default() }, |bytes| 4 + long(bytes);
    /// READ DISC INFORMATION.
    DiscInformation length => ReadDiscInformation { allocation_length: length, ..Default::default() }, |bytes| 2 + word(bytes, 0);
    /// READ DISC STRUCTURE, physical format of a DVD.
    DvdStructure length => ReadDiscStructure { allocation_length: length, ..Default::default() }, |bytes| 2 + word(bytes, 0);
    /// INQUIRY, standard data.
    Inquiry length => Inquiry { allocation_length: length, ..Default::default() }, |bytes| 5 + byte(bytes, 4);
    /// MODE SENSE(10), all pages.
    ModePages length => ModeSense10 { page_code: 0x3F, disable_block_descriptors: true, allocation_length: length, ..Default::default() }, |bytes| 2 + word(bytes, 0);
    /// READ TOC/PMA/ATIP, sessions.
    Sessions length => ReadToc { format: 1, allocation_length: length, ..Default::default() }, |bytes| 2 + word(bytes, 0);
    /// REQUEST SENSE.
    Sense length => RequestSense { allocation_length: length.min(252) as u8, ..Default::default() }, |bytes| 8 + byte(bytes, 7);
    /// READ TRACK INFORMATION.
    Track length => ReadTrackInformation { address_type: 1, address: 1, allocation_length: length, ..Default::default() }, |bytes| 2 + word(bytes, 0);
    /// READ TOC/PMA/ATIP, tracks.
    Tracks length => ReadToc { allocation_length: length, ..Default::default() }, |bytes| 2 + word(bytes, 0);
    /// REPORT LUNS, for which SPC-3 demands room for one unit.
    Units length => ReportLuns { allocation_length: length.max(16).into(), ..Default::default() }, |bytes| 8 + long(bytes);
    /// INQUIRY, the list of vital product data pages.
    VitalData length => Inquiry { evpd: true, allocation_length: length, ..Default::default() }, |bytes| 4 + word(bytes, 2);
}

/// A question and how much of the answer is wanted.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What is asked for.
    pub ask: Question,
    /// Most bytes to return.
    pub length: u16,
}

/// Longest answer that is compared.
const WHOLE: u16 = 4096;

/// The world of allocation lengths. Nothing in it changes.
pub struct Lengths;

/// A handle on the judged host.
pub struct Cast {
    handle: Box<dyn Handle>,
}

impl World for Lengths {
    type Step = Step;
    type State = ();
    type Cast = Cast;
    type Mix = ();

    fn steps((): &(), _: &Capabilities) -> BoxedStrategy<Step> {
        let length = prop_oneof![4 => 0u16..64, 2 => 0u16..512, 1 => 0u16..=WHOLE];
        (prop::sample::select(Question::ALL), length).prop_map(|(ask, length)| Step { ask, length }).boxed()
    }

    fn start() {}

    fn cast(stage: &mut Stage<'_>) -> Result<Cast, Stop> {
        let mut handle = stage.bench.open(HostId(0), ProcessId(0))?;
        settle(handle.as_mut(), stage.bench);
        Ok(Cast { handle })
    }

    fn perform(cast: &mut Cast, _: &mut Stage<'_>, step: &Step) -> Result<Answer, Stop> {
        let mut whole = [0; WHOLE as usize];
        let (answer, came) = cast.send(step.ask.cdb(WHOLE), &mut whole);
        if answer != Answer::Ok {
            return Ok(answer);
        }
        let announced = step.ask.announced(&whole[..came]).min(whole.len());
        let cdb = step.ask.cdb(step.length);
        let mut part = [0; WHOLE as usize];
        let asked = requested(&cdb).min(part.len());
        // Not every path carries a data-in command without any room for data.
        let (answer, came) = cast.send(cdb, &mut part[..asked.max(16)]);
        let wanted = asked.min(announced);
        // A transport without residuals shows more bytes than came, never fewer.
        if answer == Answer::Ok && came >= wanted && part[..wanted] == whole[..wanted] {
            return Ok(Answer::Ok);
        }
        let differs = part[..wanted].iter().zip(&whole).position(|(part, whole)| part != whole);
        Err(Stop::Fail(Box::new(Finding {
            message: format!(
                "{cdb}: {answer}, {came} bytes of {announced}, the first that differs from the whole answer is {differs:?}"
            ),
            expected: vec![format!("the first {wanted} bytes of the whole answer [spc3-4.3]")],
            observed: format!("{answer}, {came} bytes"),
            clauses: vec!["spc3-4.3".to_owned()],
            ..Finding::default()
        })))
    }

    fn predict(_: &Rules, (): &(), _: &Step, emit: &mut dyn FnMut(Predicted, ())) {
        // What a drive does not have it refuses whole; what needs a medium may have none.
        let no_medium = Pattern::Asc(SenseKey::NotReady, 0x3A);
        for pattern in [Pattern::Ok, Pattern::Key(SenseKey::IllegalRequest), no_medium] {
            emit(Predicted { pattern, clause: "spc3-4.3" }, ());
        }
    }
}

impl Cast {
    fn send(&mut self, cdb: Cdb, buffer: &mut [u8]) -> (Answer, usize) {
        let result = self.handle.execute(Request::input(cdb, buffer, usual_timeout(&cdb)));
        (Answer::of_command(&result), result.map_or(0, |completion| completion.transferred))
    }
}

/// The allocation length that a CDB really has.
fn requested(cdb: &Cdb) -> usize {
    let spec = discrig_wire::CommandSpec::of(cdb);
    spec.and_then(|spec| spec.field("allocation_length")).map_or(0, |field| field.get(cdb) as usize)
}
