//! discrig's own server as the one who is at the drive.

use crate::failure::Failure;
use discrig_device::ResetKind;
use discrig_initiator::{Address, Attendant, ServedSession, Situation};
use discrig_serve::TARGET_PREFIX;
use discrig_serve::control::{Client, DriveRequest};
use serde_json::Value;
use std::path::Path;

/// The control socket of the server of a drive.
#[derive(Debug)]
pub(super) struct ServerAttendant {
    client: Client,
    drive: String,
}

impl ServerAttendant {
    /// Connects to the control socket of the server that has the drive.
    ///
    /// # Errors
    /// [`Failure`]: the address is none of a drive of discrig, or nobody listens.
    pub(super) fn connect(path: &Path, address: &Address) -> Result<ServerAttendant, Failure> {
        let drive = address.target.as_str().strip_prefix(TARGET_PREFIX).ok_or_else(|| {
            Failure::Usage(format!(
                "--control is about drives of `discrig serve`, whose targets begin with {TARGET_PREFIX}; {} is another's",
                address.target
            ))
        })?;
        let client = Client::connect(path).map_err(|error| Failure::Target(error.to_string()))?;
        let mut attendant = ServerAttendant { client, drive: drive.to_owned() };
        attendant.situation().map_err(Failure::Target)?;
        Ok(attendant)
    }

    fn ask(&mut self, request: DriveRequest) -> Result<Value, String> {
        self.client.drive(&self.drive, request).map_err(|error| error.to_string())
    }

    fn act(&mut self, request: DriveRequest) -> Result<(), String> {
        self.ask(request).map(drop)
    }
}

/// A member of an answer, which every server of this version has.
fn member<'a, T>(
    answer: &'a Value,
    name: &str,
    read: impl FnOnce(&'a Value) -> Option<T>,
) -> Result<T, String> {
    answer.get(name).and_then(read).ok_or_else(|| format!("the server does not say `{name}`"))
}

impl Attendant for ServerAttendant {
    fn faults(&mut self, plan: &str) -> Result<(), String> {
        self.act(DriveRequest::Faults { plan: plan.to_owned() })
    }

    fn lift(&mut self) -> Result<(), String> {
        self.act(DriveRequest::LiftFaults {})
    }

    fn insert(&mut self, disc: &str) -> Result<(), String> {
        self.act(DriveRequest::Insert { spec: disc.to_owned(), force: true })
    }

    fn press(&mut self) -> Result<(), String> {
        self.act(DriveRequest::Button {})
    }

    fn plug_out(&mut self) -> Result<(), String> {
        self.act(DriveRequest::PlugOut { for_ms: None })
    }

    fn plug_in(&mut self) -> Result<(), String> {
        self.act(DriveRequest::PlugIn {})
    }

    fn reset(&mut self, kind: ResetKind) -> Result<(), String> {
        self.act(DriveRequest::Reset { kind })
    }

    fn sessions(&mut self) -> Result<Vec<ServedSession>, String> {
        let answer = self.ask(DriveRequest::Sessions {})?;
        let session = |value: &Value| {
            let initiator = member(value, "initiator", Value::as_str)?.to_owned();
            // Rules name nexuses by a byte; those beyond cannot be named.
            let nexus = member(value, "nexus", Value::as_u64)?;
            Ok(u8::try_from(nexus).ok().map(|nexus| ServedSession { initiator, nexus }))
        };
        let sessions: Result<Vec<_>, String> = answer.as_array().into_iter().flatten().map(session).collect();
        Ok(sessions?.into_iter().flatten().collect())
    }

    fn situation(&mut self) -> Result<Situation, String> {
        let answer = self.ask(DriveRequest::State {})?;
        Ok(Situation {
            disc: member(&answer, "disc", Value::as_str)?.to_owned(),
            fired: member(&answer, "faults-fired", Value::as_u64)?,
            foreign: member(&answer, "foreign-lock", |name| Some(!name.is_null()))?,
            plugged: member(&answer, "plugged", Value::as_bool)?,
            tray_open: member(&answer, "tray", Value::as_str)? == "open",
            state: answer.to_string(),
        })
    }

    fn unlock(&mut self) -> Result<(), String> {
        self.act(DriveRequest::Unlock {})
    }
}
