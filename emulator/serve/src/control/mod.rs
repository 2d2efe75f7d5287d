//! The control socket: hands, plugs and faults while clients work.
//!
//! # Protocol, version 1
//!
//! A Unix domain socket of mode 0600. Each side writes lines of JSON; each request has one answer, in the order of the requests of that
//! connection. Any number of connections may be open.
//!
//! A request is `{"version": 1, "drive": NAME, "request": REQUEST}`; [`Request::List`] has no drive. REQUEST is an object with one field, the
//! name of what is asked for, and in it an object with its arguments:
//!
//! | request | arguments | does | answer |
//! |---|---|---|---|
//! | `attention` | `asc`, `ascq` (numbers) | establishes a unit attention for everybody who is logged in | null |
//! | `button` | | presses the button on the front | null |
//! | `eject` | `force` (optional) | opens the tray by the button, or by the emergency hole | null |
//! | `faults` | `plan` (TOML of fault rules) | adds rules after those that are there | `rules`: how many |
//! | `insert` | `spec` (a disc), `force` (optional) | opens the tray, exchanges what lies there for the disc, closes it | null |
//! | `lift-faults` | | removes all rules | null |
//! | `list` | | names the drives | a list of `name`, `target`, `url`, `profile`, `disc` |
//! | `load` | | closes the tray | null |
//! | `lock` | `hold-ms` (optional) | a foreign host reserves the drive and prevents removal | null |
//! | `plug-in` | | puts the plug back | null |
//! | `plug-out` | `for-ms` (optional) | pulls the plug, for a time or for good | null |
//! | `remove` | `force` (optional) | opens the tray, takes what lies there, closes it | null |
//! | `reset` | `kind`: `bus`, `logical-unit`, `power` or `{"nexus": N}` | resets | null |
//! | `sessions` | | who is logged in | a list |
//! | `state` | | what the drive is at | an object; `state` in it is the drive's own |
//! | `unlock` | | the foreign host lets the drive go | null |
//!
//! An answer is `{"version": 1, "ok": ANSWER}` or `{"version": 1, "error": TEXT}`, and the text says what to do. Requests that move the tray
//! are answered when it has moved.
//!
//! ```text
//! > {"version":1,"drive":"a","request":{"insert":{"spec":"blank:bd-r"}}}
//! < {"version":1,"ok":null}
//! ```

#[cfg(unix)]
mod client;
#[cfg(unix)]
mod listener;

#[cfg(unix)]
pub use client::{Client, ClientError};
#[cfg(unix)]
pub(crate) use listener::{Reach, Socket, serve};

use discrig_device::ResetKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the protocol.
pub const VERSION: u32 = 1;

/// The name under which the foreign host holds a drive that was locked at the control socket.
pub(crate) const FOREIGN_NAME: &str = "discrig ctl";

/// What a request comes to.
pub(crate) type Reply = Result<Value, String>;

/// A line from a client.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// [`VERSION`].
    pub version: u32,
    /// The drive that is meant; none for requests about the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drive: Option<String>,
    /// What is asked for.
    pub request: Request,
}

/// A line to a client.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// [`VERSION`].
    pub version: u32,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a request.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing, for this reason.
    Error(String),
    /// It was done; what there is to tell.
    Ok(Value),
}

/// What is asked for.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Names the drives.
    List {},
    /// Something about a drive.
    #[serde(untagged)]
    Drive(DriveRequest),
}

/// What is asked for of a drive.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum DriveRequest {
    /// Establishes a unit attention.
    Attention {
        /// Additional sense code.
        asc: u8,
        /// Its qualifier.
        ascq: u8,
    },
    /// Presses the button.
    Button {},
    /// Opens the tray.
    Eject {
        /// By the emergency hole.
        #[serde(default)]
        force: bool,
    },
    /// Adds fault rules.
    Faults {
        /// The rules as TOML.
        plan: String,
    },
    /// Puts a disc in.
    Insert {
        /// Which.
        spec: String,
        /// By the emergency hole.
        #[serde(default)]
        force: bool,
    },
    /// Removes all fault rules.
    LiftFaults {},
    /// Closes the tray.
    Load {},
    /// A foreign host takes the drive.
    Lock {
        /// For how long; until it is told otherwise when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold_ms: Option<u64>,
    },
    /// Puts the plug back.
    PlugIn {},
    /// Pulls the plug.
    PlugOut {
        /// For how long; for good when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_ms: Option<u64>,
    },
    /// Takes the disc out.
    Remove {
        /// By the emergency hole.
        #[serde(default)]
        force: bool,
    },
    /// Resets.
    Reset {
        /// What.
        kind: ResetKind,
    },
    /// Who is logged in.
    Sessions {},
    /// What the drive is at.
    State {},
    /// The foreign host lets the drive go.
    Unlock {},
}

impl DriveRequest {
    /// The request in a word, as in the protocol.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            DriveRequest::Attention { .. } => "attention",
            DriveRequest::Button {} => "button",
            DriveRequest::Eject { .. } => "eject",
            DriveRequest::Faults { .. } => "faults",
            DriveRequest::Insert { .. } => "insert",
            DriveRequest::LiftFaults {} => "lift-faults",
            DriveRequest::Load {} => "load",
            DriveRequest::Lock { .. } => "lock",
            DriveRequest::PlugIn {} => "plug-in",
            DriveRequest::PlugOut { .. } => "plug-out",
            DriveRequest::Remove { .. } => "remove",
            DriveRequest::Reset { .. } => "reset",
            DriveRequest::Sessions {} => "sessions",
            DriveRequest::State {} => "state",
            DriveRequest::Unlock {} => "unlock",
        }
    }
}

impl Answer {
    /// The answer to a request.
    #[must_use]
    pub fn new(reply: Result<Value, String>) -> Answer {
        let outcome = match reply {
            Ok(value) => Outcome::Ok(value),
            Err(reason) => Outcome::Error(reason),
        };
        Answer { version: VERSION, outcome }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_form_is_the_documented_one() {
        let insert = DriveRequest::Insert { spec: "blank:bd-r".into(), force: false };
        let line = Line { version: VERSION, drive: Some("a".into()), request: Request::Drive(insert) };
        let text = serde_json::to_string(&line).unwrap();
        assert_eq!(
            text,
            r#"{"version":1,"drive":"a","request":{"insert":{"spec":"blank:bd-r","force":false}}}"#
        );
        assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line);
        let list: Line = serde_json::from_str(r#"{"version":1,"request":{"list":{}}}"#).unwrap();
        assert_eq!(list.request, Request::List {});
        let reset: Line =
            serde_json::from_str(r#"{"version":1,"drive":"a","request":{"reset":{"kind":{"nexus":3}}}}"#)
                .unwrap();
        let kind = ResetKind::Nexus(discrig_device::HostId(3));
        assert_eq!(reset.request, Request::Drive(DriveRequest::Reset { kind }));
        for (reply, text) in [
            (Ok(Value::Null), r#"{"version":1,"ok":null}"#),
            (Err("no".to_owned()), r#"{"version":1,"error":"no"}"#),
        ] {
            let answer = Answer::new(reply);
            assert_eq!(serde_json::to_string(&answer).unwrap(), text);
            assert_eq!(serde_json::from_str::<Answer>(text).unwrap(), answer);
        }
    }

    #[test]
    fn every_request_has_its_name_on_the_wire() {
        let requests = [
            DriveRequest::Attention { asc: 0x28, ascq: 0 },
            DriveRequest::Button {},
            DriveRequest::Eject { force: true },
            DriveRequest::Faults { plan: String::new() },
            DriveRequest::Insert { spec: "none".into(), force: false },
            DriveRequest::LiftFaults {},
            DriveRequest::Load {},
            DriveRequest::Lock { hold_ms: Some(1) },
            DriveRequest::PlugIn {},
            DriveRequest::PlugOut { for_ms: None },
            DriveRequest::Remove { force: false },
            DriveRequest::Reset { kind: ResetKind::Bus },
            DriveRequest::Sessions {},
            DriveRequest::State {},
            DriveRequest::Unlock {},
        ];
        for request in requests {
            let value = serde_json::to_value(&request).unwrap();
            let names: Vec<_> = value.as_object().unwrap().keys().collect();
            assert_eq!(names, [request.name()]);
            assert_eq!(serde_json::from_value::<DriveRequest>(value).unwrap(), request);
        }
    }
}
