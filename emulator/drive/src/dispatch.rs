//! From a command of the table to its handler.

use crate::check::Refused;
use crate::nexus::NexusId;
use crate::unit::Unit;
use discrig_device::Instant;
use discrig_wire::command::{self, Command};
use discrig_wire::reply::Reply;
use discrig_wire::sense::codes;

/// What a command is called with, beside its CDB.
pub(crate) struct Call<'a> {
    /// Who sent it.
    pub(crate) nexus: NexusId,
    /// What the initiator sends along.
    pub(crate) data_out: &'a [u8],
    /// Where an answer's data are composed.
    pub(crate) buffer: &'a mut [u8],
    /// Where blocks are put that cannot be read straight from the medium later.
    pub(crate) staged: &'a mut Vec<u8>,
    /// Nexuses whose other commands are to be aborted.
    pub(crate) abort: &'a mut Vec<NexusId>,
}

impl Call<'_> {
    /// Composes the answer's data, cut at the allocation length.
    pub(crate) fn reply(&mut self, allocation: usize, compose: impl FnOnce(&mut Reply<'_>)) -> Outcome {
        let mut reply = Reply::new(self.buffer, allocation);
        compose(&mut reply);
        Ok(Done::Data(reply.transferred()))
    }
}

/// How a command was carried out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Done {
    /// With these blocks of user data as data, which are in memory.
    Blocks { first: i32, count: u32 },
    /// With so many bytes of the buffer as data.
    Data(usize),
    /// Without data.
    Good,
    /// With everything that was staged as data.
    Staged,
    /// It goes on until then.
    Until(Instant),
}

pub(crate) type Outcome = Result<Done, Refused>;

/// Implemented for every command: what it does. Pre-checks are done.
pub(crate) trait Execute {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome;
}

macro_rules! dispatch {
    (implemented { $($command:ident)+ } unimplemented { $($missing:ident)* }) => {
        /// Carries out a command.
        pub(crate) fn dispatch(command: &Command, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
            match command {
                $(Command::$command(command) => <command::$command as Execute>::execute(command, unit, call),)+
                $(Command::$missing(_) => Err(codes::INVALID_COMMAND_OPERATION_CODE.into()),)*
            }
        }

        /// The operation codes of which at least one row has a handler.
        const IMPLEMENTED: [bool; 0x100] = {
            let mut codes = [false; 0x100];
            $(codes[command::$command::SPEC.opcode as usize] = true;)+
            codes
        };
    };
}

/// Whether this drive has commands with this operation code. Those of the command table that it has not are as unknown to it as any other
/// number: LOG SELECT and LOG SENSE belong to feature 0101h (S.M.A.R.T.), which recorders of this kind do not claim, and SECURITY PROTOCOL OUT
/// to feature 0142h (TCG Optical Security), which needs media that are not emulated.
pub(crate) const fn implements(opcode: u8) -> bool {
    IMPLEMENTED[opcode as usize]
}

dispatch! {
    implemented {
        Blank CloseTrackSession Erase10 FormatUnit GetConfiguration GetEventStatusNotification
        GetPerformance Inquiry LoadUnloadMedium MechanismStatus ModeSelect10 ModeSelect6 ModeSense10
        ModeSense6 PauseResume PersistentReserveInReadKeys PersistentReserveInReadReservation
        PersistentReserveInReportCapabilities PersistentReserveOutClear PersistentReserveOutPreempt
        PersistentReserveOutPreemptAndAbort PersistentReserveOutRegister
        PersistentReserveOutRegisterAndIgnore PersistentReserveOutRelease PersistentReserveOutReserve
        PlayAudio10 PlayAudio12 PlayAudioMsf PlayAudioTrackIndex PreventAllowMediumRemoval Read10 Read12
        ReadBuffer ReadBufferCapacity ReadCapacity ReadCapacity16 ReadCd ReadCdMsf ReadDiscInformation
        ReadDiscStructure ReadFormatCapacities ReadHeader ReadMediaSerialNumber ReadSubChannel ReadToc
        ReadTrackInformation Release6 RepairTrack ReportKey ReportLuns RequestSense Reserve6
        ReserveTrack Scan Seek10 SendCueSheet SendDiagnostic SendDiscStructure SendEvent SendKey
        SendOpcInformation SetCdSpeed SetReadAhead SetStreaming StartStopUnit StopPlayScan
        SynchronizeCache TestUnitReady Verify10 Verify12 Write10 Write12 WriteAndVerify10 WriteBuffer
    }
    unimplemented {
        LogSelect LogSense SecurityProtocolOut
    }
}
