//! The actors of the lock world.

use super::locks::{HANDLES, NAMES, RECORDERS, Step};
use crate::answer::Answer;
use crate::stage::{Stage, usual_timeout};
use crate::stop::Stop;
use discrig_device::{
    CallerName, ErrorKind, Handle, HostId, Owner, ProcessId, Replug, Request, ResetKind, VolumePolicy,
};
use discrig_recorder::Recorder;
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
    recorders: [Option<Box<dyn Recorder>>; RECORDERS],
    handles: [Option<Box<dyn Handle>>; HANDLES],
    text: String,
}

impl Cast {
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
            Step::Ready { h } => self.on_handle(h, |handle| {
                let cdb = TestUnitReady {}.cdb();
                Answer::of_command(&handle.execute(Request::none(cdb, usual_timeout(&cdb))))
            }),
            Step::Abandon { h } => return self.abandon(stage, h),
            Step::Kill => {
                stage.bench.kill(ProcessId(1))?;
                self.bury();
                Answer::Ok
            }
            Step::Mount => Answer::of_host(&volume(stage)?.mount(HOST)),
            Step::Dismount => Answer::of_host(&volume(stage)?.dismount(HOST)),
            Step::Pull => Answer::of_host(&plug(stage)?.pull()),
            Step::PutBack => Answer::of_host(&plug(stage)?.put_back(Replug::Same)),
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

    /// Leaves a command running in the drive that nobody waits for any more.
    fn abandon(&mut self, stage: &mut Stage<'_>, h: usize) -> Result<Answer, Stop> {
        let Some(handle) = &mut self.handles[h] else { return Ok(Answer::Ok) };
        let slow = stage.bench.slow().ok_or_else(|| undeclared("slow"))?.arm();
        let slow = match slow {
            Ok(slow) => slow,
            Err(error) if error.kind() == ErrorKind::Gone => return Ok(Answer::of_error(&error)),
            Err(error) => return Err(error.into()),
        };
        let mut buffer = vec![0; slow.transfer];
        let answer = Answer::of_command(&handle.execute(Request::input(slow.cdb, &mut buffer, slow.timeout)));
        if !matches!(answer, Answer::Error(ErrorKind::Timeout, _))
            && let Some(faults) = stage.bench.faults()
        {
            faults.lift();
        }
        Ok(answer)
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

fn volume<'s>(stage: &'s mut Stage<'_>) -> Result<&'s mut dyn discrig_device::VolumeControl, Stop> {
    stage.bench.volume().ok_or_else(|| undeclared("volume"))
}

fn plug<'s>(stage: &'s mut Stage<'_>) -> Result<&'s mut dyn discrig_device::Plug, Stop> {
    stage.bench.plug().ok_or_else(|| undeclared("plug"))
}

fn undeclared(what: &str) -> Stop {
    Stop::Rig(format!("the bench declares `{what}` and does not lend it"))
}
