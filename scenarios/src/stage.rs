//! Where a scenario acts: a bench, recorder objects, and a transcript of it all.

use crate::allowed::{Allowed, Permitted};
use crate::answer::Answer;
use crate::stop::{Finding, Stop, Verdict};
use crate::transcript::{Entry, Transcript};
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use discrig_device::fault::Rule;
use discrig_device::{
    Bench, Completion, Data, DeviceError, ErrorKind, Handle, HostId, Instant, Owner, ProcessId, Request,
    VolumePolicy,
};
use discrig_recorder::{Hresult, Recorder, RecorderSource};
use discrig_wire::command::TestUnitReady;
use discrig_wire::{Cdb, CommandSpec};

/// What the caller of the suite decides.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Cases per property.
    pub cases: u32,
    /// Seed of every random choice.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { cases: 64, seed: 0 }
    }
}

/// A bench with recorder objects and a transcript.
pub struct Stage<'a> {
    /// The laboratory. Calls made directly on it are not part of the transcript: prefer the methods of the stage.
    pub bench: &'a mut dyn Bench,
    source: &'a mut dyn RecorderSource,
    settings: Settings,
    standing: &'a [Rule],
    cancelled: Option<&'a AtomicBool>,
    transcript: Transcript,
    variants: Vec<String>,
}

/// A handle with a name for the transcript.
pub struct HandleSeat {
    /// Who it is, such as `host 0 process 1`.
    pub label: String,
    /// The handle.
    pub handle: Box<dyn Handle>,
}

/// A recorder object with a name for the transcript.
pub struct RecorderSeat {
    /// Who it is, such as `recorder A`.
    pub label: String,
    /// The object.
    pub recorder: Box<dyn Recorder>,
    /// The identifier to initialize it with.
    pub unique_id: String,
}

/// Most bytes that a command of the suite reads at once.
const DATA_IN: usize = 65_536;

impl<'a> Stage<'a> {
    /// A stage on `bench` with recorders from `source`.
    pub fn new(
        bench: &'a mut dyn Bench,
        source: &'a mut dyn RecorderSource,
        settings: Settings,
    ) -> Stage<'a> {
        Stage {
            bench,
            source,
            settings,
            standing: &[],
            cancelled: None,
            transcript: Transcript::default(),
            variants: Vec::new(),
        }
    }

    /// The same with fault rules that hold throughout: they are installed whenever the bench is restored for a scenario.
    #[must_use]
    pub fn under(mut self, rules: &'a [Rule]) -> Stage<'a> {
        self.standing = rules;
        self
    }

    /// The same with a flag that ends the run as soon as it is true.
    #[must_use]
    pub fn until(mut self, cancelled: &'a AtomicBool) -> Stage<'a> {
        self.cancelled = Some(cancelled);
        self
    }

    /// The caller's decisions.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// What was done and answered so far.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// Which answers of sets with several were seen, and other remarks for the report.
    #[must_use]
    pub fn variants(&self) -> &[String] {
        &self.variants
    }

    /// The source of recorder objects.
    pub fn source(&mut self) -> (&mut dyn Bench, &mut dyn RecorderSource) {
        (self.bench, self.source)
    }

    pub(crate) fn begin(&mut self) -> Verdict {
        self.transcript.clear();
        self.variants.clear();
        self.restore()
    }

    /// Brings the bench to the known state, under the standing fault rules.
    pub(crate) fn restore(&mut self) -> Verdict {
        if self.cancelled.is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Err(Stop::Interrupted);
        }
        self.bench.restore()?;
        self.install_standing()
    }

    fn install_standing(&mut self) -> Verdict {
        if self.standing.is_empty() {
            return Ok(());
        }
        let faults =
            self.bench.faults().ok_or_else(|| Stop::Rig("this bench has no fault injection".to_owned()))?;
        self.standing.iter().try_for_each(|rule| Ok(faults.install(rule.clone())?))
    }

    /// Restores the bench and adds the transcript to a finding. After a pass, a bench that cannot be restored is a failure: the
    /// drive must be usable again.
    pub(crate) fn end(&mut self, verdict: Verdict) -> Verdict {
        let verdict = verdict.map_err(|stop| match stop {
            Stop::Fail(mut finding) if finding.steps.is_empty() => {
                finding.steps = self.transcript.entries().to_vec();
                Stop::Fail(finding)
            }
            other => other,
        });
        match (verdict, self.bench.restore()) {
            (verdict, Ok(())) => verdict,
            (_, Err(error)) if error.kind() == ErrorKind::Gone => Err(Stop::Lost(error.to_string())),
            (Ok(()), Err(error)) => {
                let mut finding = Finding::new(format!("the drive is not usable afterwards: {error}"));
                finding.clauses.push("design-usable-after".to_owned());
                finding.steps = self.transcript.entries().to_vec();
                Err(Stop::Fail(Box::new(finding)))
            }
            (stop, Err(_)) => stop,
        }
    }

    // --- seats ---------------------------------------------------------------------------------------------------

    /// Opens a handle; that this succeeds is not judged.
    ///
    /// # Errors
    /// [`Stop::Rig`].
    pub fn open(&mut self, host: HostId, process: ProcessId) -> Result<HandleSeat, Stop> {
        let handle = self.bench.open(host, process)?;
        let label = format!("handle of host {} process {}", host.0, process.0);
        self.log(&label, "open", None, "OK", self.bench.now());
        Ok(HandleSeat { label, handle })
    }

    /// Makes a recorder object, not yet initialized.
    ///
    /// # Errors
    /// [`Stop::Rig`].
    pub fn recorder(&mut self, host: HostId, process: ProcessId) -> Result<RecorderSeat, Stop> {
        let unique_id = self.bench.opener(host, process)?.unique_id().to_owned();
        let recorder = self.source.recorder(self.bench, host, process)?;
        let label = format!("recorder of host {} process {}", host.0, process.0);
        Ok(RecorderSeat { label, recorder, unique_id })
    }

    /// Makes a recorder object and initializes it; that this succeeds is not judged.
    ///
    /// # Errors
    /// [`Stop::Rig`].
    pub fn ready_recorder(&mut self, host: HostId, process: ProcessId) -> Result<RecorderSeat, Stop> {
        let mut seat = self.recorder(host, process)?;
        match self.initialize(&mut seat) {
            Answer::Ok => Ok(seat),
            other => Err(Stop::Rig(format!("InitializeDiscRecorder: {other}"))),
        }
    }

    // --- judged calls --------------------------------------------------------------------------------------------

    /// A command without data-in, or whose data do not matter, with the table's usual timeout.
    pub fn command(&mut self, seat: &mut HandleSeat, command: impl Into<Cdb>) -> Answer {
        let mut buffer = [0; 512];
        self.data_in(seat, command, &mut buffer).0
    }

    /// A command with data-in; the bytes that came are returned.
    pub fn read(&mut self, seat: &mut HandleSeat, command: impl Into<Cdb>) -> (Answer, Vec<u8>) {
        let mut buffer = vec![0; DATA_IN];
        let (answer, transferred) = self.data_in(seat, command, &mut buffer);
        buffer.truncate(transferred);
        (answer, buffer)
    }

    fn data_in(
        &mut self,
        seat: &mut HandleSeat,
        command: impl Into<Cdb>,
        buffer: &mut [u8],
    ) -> (Answer, usize) {
        use discrig_wire::command::Direction;
        let cdb = command.into();
        let data = match CommandSpec::of(&cdb) {
            Some(spec) if spec.direction == Direction::In => {
                let wanted = spec.allocation(&cdb).min(buffer.len());
                Data::In(&mut buffer[..wanted])
            }
            _ => Data::None,
        };
        let result = self.execute(seat, Request { cdb, data, timeout: usual_timeout(&cdb) });
        (Answer::of_command(&result), result.map_or(0, |completion| completion.transferred))
    }

    /// A command with data-out.
    pub fn write(&mut self, seat: &mut HandleSeat, command: impl Into<Cdb>, bytes: &[u8]) -> Answer {
        let cdb = command.into();
        let data = if bytes.is_empty() { Data::None } else { Data::Out(bytes) };
        Answer::of_command(&self.execute(seat, Request { cdb, data, timeout: usual_timeout(&cdb) }))
    }

    /// Any request; the full completion is returned.
    ///
    /// # Errors
    /// As [`discrig_device::Device::execute`].
    pub fn execute(
        &mut self,
        seat: &mut HandleSeat,
        request: Request<'_>,
    ) -> Result<Completion, DeviceError> {
        let (cdb, at) = (request.cdb, self.bench.now());
        let result = seat.handle.execute(request);
        let name = CommandSpec::of(&cdb).map_or("command", |spec| spec.name);
        self.log(&seat.label, name, Some(cdb), &Answer::of_command(&result).to_string(), at);
        result
    }

    /// The answer of the judged host's first command since the power came on.
    pub fn first_answer(&mut self) -> Answer {
        let at = self.bench.now();
        let answer = Answer::of_command(&self.bench.first_answer());
        let cdb = TestUnitReady {}.cdb();
        self.log(
            "host 0",
            "TEST UNIT READY as the first command since power on",
            Some(cdb),
            &answer.to_string(),
            at,
        );
        answer
    }

    /// A host call on a handle, with a name for the transcript.
    pub fn host_call(
        &mut self,
        seat: &mut HandleSeat,
        name: &str,
        call: impl FnOnce(&mut dyn Handle) -> Result<(), DeviceError>,
    ) -> Answer {
        let at = self.bench.now();
        let answer = Answer::of_host(&call(seat.handle.as_mut()));
        self.log(&seat.label, name, None, &answer.to_string(), at);
        answer
    }

    /// Takes exclusive access.
    pub fn lock(&mut self, seat: &mut HandleSeat, name: &str, volume: VolumePolicy) -> Answer {
        let text = format!("lock as {name:?}, volume {volume:?}");
        self.host_call(seat, &text, |handle| handle.lock(name, volume))
    }

    /// Gives exclusive access up.
    pub fn unlock(&mut self, seat: &mut HandleSeat) -> Answer {
        self.host_call(seat, "unlock", |handle| handle.unlock())
    }

    /// Asks who holds exclusive access.
    pub fn owner(&mut self, seat: &mut HandleSeat) -> Answer {
        let at = self.bench.now();
        let answer = Answer::of_owner(&seat.handle.owner());
        self.log(&seat.label, "owner?", None, &answer.to_string(), at);
        answer
    }

    /// Closes a handle.
    pub fn close(&mut self, seat: HandleSeat) -> Answer {
        let at = self.bench.now();
        let answer = Answer::of_host(&seat.handle.close());
        self.log(&seat.label, "close", None, &answer.to_string(), at);
        answer
    }

    /// A recorder method, with a name for the transcript.
    pub fn recorder_call(
        &mut self,
        seat: &mut RecorderSeat,
        name: &str,
        call: impl FnOnce(&mut dyn Recorder) -> Result<(), Hresult>,
    ) -> Answer {
        let at = self.bench.now();
        let answer = Answer::of_recorder(call(seat.recorder.as_mut()));
        self.log(&seat.label, name, None, &answer.to_string(), at);
        answer
    }

    /// InitializeDiscRecorder with the identifier of the bench's drive.
    pub fn initialize(&mut self, seat: &mut RecorderSeat) -> Answer {
        let id = seat.unique_id.clone();
        self.recorder_call(seat, "InitializeDiscRecorder", |recorder| {
            recorder.initialize_disc_recorder(Some(&id))
        })
    }

    /// AcquireExclusiveAccess.
    pub fn acquire(&mut self, seat: &mut RecorderSeat, force: bool, name: &str) -> Answer {
        let text = format!("AcquireExclusiveAccess(force {force}, {name:?})");
        self.recorder_call(seat, &text, |recorder| recorder.acquire_exclusive_access(force, Some(name)))
    }

    /// ReleaseExclusiveAccess.
    pub fn release(&mut self, seat: &mut RecorderSeat) -> Answer {
        self.recorder_call(seat, "ReleaseExclusiveAccess", |recorder| recorder.release_exclusive_access())
    }

    /// ExclusiveAccessOwner: the name where one came, and the answer.
    pub fn exclusive_owner(&mut self, seat: &mut RecorderSeat) -> (Answer, String) {
        let at = self.bench.now();
        let mut name = String::new();
        let answer = Answer::of_recorder(seat.recorder.exclusive_access_owner(Some(&mut name)));
        self.log(&seat.label, "ExclusiveAccessOwner", None, &format!("{answer} {name:?}"), at);
        (answer, name)
    }

    // --- the bench -----------------------------------------------------------------------------------------------

    /// Something that the bench does, with a name for the transcript; that it succeeds is not judged.
    ///
    /// # Errors
    /// [`Stop::Rig`].
    pub fn act<R>(
        &mut self,
        name: &str,
        body: impl FnOnce(&mut dyn Bench) -> Result<R, DeviceError>,
    ) -> Result<R, Stop> {
        let at = self.bench.now();
        let result = body(self.bench);
        let text = result.as_ref().map_or_else(ToString::to_string, |_| "OK".to_owned());
        self.log("bench", name, None, &text, at);
        Ok(result?)
    }

    /// Installs a fault rule.
    ///
    /// # Errors
    /// [`Stop::Skip`] on a bench that does not honour its action; [`Stop::Rig`] for a rule that contradicts itself.
    pub fn inject(&mut self, rule: Rule) -> Verdict {
        let action = rule.action.kind();
        let at = self.bench.now();
        let name = format!("fault rule: {rule}");
        let faults = self.bench.faults().filter(|faults| faults.honours(action));
        let faults = faults.ok_or_else(|| Stop::Skip(format!("this bench cannot cause `{action}`")))?;
        faults.install(rule)?;
        self.log("bench", &name, None, "OK", at);
        Ok(())
    }

    /// Takes the injected fault rules away; those that stand throughout stay.
    ///
    /// # Errors
    /// [`Stop::Rig`].
    pub fn lift(&mut self) -> Verdict {
        let at = self.bench.now();
        if let Some(faults) = self.bench.faults() {
            faults.lift();
        }
        self.log("bench", "fault rules lifted", None, "OK", at);
        self.install_standing()
    }

    /// How many times a fault rule has fired.
    pub fn fired(&mut self) -> u64 {
        self.bench.faults().map_or(0, |faults| faults.fired())
    }

    /// Lets time pass.
    pub fn wait(&mut self, span: Duration) {
        let at = self.bench.now();
        self.bench.wait(span);
        self.log("bench", &format!("wait {span:?}"), None, "OK", at);
    }

    // --- judging -------------------------------------------------------------------------------------------------

    /// The answer must be in the set; which one it was is returned, and noted where the set has several.
    ///
    /// # Errors
    /// [`Stop::Fail`] when it is not.
    pub fn expect(&mut self, allowed: &Allowed, answer: Answer) -> Result<&'static Permitted, Stop> {
        if let Some(permitted) = allowed.admits(&answer) {
            if allowed.answers.len() > 1 {
                self.note(format!("{}: {answer} [{}]", allowed.name, permitted.clause));
            }
            return Ok(permitted);
        }
        Err(Stop::Fail(Box::new(Finding {
            message: format!("{}: {answer}, allowed: {allowed}", allowed.name),
            expected: allowed
                .answers
                .iter()
                .map(|permitted| format!("{} [{}]", permitted.pattern, permitted.clause))
                .collect(),
            observed: answer.to_string(),
            clauses: allowed.clauses().map(str::to_owned).collect(),
            steps: self.transcript.entries().to_vec(),
            seed: Some(self.settings.seed),
            reproduction: None,
            state: self.bench.snapshot(),
        })))
    }

    /// What must hold, in words; the message names what was seen.
    ///
    /// # Errors
    /// [`Stop::Fail`] when it does not hold.
    pub fn ensure(&mut self, holds: bool, message: impl FnOnce() -> String) -> Verdict {
        if holds {
            return Ok(());
        }
        let mut finding = Finding::new(message());
        finding.steps = self.transcript.entries().to_vec();
        finding.seed = Some(self.settings.seed);
        finding.state = self.bench.snapshot();
        Err(Stop::Fail(Box::new(finding)))
    }

    /// The owner of exclusive access, seen from `seat`, must be this name (or an owner without a name where the system knows none).
    ///
    /// # Errors
    /// [`Stop::Fail`] when it is not.
    pub fn expect_owner(&mut self, seat: &mut HandleSeat, name: Option<&str>) -> Verdict {
        let answer = self.owner(seat);
        let fits = match (answer, name) {
            (Answer::Owner(Owner::Nobody), None) | (Answer::Owner(Owner::Unnamed), Some(_)) => true,
            (Answer::Owner(Owner::Named(seen)), Some(wanted)) => seen.as_str() == wanted,
            _ => false,
        };
        self.ensure(fits, || format!("the owner is to be {name:?}, the host says: {answer}"))
    }

    /// A remark for the report.
    pub fn note(&mut self, text: impl Into<String>) {
        self.variants.push(text.into());
    }

    pub(crate) fn log(&mut self, actor: &str, action: &str, cdb: Option<Cdb>, answer: &str, at: Instant) {
        let until = self.bench.now();
        self.transcript.push(Entry {
            actor: actor.to_owned(),
            action: action.to_owned(),
            cdb,
            answer: answer.to_owned(),
            at,
            until,
        });
    }
}

/// The table's usual timeout for a command, or ten seconds.
#[must_use]
pub(crate) fn usual_timeout(cdb: &Cdb) -> Duration {
    Duration::from_millis(CommandSpec::of(cdb).map_or(10_000, |spec| u64::from(spec.timeout_ms)))
}
