//! Idle sessions are kept alive: targets end those that they do not hear of.

use crate::nexus::{IDLE, Nexus};
use crate::seat::Station;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;

/// Keeps the sessions of hosts alive for as long as it lives itself.
#[derive(Debug)]
pub(crate) struct Keeper {
    _alive: Sender<()>,
}

impl Keeper {
    /// Begins to look after `stations`.
    ///
    /// # Errors
    /// That the system has no thread for it.
    pub(crate) fn of(stations: Vec<Station>) -> io::Result<Keeper> {
        let (alive, end) = mpsc::channel();
        let keep = move || {
            while end.recv_timeout(IDLE) == Err(RecvTimeoutError::Timeout) {
                stations.iter().for_each(|station| station.nexus(Nexus::keep_alive));
            }
        };
        thread::Builder::new().name("iscsi keeper".to_owned()).spawn(keep)?;
        Ok(Keeper { _alive: alive })
    }
}
