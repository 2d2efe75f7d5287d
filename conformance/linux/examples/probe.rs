//! Tries everything that the Linux bench can do on a real node, and says what came of it.
//!
//!     probe /dev/sr0 [--unplug] [--reset] [--tray] [--leave | --inspect | --churn]
//!
//! `--leave` prevents removal and then kills this very process, for the next run to heal. The process exits with 1 when something
//! did not go as the contract says.

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
mod linux {
    use discrig_device::{
        Bench, Capability, Data, Device, DeviceError, ErrorKind, Handle, HostId, Owner, ProcessId, Replug,
        Request, ResetKind, TrayLock, VolumePolicy,
    };
    use discrig_linux::{AgentCommand, LinuxBench, LinuxOptions, NodeKind, serve_agent};
    use discrig_wire::command::{PreventAllowMediumRemoval, StartStopUnit, TestUnitReady};
    use std::env;
    use std::path::Path;
    use std::process::ExitCode;
    use std::time::Duration;

    const HOST: HostId = HostId(0);
    const HERE: ProcessId = ProcessId(0);
    const THERE: ProcessId = ProcessId(1);
    const TIMEOUT: Duration = Duration::from_secs(20);

    pub(super) fn main() -> ExitCode {
        let args: Vec<String> = env::args().skip(1).collect();
        if let [word, node] = args.as_slice()
            && word == "--serve"
        {
            let served = serve_agent(std::io::stdin(), std::io::stdout(), Path::new(node));
            return ExitCode::from(u8::from(served.is_err()));
        }
        let Some(node) = args.first() else {
            println!("usage: probe NODE [--unplug] [--reset] [--tray] [--leave]");
            return ExitCode::from(2);
        };
        let has = |flag: &str| args.iter().any(|argument| argument == flag);
        let agent_command = env::current_exe()
            .ok()
            .map(|program| AgentCommand { program, args: vec!["--serve".into(), node.into()] });
        let options = LinuxOptions {
            agent_command,
            allow_reset: has("--reset"),
            allow_tray: has("--tray"),
            allow_unplug: has("--unplug"),
            fresh: false,
            measure: true,
        };
        let bench = match LinuxBench::open(node, options) {
            Ok(bench) => bench,
            Err(error) => {
                println!("error: {error}");
                return ExitCode::from(96);
            }
        };
        let mut probe = Probe { bench, failures: 0 };
        match probe.run(["--inspect", "--tray", "--leave", "--churn"].map(has)) {
            Ok(()) => {}
            Err(error) => probe.note::<()>("the probe ended early", Err(error), None),
        }
        println!("{} deviations, {} late answers", probe.failures, probe.bench.late_answers());
        ExitCode::from(u8::from(probe.failures > 0))
    }

    struct Probe {
        bench: LinuxBench,
        failures: usize,
    }

    impl Probe {
        /// Prints an outcome beside what was expected: `None` stands for success.
        fn note<T: core::fmt::Debug>(
            &mut self,
            what: &str,
            outcome: Result<T, DeviceError>,
            expected: Option<ErrorKind>,
        ) {
            let kind = outcome.as_ref().err().map(DeviceError::kind);
            let mark = if kind == expected { "ok  " } else { "FAIL" };
            self.failures += usize::from(kind != expected);
            match outcome {
                Ok(value) => println!("{mark} {what}: {value:?}"),
                Err(error) => println!("{mark} {what}: {error} [{:?}]", error.effect()),
            }
        }

        fn run(&mut self, [inspect, tray, leave, endless]: [bool; 4]) -> Result<(), DeviceError> {
            self.describe();
            if inspect {
                let owner = self.bench.open(HOST, HERE)?.owner();
                self.note("owner", owner, None);
                return Ok(());
            }
            if leave {
                return self.leave();
            }
            if endless {
                return self.churn();
            }
            self.locks()?;
            if self.bench.capabilities().has(Capability::SecondProcess) {
                self.processes()?;
            }
            self.traces(tray)?;
            if tray && self.bench.node_kind() == NodeKind::Sr {
                self.tray()?;
            }
            self.slow()?;
            self.resets()?;
            self.plug()?;
            let restored = self.bench.restore();
            self.note("restore", restored, None);
            Ok(())
        }

        fn describe(&mut self) {
            println!("identity: {:?}", self.bench.identity());
            println!("healed: {}", self.bench.healed());
            for (ability, how) in self.bench.capabilities().present() {
                println!("  + {ability}: {how}");
            }
            for (ability, why) in self.bench.capabilities().absent() {
                println!("  - {ability}: {why}");
            }
        }

        fn locks(&mut self) -> Result<(), DeviceError> {
            let mut opener = self.bench.opener(HOST, HERE)?;
            println!("unique id: {}", opener.unique_id());
            let mut handle = opener.open()?;
            println!("{:?}", handle.properties()?);
            let ready = ready(&mut *handle);
            self.note("test unit ready", ready, None);
            let refused = handle.lock("a/b", VolumePolicy::Respect);
            self.note("lock by a bad name", refused, Some(ErrorKind::InvalidName));
            let not_locked = handle.unlock();
            self.note("unlock what nobody holds", not_locked, Some(ErrorKind::NotLocked));
            let locked = handle.lock("Probe 1", VolumePolicy::Respect);
            self.note("lock", locked, None);
            let again = handle.lock("Probe 1", VolumePolicy::Respect);
            self.note("lock again", again, Some(ErrorKind::AlreadyLocked));
            let owner = handle.owner();
            self.expect("owner", owner, "Probe 1");
            let ready = self::ready(&mut *handle);
            self.note("test unit ready of the owner", ready, None);
            if self.bench.capabilities().has(Capability::OpenWhileLocked) {
                let mut outsider = opener.open()?;
                let owner = outsider.owner();
                self.expect("owner by an outsider", owner, "Probe 1");
                let second = outsider.lock("Probe 2", VolumePolicy::Ignore);
                self.note("lock by an outsider", second, Some(ErrorKind::AlreadyLocked));
                let unlocked = outsider.unlock();
                self.note("unlock by an outsider", unlocked, Some(ErrorKind::InvalidHandle));
                let ready = self::ready(&mut *outsider);
                self.note("test unit ready of an outsider", ready, None);
            } else {
                let second = opener.open().map(drop);
                self.note("open beside the owner", second, Some(ErrorKind::Busy));
            }
            let mut duplicate = handle.duplicate()?;
            drop(handle);
            let owner = duplicate.owner();
            self.expect("owner by the duplicate of a closed handle", owner, "Probe 1");
            let unlocked = duplicate.unlock();
            self.note("unlock by the duplicate", unlocked, None);
            let owner = duplicate.owner();
            self.expect("owner after it", owner, "");
            Ok(())
        }

        fn processes(&mut self) -> Result<(), DeviceError> {
            let mut foreign = self.bench.open(HOST, THERE)?;
            let ready = ready(&mut *foreign);
            self.note("test unit ready of another process", ready, None);
            let locked = foreign.lock("Probe 3", VolumePolicy::Respect);
            self.note("lock by another process", locked, None);
            if self.bench.capabilities().has(Capability::OpenWhileLocked) {
                let mut handle = self.bench.open(HOST, HERE)?;
                let owner = handle.owner();
                self.expect("owner by this process", owner, "Probe 3");
                let second = handle.lock("Probe 4", VolumePolicy::Respect);
                self.note("lock by this process", second, Some(ErrorKind::AlreadyLocked));
                let killed = self.bench.kill(THERE);
                self.note("kill the owner", killed, None);
                let owner = handle.owner();
                self.expect("owner after its death", owner, "");
                let locked = handle.lock("Probe 4", VolumePolicy::Respect);
                self.note("lock after its death", locked, None);
            } else {
                let killed = self.bench.kill(THERE);
                self.note("kill the owner", killed, None);
                let opened = self.bench.open(HOST, HERE).map(drop);
                self.note("open after its death", opened, None);
            }
            let dead = foreign.execute(Request::none(TestUnitReady {}, TIMEOUT)).map(drop);
            self.note("test unit ready of the dead", dead, Some(ErrorKind::InvalidHandle));
            let reborn = self.bench.open(HOST, THERE).map(drop);
            self.note("open by a new process", reborn, None);
            Ok(())
        }

        fn traces(&mut self, tray: bool) -> Result<(), DeviceError> {
            let mut handle = self.bench.open(HOST, HERE)?;
            let prevented =
                self::send(&mut *handle, PreventAllowMediumRemoval { prevent: true, persistent: false });
            self.note("prevent removal", prevented, None);
            if tray {
                let eject = StartStopUnit { load_eject: true, ..StartStopUnit::default() };
                let refused = handle.execute(Request::none(eject, TIMEOUT))?;
                println!("     eject under it: {} {:?}", refused.status, refused.sense);
            }
            let restored = self.bench.restore();
            self.note("restore", restored, None);
            let stale = handle.execute(Request::none(TestUnitReady {}, TIMEOUT)).map(drop);
            self.note("a handle from before", stale, Some(ErrorKind::InvalidHandle));
            Ok(())
        }

        fn tray(&mut self) -> Result<(), DeviceError> {
            let mut handle = self.bench.open(HOST, HERE)?;
            let mut on_tray =
                |what: &str, expected, run: &mut dyn FnMut(&mut dyn Handle) -> Result<(), DeviceError>| {
                    let outcome = run(&mut *handle);
                    self.note(what, outcome, expected);
                };
            let gone = || DeviceError::new(ErrorKind::Unsupported, "tray");
            on_tray("eject and load by command", None, &mut |h| {
                for load in [false, true] {
                    send(h, StartStopUnit { load_eject: true, start: load, ..StartStopUnit::default() })?;
                }
                ready(h)
            });
            on_tray("lock the door", None, &mut |h| h.tray().ok_or_else(gone)?.lock_tray(TrayLock::Simple));
            on_tray("eject with the door locked", Some(ErrorKind::Busy), &mut |h| {
                h.tray().ok_or_else(gone)?.eject()
            });
            on_tray("unlock the door", None, &mut |h| {
                h.tray().ok_or_else(gone)?.unlock_tray(TrayLock::Simple)
            });
            on_tray("eject", None, &mut |h| h.tray().ok_or_else(gone)?.eject());
            on_tray("load", None, &mut |h| h.tray().ok_or_else(gone)?.load());
            on_tray("eject again", None, &mut |h| h.tray().ok_or_else(gone)?.eject());
            drop(handle);
            let restored = self.bench.restore();
            self.note("restore loads", restored, None);
            let mut handle = self.bench.open(HOST, HERE)?;
            let ready = ready(&mut *handle);
            self.note("test unit ready", ready, None);
            Ok(())
        }

        fn slow(&mut self) -> Result<(), DeviceError> {
            let start = self.bench.now();
            let Some(command) = self.bench.slow().map(|slow| slow.arm()) else { return Ok(()) };
            let command = command?;
            println!("     armed after {:?}", self.bench.now() - start);
            let mut handle = self.bench.open(HOST, HERE)?;
            println!("     opened after {:?}", self.bench.now() - start);
            let mut buffer = vec![0; command.transfer];
            println!("slow: {command:?}");
            let before = self.bench.now();
            let request = Request { cdb: command.cdb, data: Data::In(&mut buffer), timeout: command.timeout };
            let outcome = handle.execute(request);
            println!("     took {:?}", self.bench.now() - before);
            self.note("slow read", outcome, Some(ErrorKind::Timeout));
            drop(handle);
            let restored = self.bench.restore();
            self.note("restore", restored, None);
            Ok(())
        }

        fn resets(&mut self) -> Result<(), DeviceError> {
            for (ability, kind) in [
                (Capability::ResetLogicalUnit, ResetKind::LogicalUnit),
                (Capability::ResetBus, ResetKind::Bus),
            ] {
                if self.bench.capabilities().has(ability) {
                    let mut handle = self.bench.open(HOST, HERE)?;
                    let reset = self.bench.reset(kind);
                    self.note(ability.name(), reset, None);
                    let after = handle.execute(Request::none(TestUnitReady {}, TIMEOUT))?;
                    println!("     first answer after it: {} {:?}", after.status, after.sense);
                }
            }
            Ok(())
        }

        fn plug(&mut self) -> Result<(), DeviceError> {
            if self.bench.plug().is_none() {
                return Ok(());
            }
            let mut opener = self.bench.opener(HOST, HERE)?;
            let mut handle = opener.open()?;
            let locked = handle.lock("Probe 5", VolumePolicy::Respect);
            self.note("lock", locked, None);
            let pulled = self.bench.plug().map_or(Ok(()), |plug| plug.pull());
            self.note("pull the plug", pulled, None);
            let ready = handle.execute(Request::none(TestUnitReady {}, TIMEOUT)).map(drop);
            self.note("test unit ready without a drive", ready, Some(ErrorKind::Gone));
            let owner = handle.owner().map(drop);
            self.note("owner without a drive", owner, Some(ErrorKind::Gone));
            let properties = handle.properties().map(drop);
            self.note("properties without a drive", properties, Some(ErrorKind::Gone));
            let opened = opener.open().map(drop);
            self.note("open without a drive", opened, Some(ErrorKind::Gone));
            let back = self.bench.plug().map_or(Ok(()), |plug| plug.put_back(Replug::Same));
            self.note("put it back", back, None);
            let stale = handle.execute(Request::none(TestUnitReady {}, TIMEOUT)).map(drop);
            self.note("a handle from before", stale, Some(ErrorKind::Gone));
            let mut fresh = opener.open()?;
            let ready = self::ready(&mut *fresh);
            self.note("test unit ready of the new instance", ready, None);
            let owner = fresh.owner();
            self.expect("owner of the new instance", owner, "");
            drop(fresh);
            let unlocked = handle.unlock();
            self.note("unlock the lost lock", unlocked, Some(ErrorKind::Gone));
            Ok(())
        }

        /// Does not return: leaves a prevented removal behind.
        fn leave(&mut self) -> Result<(), DeviceError> {
            let mut handle = self.bench.open(HOST, HERE)?;
            send(&mut *handle, PreventAllowMediumRemoval { prevent: true, persistent: false })?;
            handle.lock("Probe 6", VolumePolicy::Respect)?;
            println!("leaving a lock and a prevented removal behind");
            std::process::abort();
        }

        /// Locks and prevents from two processes until it is killed, or ten seconds have passed.
        fn churn(&mut self) -> Result<(), DeviceError> {
            let end = self.bench.now() + Duration::from_secs(10);
            while self.bench.now() < end {
                for process in [THERE, HERE] {
                    let mut handle = self.bench.open(HOST, process)?;
                    handle.lock("Probe 7", VolumePolicy::Respect)?;
                    send(&mut *handle, PreventAllowMediumRemoval { prevent: true, persistent: false })?;
                    send(&mut *handle, PreventAllowMediumRemoval { prevent: true, persistent: true })?;
                }
                self.bench.restore()?;
            }
            Ok(())
        }

        fn expect(&mut self, what: &str, owner: Result<Owner, DeviceError>, name: &str) {
            let found = owner
                .as_ref()
                .ok()
                .map(|owner| owner.name().unwrap_or(if owner.is_held() { "?" } else { "" }));
            let fits = found == Some(name);
            self.failures += usize::from(!fits);
            println!("{} {what}: {owner:?}", if fits { "ok  " } else { "FAIL" });
        }
    }

    /// TEST UNIT READY, pending unit attentions shown on the way.
    fn ready(handle: &mut dyn Handle) -> Result<(), DeviceError> {
        send(handle, TestUnitReady {})
    }

    /// A command without data; anything but GOOD after a few unit attentions is an error here.
    fn send(handle: &mut dyn Handle, command: impl Into<discrig_wire::Cdb>) -> Result<(), DeviceError> {
        let cdb = command.into();
        let mut last = None;
        for _ in 0..4 {
            let completion = handle.execute(Request::none(cdb, TIMEOUT))?;
            if completion.is_good() {
                return Ok(());
            }
            println!("     {} {:?} after {:?}", completion.status, completion.sense, completion.elapsed);
            last = Some(completion);
        }
        let last = last.map(|completion| format!("{:?}", completion.sense)).unwrap_or_default();
        Err(DeviceError::new(ErrorKind::Hardware, "execute").with_source(last))
    }
}
