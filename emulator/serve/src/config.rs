//! What a server is told before it starts.

use crate::log::LogFormat;
use core::fmt::Debug;
use core::time::Duration;
use discrig_device::DiscKind;
use discrig_device::fault::Plan;
use discrig_drive::{Disc, DriveConfig, Profile};
use discrig_iscsi::chap::Authentication;
use discrig_iscsi::target::Limits;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

/// The port of iSCSI (RFC 7143, 4.2.7).
pub const PORT: u16 = 3260;

/// What stands before a drive's name in the name of its target.
pub const TARGET_PREFIX: &str = "iqn.2026-11.dev.discrig:";

/// Where the discs come from that are put into drives.
pub trait Discs: Debug + Send + Sync {
    /// The disc that a specification means, for a model of drive; `None` when it means that there is none.
    ///
    /// # Errors
    /// What is wrong and what to do, for people.
    fn open(&self, spec: &str, profile: &Profile) -> Result<Option<Disc>, String>;

    /// The disc that a fault rule means.
    ///
    /// # Errors
    /// What is wrong, for people.
    fn of_kind(&self, kind: DiscKind, profile: &Profile) -> Result<Disc, String>;
}

/// One drive to serve.
#[derive(Clone, Debug)]
pub struct DriveSetup {
    /// Its name: the end of the name of its target, and its name at the control socket.
    pub name: String,
    /// The name of its model, for people.
    pub model: String,
    /// The drive.
    pub config: DriveConfig,
    /// The disc in it, as a specification for [`Discs::open`].
    pub disc: String,
    /// Faults from the start.
    pub faults: Plan,
}

/// What a server is made of.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Where to listen. Addresses that others can reach need [`ServerConfig::authentication`].
    pub listen: SocketAddr,
    /// What initiators must prove; `None` lets everybody on this machine in.
    pub authentication: Option<Authentication>,
    /// The limits of the portal.
    pub limits: Limits,
    /// How long commands and sessions have to end when the server is asked to stop.
    pub grace: Duration,
    /// Where to make the control socket.
    pub control: Option<PathBuf>,
    /// The folder for transcripts, one file for each nexus.
    pub transcripts: Option<PathBuf>,
    /// How to log.
    pub log: LogFormat,
    /// Where discs come from.
    pub discs: Arc<dyn Discs>,
    /// The drives.
    pub drives: Vec<DriveSetup>,
}

impl ServerConfig {
    /// A server on this machine alone, without drives.
    #[must_use]
    pub fn new(discs: Arc<dyn Discs>) -> ServerConfig {
        ServerConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)),
            authentication: None,
            limits: Limits::default(),
            grace: Duration::from_secs(5),
            control: None,
            transcripts: None,
            log: LogFormat::default(),
            discs,
            drives: Vec::new(),
        }
    }
}
