//! The server: its sockets, its drives, and how it starts and stops.

use crate::clock::Clock;
use crate::config::{DriveSetup, ServerConfig, TARGET_PREFIX};
#[cfg(unix)]
use crate::control;
use crate::error::ServeError;
use crate::faults;
use crate::log::Log;
use crate::login;
use crate::seat::{House, Seat};
use crate::thread::{self, Message, Sender};
use core::fmt;
use core::time::Duration;
use discrig_drive::{Disc, Drive, HostEvent};
use discrig_iscsi::name::Name;
use discrig_iscsi::target::{Portal, PortalConfig, Target};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::LocalSet;

/// How long to wait before accepting again when the system gave no connection: it is short of something.
pub(crate) const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// The portal group of the one portal that a server has.
const PORTAL_GROUP: u16 = 1;

/// A server that listens and is not served by anybody yet.
#[derive(Debug)]
pub struct Server {
    config: ServerConfig,
    listener: StdListener,
    address: SocketAddr,
    #[cfg(unix)]
    control: Option<control::Socket>,
    portal: Portal,
    drives: Vec<(Name, DriveSetup, Option<Disc>)>,
    stop: Stop,
}

/// What is to be known of a served drive.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Served {
    /// Its name.
    pub name: String,
    /// Where it is reached: `iscsi://ADDRESS:PORT/TARGET/0`.
    pub url: String,
    /// The name of its target.
    pub target: String,
    /// The name of its model.
    pub model: String,
    /// The disc in it.
    pub disc: String,
}

/// Stops a server, from any thread.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Notify>);

impl Stop {
    /// Asks the server to stop.
    pub fn stop(&self) {
        self.0.notify_one();
    }
}

impl Server {
    /// Opens everything that a server needs: discs, sockets, names. Nothing is answered before [`Server::run`].
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn bind(mut config: ServerConfig) -> Result<Server, ServeError> {
        if config.authentication.is_none() && !config.listen.ip().is_loopback() {
            return Err(ServeError::Open(config.listen));
        }
        let portal = Portal::new(PortalConfig {
            portal_group_tag: PORTAL_GROUP,
            discovery_authentication: config.authentication.clone(),
            limits: config.limits.clone(),
        });
        let setups = core::mem::take(&mut config.drives);
        let named = names(&setups)?;
        if let Some(path) = &config.transcripts {
            std::fs::create_dir_all(path)
                .map_err(|error| ServeError::Transcript { path: path.clone(), error })?;
        }
        let (listener, address) = listen(config.listen)?;
        #[cfg(unix)]
        let control = match &config.control {
            Some(path) => Some(control::Socket::bind(path)?),
            None => None,
        };
        let mut drives = Vec::new();
        for (name, setup) in named.into_iter().zip(setups) {
            let target =
                Target { authentication: config.authentication.clone(), ..Target::new(name.clone()) };
            portal.add_target(target).map_err(|_| ServeError::NameTwice(setup.name.clone()))?;
            let disc = config.discs.open(&setup.disc, &setup.config.profile).map_err(|reason| {
                ServeError::Disc { drive: setup.name.clone(), spec: setup.disc.clone(), reason }
            })?;
            drives.push((name, setup, disc));
        }
        Ok(Server {
            config,
            listener,
            address,
            #[cfg(unix)]
            control,
            portal,
            drives,
            stop: Stop::default(),
        })
    }

    /// Where the server listens, with the port that the system chose where it was asked to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The drives, in the order in which they were given.
    pub fn served(&self) -> impl Iterator<Item = Served> + '_ {
        self.drives.iter().map(|(name, setup, _)| Served {
            name: setup.name.clone(),
            url: format!("iscsi://{}/{name}/0", self.address),
            target: name.to_string(),
            model: setup.model.clone(),
            disc: setup.disc.clone(),
        })
    }

    /// What stops the server besides signals.
    #[must_use]
    pub fn stopper(&self) -> Stop {
        self.stop.clone()
    }

    /// Serves until SIGINT, SIGTERM or [`Stop::stop`]. Then initiators are asked to go, commands under way have [`ServerConfig::grace`] to end,
    /// and discs are made durable. A second signal ends the process at once.
    ///
    /// # Errors
    /// [`ServeError::System`] when the system gives no threads, or no way to wait.
    pub fn run(self) -> Result<(), ServeError> {
        let failed = |what| move |error| ServeError::System { what, error };
        let runtime = thread::runtime().map_err(failed("waiting for connections"))?;
        let tasks = LocalSet::new();
        runtime.block_on(tasks.run_until(self.live()))
    }

    async fn live(self) -> Result<(), ServeError> {
        let failed = |what| move |error| ServeError::System { what, error };
        let (clock, log) = (Clock::start(), Log::new(self.config.log));
        let asked = signals::listen(self.stop.clone(), log).map_err(failed("listening for signals"))?;
        let list = list(&self);
        let grace = self.config.grace;
        let house = House {
            portal: self.portal.clone(),
            discs: Arc::clone(&self.config.discs),
            clock,
            log,
            most_data: self.config.limits.data_out_length as usize,
        };
        let (drives, threads) =
            start(self.drives, &self.config, &house).map_err(failed("starting the thread of a drive"))?;
        let listener = TcpListener::from_std(self.listener).map_err(failed("listening"))?;
        let door = login::Door {
            portal: self.portal,
            address: self.address.to_string(),
            drives: drives.iter().map(|(target, (_, sender))| (target.clone(), sender.clone())).collect(),
            clock,
            log,
        };
        let accepting = tokio::task::spawn_local(login::accept(listener, Rc::new(door)));
        #[cfg(unix)]
        let socket = self.control.map(Rc::new);
        #[cfg(unix)]
        if let Some(socket) = &socket {
            let drives = drives.values().map(|(name, sender)| (name.clone(), sender.clone())).collect();
            let reach = Rc::new(control::Reach { drives, list, log });
            tokio::task::spawn_local(control::serve(Rc::clone(socket), reach));
        }
        asked.await;
        log.tell("stopping", &[]);
        accepting.abort();
        for (_, sender) in drives.values() {
            // A thread that has ended needs no telling.
            let _ = sender.send(Message::Stop(grace));
        }
        drop(drives);
        // The threads have bounds of their own, and a second signal comes from outside.
        let joined =
            tokio::task::spawn_blocking(|| threads.into_iter().for_each(|thread| drop(thread.join())));
        let _ = joined.await;
        log.tell("stopped", &[]);
        Ok(())
    }
}

/// The names of the targets.
fn names(setups: &[DriveSetup]) -> Result<Vec<Name>, ServeError> {
    if setups.is_empty() {
        return Err(ServeError::NoDrive);
    }
    let mut seen = BTreeSet::new();
    setups
        .iter()
        .map(|setup| {
            let DriveSetup { name: drive, faults: plan, .. } = setup;
            let name = Name::new(&format!("{TARGET_PREFIX}{drive}"))
                .map_err(|error| ServeError::Name { drive: drive.clone(), error })?;
            plan.rules
                .iter()
                .try_for_each(faults::check)
                .map_err(|error| ServeError::Fault { drive: drive.clone(), error })?;
            if seen.insert(name.clone()) { Ok(name) } else { Err(ServeError::NameTwice(drive.clone())) }
        })
        .collect()
}

fn listen(address: SocketAddr) -> Result<(StdListener, SocketAddr), ServeError> {
    let listener = StdListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    listener.map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::AddrInUse => "another server listens there; choose another port with --listen",
            io::ErrorKind::PermissionDenied => "ports below 1024 are for root; choose another with --listen",
            _ => "choose an address of this machine with --listen",
        };
        ServeError::Listen { address, error, hint }
    })
}

/// What the control socket says of the drives.
fn list(server: &Server) -> serde_json::Value {
    server
        .served()
        .map(|drive| {
            json!({
                "name": drive.name,
                "target": drive.target,
                "url": drive.url,
                "profile": drive.model,
                "disc": drive.disc,
            })
        })
        .collect()
}

type Started = (BTreeMap<Name, (String, Sender)>, Vec<JoinHandle<()>>);

/// Starts the threads of the drives.
fn start(
    drives: Vec<(Name, DriveSetup, Option<Disc>)>,
    config: &ServerConfig,
    house: &House,
) -> io::Result<Started> {
    let (mut senders, mut threads) = (BTreeMap::new(), Vec::new());
    for (target, setup, disc) in drives {
        let (house, name, own) = (house.clone(), setup.name.clone(), target.clone());
        let seat = move || {
            let now = house.clock.now();
            let mut drive = Drive::new(setup.config.clone(), now);
            // Laying a disc into the closed tray of a new drive cannot be refused.
            let _ = drive.host_event(now, HostEvent::SwapDisc(disc));
            Seat::new(setup, own, drive, house)
        };
        let (sender, thread) = thread::start(&name, seat, config.transcripts.clone())?;
        senders.insert(target, (name, sender));
        threads.push(thread);
    }
    Ok((senders, threads))
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}  {}", self.url, self.model, self.disc)
    }
}

mod signals {
    //! SIGINT and SIGTERM.

    use super::Stop;
    use crate::log::Log;
    use std::future::Future;
    use std::io;

    /// Exit code of a process that was interrupted and did not wait for its end, as shells have it for SIGINT.
    const INTERRUPTED: i32 = 130;

    /// Waits until the server is asked to stop. From then on a signal ends the process.
    #[cfg(unix)]
    pub(super) fn listen(stop: Stop, log: Log) -> io::Result<impl Future<Output = ()>> {
        use core::future::poll_fn;
        use core::task::Poll;
        use tokio::signal::unix::{SignalKind, signal};
        let mut signals = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
        let handle = stop.clone();
        tokio::task::spawn_local(async move {
            for asked in [false, true] {
                poll_fn(|cx| match signals.iter_mut().any(|signal| signal.poll_recv(cx).is_ready()) {
                    true => Poll::Ready(()),
                    false => Poll::Pending,
                })
                .await;
                if asked {
                    log.tell("ended by a second signal", &[]);
                    std::process::exit(INTERRUPTED);
                }
                handle.stop();
            }
        });
        Ok(async move { stop.0.notified().await })
    }

    /// Waits until the server is asked to stop.
    #[cfg(not(unix))]
    pub(super) fn listen(stop: Stop, _: Log) -> io::Result<impl Future<Output = ()>> {
        let handle = stop.clone();
        tokio::task::spawn_local(async move {
            for asked in [false, true] {
                if tokio::signal::ctrl_c().await.is_err() {
                    return;
                }
                if asked {
                    std::process::exit(INTERRUPTED);
                }
                handle.stop();
            }
        });
        Ok(async move { stop.0.notified().await })
    }
}
