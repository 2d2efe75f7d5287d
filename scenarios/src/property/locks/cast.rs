//! The actors of the lock world.

use super::{CALLERS, HANDLES, KILLED_HANDLE, KILLED_RECORDER, NAMES, RECORDERS, Step};
use crate::answer::Answer;
use crate::stage::{Stage, usual_timeout};
use crate::stop::Stop;
use discrig_device::fault::{Action, HostOperation, Rule};
use discrig_device::{
    CallerName, ErrorKind, Handle, HostId, Owner, ProcessId, Replug, Request, ResetKind, SlowCommand,
    VolumePolicy,
};
use discrig_recorder::{Hresult, Recorder, SENSE_LENGTH};
use discrig_wire::command::TestUnitReady;

/// The host that is judged.
const HOST: HostId = HostId(0);

/// In which process each recorder lives: the second shares its process with the first.
const RECORDER_PROCESS: [ProcessId; RECORDERS] = [ProcessId(0), ProcessId(0), ProcessId(1)];

/// In which process each raw handle lives.
const HANDLE_PROCESS: [ProcessId; HANDLES] = [ProcessId(0), ProcessId(1)];

/// Recorder objects and raw handles; what is `None` does not exist.
#[derive(Default)]
pub struct Cast {
    unplugged: bool,
    recorders: [Option<Box<dyn Recorder>>; RECORDERS],
    handles: [Option<Box<dyn Handle>>; HANDLES],
    text: String,
}

impl Cast {
    /// The actors of the suite's own process, on a restored bench.
    ///
    /// # Errors
    /// [`Stop::Rig`].
    pub(super) fn new(stage: &mut Stage<'_>) -> Result<Cast, Stop> {
        let mut cast = Cast::default();
        for r in 0..KILLED_RECORDER {
            match cast.create(stage, r)? {
                Answer::Ok => {}
                answer => return Err(Stop::Rig(format!("recorder {r}: {answer}"))),
            }
        }
        for (handle, process) in cast.handles.iter_mut().zip(HANDLE_PROCESS).take(KILLED_HANDLE) {
            *handle = Some(stage.bench.open(HOST, process)?);
        }
        Ok(cast)
    }

    /// Does a step for real. Steps of actors that do not exist do nothing and answer OK, as the model says.
    pub(super) fn perform(&mut self, stage: &mut Stage<'_>, step: &Step) -> Result<Answer, Stop> {
        Ok(match *step {
            Step::Create { r } => return self.create(stage, r),
            Step::Drop { r } => {
                self.recorders[r] = None;
                Answer::Ok
            }
            Step::Acquire { r, force, name } => {
                self.on_recorder(r, |recorder| recorder.acquire_exclusive_access(force, Some(NAMES[name])))
            }
            Step::Release { r } => self.on_recorder(r, |recorder| recorder.release_exclusive_access()),
            Step::DisableMcn { r } => self.on_recorder(r, |recorder| recorder.disable_mcn()),
            Step::EnableMcn { r } => self.on_recorder(r, |recorder| recorder.enable_mcn()),
            Step::Owner { r } => self.owner(r),
            Step::Open { h } => match stage.bench.open(HOST, HANDLE_PROCESS[h]) {
                Ok(handle) => {
                    self.handles[h] = Some(handle);
                    Answer::Ok
                }
                Err(error) => Answer::of_error(&error),
            },
            Step::Close { h } => {
                self.handles[h].take().map_or(Answer::Ok, |handle| Answer::of_host(&handle.close()))
            }
            Step::Lock { h, ignore, name } => {
                let volume = if ignore { VolumePolicy::Ignore } else { VolumePolicy::Respect };
                self.on_handle(h, |handle| Answer::of_host(&handle.lock(NAMES[name], volume)))
            }
            Step::Unlock { h } => self.on_handle(h, |handle| Answer::of_host(&handle.unlock())),
            Step::OwnerOf { h } => self.on_handle(h, |handle| Answer::of_owner(&handle.owner())),
            Step::Ready { h } => self.on_handle(h, ready),
            Step::Send { r } => self.recorders[r].as_deref_mut().map_or(Answer::Ok, send),
            Step::Abandon { h } => return self.abandon(stage, h),
            Step::Overrun { r } => return self.overrun(stage, r),
            Step::ForeignLock { name } => {
                let name =
                    CALLERS[name].ok_or_else(|| Stop::Rig(format!("no foreign owner is called {name}")))?;
                return Cast::behind_backs(stage, Action::ForeignLock { name });
            }
            Step::Steal => return Cast::behind_backs(stage, Action::ForeignUnlock {}),
            Step::Kill => {
                stage.bench.kill(ProcessId(1))?;
                self.bury();
                Answer::Ok
            }
            Step::Mount => Answer::of_host(&volume(stage)?.mount(HOST)),
            Step::Dismount => Answer::of_host(&volume(stage)?.dismount(HOST)),
            Step::Pull if self.unplugged => Answer::Ok,
            Step::Pull => {
                plug(stage)?.pull()?;
                self.unplugged = true;
                Answer::Ok
            }
            Step::PutBack if self.unplugged => {
                plug(stage)?.put_back(Replug::Same)?;
                self.unplugged = false;
                Answer::Ok
            }
            Step::PutBack => Answer::Ok,
            Step::Exhaust { on } => {
                let memory = stage.bench.memory().ok_or_else(|| undeclared("memory"))?;
                Answer::of_host(&memory.exhaust(HOST, on))
            }
            Step::Reset => Answer::of_host(&stage.bench.reset(ResetKind::Bus)),
        })
    }

    /// Makes and initializes a recorder. One that cannot be initialized is dropped.
    fn create(&mut self, stage: &mut Stage<'_>, r: usize) -> Result<Answer, Stop> {
        self.recorders[r] = None;
        let process = RECORDER_PROCESS[r];
        let id = stage.bench.opener(HOST, process)?.unique_id().to_owned();
        let (bench, source) = stage.source();
        let mut recorder = source.recorder(bench, HOST, process)?;
        let answer = Answer::of_recorder(recorder.initialize_disc_recorder(Some(&id)));
        if answer.is_ok() {
            self.recorders[r] = Some(recorder);
        }
        Ok(answer)
    }

    /// The bench's slow command, or `None` while there is no drive to be slow.
    fn arm(stage: &mut Stage<'_>) -> Result<Option<SlowCommand>, Stop> {
        match stage.bench.slow().ok_or_else(|| undeclared("slow"))?.arm() {
            Ok(slow) => Ok(Some(slow)),
            Err(error) if error.kind() == ErrorKind::Gone => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Leaves a command running in the drive that nobody waits for any more.
    fn abandon(&mut self, stage: &mut Stage<'_>, h: usize) -> Result<Answer, Stop> {
        let Some(handle) = &mut self.handles[h] else { return Ok(Answer::Ok) };
        let Some(slow) = Cast::arm(stage)? else { return Ok(ready(handle.as_mut())) };
        let mut buffer = vec![0; slow.transfer];
        let answer = Answer::of_command(&handle.execute(Request::input(slow.cdb, &mut buffer, slow.timeout)));
        if !matches!(answer, Answer::Error(ErrorKind::Timeout, _)) {
            stage.lift()?;
        }
        Ok(answer)
    }

    /// The same by a recorder.
    fn overrun(&mut self, stage: &mut Stage<'_>, r: usize) -> Result<Answer, Stop> {
        let Some(recorder) = &mut self.recorders[r] else { return Ok(Answer::Ok) };
        let Some(slow) = Cast::arm(stage)? else { return Ok(send(recorder.as_mut())) };
        let timeout_s = u32::try_from(slow.timeout.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX);
        let (mut sense, mut buffer, mut fetched) = ([0; SENSE_LENGTH], vec![0; slow.transfer], 0);
        let answer = Answer::of_recorder_command(recorder.send_command_get_data_from_device(
            slow.cdb.bytes(),
            &mut sense,
            timeout_s.max(1),
            Some(&mut buffer),
            Some(&mut fetched),
        ));
        if answer != Answer::Failed(Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT) {
            stage.lift()?;
        }
        Ok(answer)
    }

    /// A fault changes the lock at the owner query of a handle that is opened for it.
    fn behind_backs(stage: &mut Stage<'_>, action: Action) -> Result<Answer, Stop> {
        let mut witness = match stage.bench.open(HOST, ProcessId(0)) {
            Ok(witness) => witness,
            Err(error) => return Ok(Answer::of_error(&error)),
        };
        let faults = stage.bench.faults().ok_or_else(|| undeclared("faults"))?;
        faults.install(Rule::new(action).on_operation(HostOperation::Owner).times(1))?;
        Ok(Answer::of_owner(&witness.owner()))
    }

    fn owner(&mut self, r: usize) -> Answer {
        let Some(recorder) = &mut self.recorders[r] else { return Answer::Ok };
        self.text.clear();
        match recorder.exclusive_access_owner(Some(&mut self.text)) {
            Err(code) => Answer::Failed(code),
            Ok(()) if self.text.is_empty() => Answer::Owner(Owner::Nobody),
            Ok(()) => Answer::Owner(CallerName::new(&self.text).map_or(Owner::Unnamed, Owner::Named)),
        }
    }

    fn on_recorder(
        &mut self,
        r: usize,
        call: impl FnOnce(&mut dyn Recorder) -> Result<(), discrig_recorder::Hresult>,
    ) -> Answer {
        self.recorders[r].as_mut().map_or(Answer::Ok, |recorder| Answer::of_recorder(call(recorder.as_mut())))
    }

    fn on_handle(&mut self, h: usize, call: impl FnOnce(&mut dyn Handle) -> Answer) -> Answer {
        self.handles[h].as_mut().map_or(Answer::Ok, |handle| call(handle.as_mut()))
    }

    /// What lived in the killed process is gone.
    fn bury(&mut self) {
        let dead = ProcessId(1);
        for (recorder, process) in self.recorders.iter_mut().zip(RECORDER_PROCESS) {
            recorder.take_if(|_| process == dead);
        }
        for (handle, process) in self.handles.iter_mut().zip(HANDLE_PROCESS) {
            handle.take_if(|_| process == dead);
        }
    }
}

/// TEST UNIT READY by a handle.
fn ready(handle: &mut dyn Handle) -> Answer {
    let cdb = TestUnitReady {}.cdb();
    Answer::of_command(&handle.execute(Request::none(cdb, usual_timeout(&cdb))))
}

/// TEST UNIT READY by a recorder.
fn send(recorder: &mut (dyn Recorder + 'static)) -> Answer {
    let mut sense = [0; SENSE_LENGTH];
    Answer::of_recorder_command(recorder.send_command_no_data(TestUnitReady {}.cdb().bytes(), &mut sense, 0))
}

fn volume<'s>(stage: &'s mut Stage<'_>) -> Result<&'s mut dyn discrig_device::VolumeControl, Stop> {
    stage.bench.volume().ok_or_else(|| undeclared("volume"))
}

fn plug<'s>(stage: &'s mut Stage<'_>) -> Result<&'s mut dyn discrig_device::Plug, Stop> {
    stage.bench.plug().ok_or_else(|| undeclared("plug"))
}

fn undeclared(what: &str) -> Stop {
    Stop::Rig(format!("the bench declares `{what}` and does not lend it"))
}
