//! `discrig ctl`: hands, plugs and faults of a running server.

use crate::failure::Failure;
use crate::serve_cli::CtlArguments;
use discrig_reports::ExitCode;

#[cfg(not(unix))]
pub(crate) fn run(_: &CtlArguments) -> Result<ExitCode, Failure> {
    Err(Failure::Target("control sockets are sockets of Unix".to_owned()))
}

#[cfg(unix)]
pub(crate) fn run(arguments: &CtlArguments) -> Result<ExitCode, Failure> {
    unix::run(arguments)
}

#[cfg(unix)]
mod unix {
    use crate::failure::Failure;
    use crate::serve_cli::{Act, CtlArguments, PlugAct};
    use crate::terminal;
    use discrig_reports::ExitCode;
    use discrig_serve::control::{Client, ClientError, DriveRequest};
    use serde_json::Value;
    use std::path::{Path, absolute};

    pub(super) fn run(arguments: &CtlArguments) -> Result<ExitCode, Failure> {
        let failed = |error: ClientError| Failure::Target(error.to_string());
        let drive = &arguments.drive;
        let Some(act) = &arguments.act else {
            return list(arguments);
        };
        let request = request(act)?;
        let mut client = Client::connect(&arguments.control).map_err(failed)?;
        let answer =
            client.drive(drive, request).map_err(|error| Failure::Target(format!("{drive}: {error}")))?;
        match act {
            Act::Sessions { json: false } => terminal::out(&sessions(&answer)),
            Act::State { json: false } => terminal::out(&state(&answer)),
            _ if answer.is_null() => {}
            _ => terminal::out(&format!("{answer:#}")),
        }
        Ok(ExitCode::AsExpected)
    }

    fn list(arguments: &CtlArguments) -> Result<ExitCode, Failure> {
        if arguments.drive != "list" {
            return Err(Failure::Usage(format!(
                "what is to be done with drive {}? `discrig ctl --help` says what can be",
                arguments.drive
            )));
        }
        let drives = Client::connect(&arguments.control).and_then(|mut client| client.list());
        let drives = drives.map_err(|error| Failure::Target(error.to_string()))?;
        terminal::out(&if arguments.json { format!("{drives:#}") } else { listing(&drives) });
        Ok(ExitCode::AsExpected)
    }

    fn request(act: &Act) -> Result<DriveRequest, Failure> {
        let milliseconds = |span: core::time::Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Ok(match act {
            Act::Attention { code } => DriveRequest::Attention { asc: code.0, ascq: code.1 },
            Act::Button => DriveRequest::Button {},
            Act::Eject { force } => DriveRequest::Eject { force: *force },
            Act::Faults { what } if what.as_os_str() == "lift" => DriveRequest::LiftFaults {},
            Act::Faults { what } => DriveRequest::Faults { plan: Failure::read(what)? },
            Act::Insert { spec, force } => DriveRequest::Insert { spec: from_here(spec), force: *force },
            Act::Load => DriveRequest::Load {},
            Act::Lock { hold } => DriveRequest::Lock { hold_ms: hold.map(milliseconds) },
            Act::Plug { act: PlugAct::In } => DriveRequest::PlugIn {},
            Act::Plug { act: PlugAct::Out { back_after } } => {
                DriveRequest::PlugOut { for_ms: back_after.map(milliseconds) }
            }
            Act::Remove { force } => DriveRequest::Remove { force: *force },
            Act::Reset { kind } => DriveRequest::Reset { kind: (*kind).into() },
            Act::Sessions { .. } => DriveRequest::Sessions {},
            Act::State { .. } => DriveRequest::State {},
            Act::Unlock => DriveRequest::Unlock {},
        })
    }

    /// A disc specification that means the same in the folder of the server.
    fn from_here(spec: &str) -> String {
        match spec.split_once(':') {
            Some((scheme, path))
                if scheme != "blank" && Path::new(path).is_relative() && !path.is_empty() =>
            {
                absolute(path).map_or_else(|_| spec.to_owned(), |path| format!("{scheme}:{}", path.display()))
            }
            _ => spec.to_owned(),
        }
    }

    fn text<'a>(value: &'a Value, name: &str) -> &'a str {
        value[name].as_str().unwrap_or("none")
    }

    fn listing(drives: &Value) -> String {
        let rows = drives.as_array().into_iter().flatten().map(|drive| {
            let of = |name| text(drive, name);
            format!("{}  {}  {}", of("name"), of("url"), of("profile"))
        });
        rows.collect::<Vec<_>>().join("\n")
    }

    fn sessions(sessions: &Value) -> String {
        let rows = sessions.as_array().into_iter().flatten().map(|session| {
            format!(
                "nexus {}  {}  {}  from {}  {} commands",
                session["nexus"],
                text(session, "initiator"),
                text(session, "isid"),
                text(session, "peer"),
                session["commands"]
            )
        });
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() { "nobody is logged in".to_owned() } else { rows.join("\n") }
    }

    fn state(state: &Value) -> String {
        let list = |name: &str| {
            let names: Vec<_> =
                state[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
        };
        let plug = match (&state["plugged"], &state["returns-in-ms"]) {
            (Value::Bool(true), _) => "in".to_owned(),
            (_, Value::Number(span)) => format!("out, back in {span} ms"),
            _ => "out".to_owned(),
        };
        let lines = [
            ("drive", format!("{}  {}", text(state, "drive"), text(state, "profile"))),
            ("target", text(state, "target").to_owned()),
            ("plug", plug),
            ("tray", text(state, "tray").to_owned()),
            ("disc", format!("{} ({})", text(state, "disc"), text(state, "medium"))),
            ("removal prevented by", list("prevented-by")),
            ("reserved by", list("reserved-by")),
            ("fault rules", format!("{}, fired {} times", state["fault-rules"], state["faults-fired"])),
            ("commands waiting", state["commands-waiting"].to_string()),
            ("sessions", sessions(&state["sessions"])),
        ];
        lines.map(|(name, value)| format!("{name:<21} {value}")).join("\n")
    }
}
