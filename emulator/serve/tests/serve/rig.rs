//! A server in a thread of the test.

use discrig_device::DiscKind;
use discrig_device::fault::Plan;
use discrig_drive::{Disc, DriveConfig, Profile};
use discrig_iscsi::chap::Authentication;
use discrig_iscsi::target::Limits;
use discrig_serve::control::{Client, DriveRequest};
use discrig_serve::{Discs, DriveSetup, LogFormat, Server, ServerConfig, Stop};
use discrig_storage::{DiscSpec, DiscSupply, SpecError};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Discs by specification.
#[derive(Debug)]
struct Shelf;

impl Discs for Shelf {
    fn open(&self, spec: &str, _: &Profile) -> Result<Option<Disc>, String> {
        let spec: DiscSpec = spec.parse().map_err(|error: SpecError| error.to_string())?;
        DiscSupply::open(&spec).and_then(|supply| supply.disc()).map_err(|error| error.to_string())
    }

    fn of_kind(&self, _: DiscKind, _: &Profile) -> Result<Disc, String> {
        Disc::from_image(vec![0xAA; 4 << 20]).map_err(|error| error.to_string())
    }
}

/// A server with one drive `a`, in which there is a DVD-RAM. It stops when this is dropped.
pub(crate) struct Rig {
    pub(crate) address: SocketAddr,
    control: PathBuf,
    pub(crate) transcripts: PathBuf,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Rig {
    pub(crate) fn start() -> Rig {
        Rig::with(None, "")
    }

    pub(crate) fn with_disc(spec: &str) -> Rig {
        Rig::of(spec, None, "", Limits::default())
    }

    pub(crate) fn with_limits(limits: Limits) -> Rig {
        Rig::of("blank:dvd-ram", None, "", limits)
    }

    pub(crate) fn with_faults(plan: &str) -> Rig {
        Rig::with(None, plan)
    }

    pub(crate) fn with(authentication: Option<Authentication>, plan: &str) -> Rig {
        Rig::of("blank:dvd-ram", authentication, plan, Limits::default())
    }

    fn of(disc: &str, authentication: Option<Authentication>, plan: &str, limits: Limits) -> Rig {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("discrig-serve-{}-{number}", std::process::id());
        let transcripts = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&transcripts).unwrap();
        let control = transcripts.join("control");
        let drive = DriveSetup {
            name: "a".to_owned(),
            model: "generic".to_owned(),
            config: DriveConfig::default(),
            disc: disc.to_owned(),
            faults: Plan::from_toml(plan).unwrap(),
        };
        let config = ServerConfig {
            listen: "127.0.0.1:0".parse().unwrap(),
            authentication,
            limits,
            grace: Duration::from_secs(1),
            control: Some(control.clone()),
            transcripts: Some(transcripts.clone()),
            log: LogFormat::Silent,
            drives: vec![drive],
            ..ServerConfig::new(Arc::new(Shelf))
        };
        let server = Server::bind(config).unwrap();
        let (address, stop) = (server.address(), server.stopper());
        let thread = std::thread::spawn(move || server.run().expect("the server runs"));
        Rig { address, control, transcripts, stop, thread: Some(thread) }
    }

    /// Asks something of the drive at the control socket.
    pub(crate) fn ask(&self, request: DriveRequest) -> Value {
        Client::connect(&self.control).and_then(|mut client| client.drive("a", request)).expect("it is done")
    }

    pub(crate) fn state(&self) -> Value {
        self.ask(DriveRequest::State {})
    }

    /// Waits until the drive has so many commands.
    pub(crate) fn wait_for_commands(&self, count: u64) {
        self.wait_until(|state| state["commands-waiting"] == count);
    }

    /// Waits until so many sessions are logged in to the drive.
    pub(crate) fn wait_for_sessions(&self, count: usize) {
        self.wait_until(|state| state["sessions"].as_array().map(Vec::len) == Some(count));
    }

    fn wait_until(&self, holds: impl Fn(&Value) -> bool) {
        let end = std::time::Instant::now() + Duration::from_secs(20);
        loop {
            let state = self.state();
            if holds(&state) {
                return;
            }
            assert!(std::time::Instant::now() < end, "{state}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Asks the server to stop, and waits until it has.
    pub(crate) fn stop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the server ends in order");
        }
    }

    /// Asks the server to stop, without waiting.
    pub(crate) fn begin_to_stop(&self) {
        self.stop.stop();
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let _ = std::fs::remove_dir_all(&self.transcripts);
    }
}
