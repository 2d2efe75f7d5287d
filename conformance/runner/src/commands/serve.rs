//! `discrig serve`: emulated drives as iSCSI targets.

use crate::cabinet::Cabinet;
use crate::failure::Failure;
use crate::secret;
use crate::serve_cli::{DriveArgument, LogLines, ServeArguments};
use crate::target::{self, DEFAULT_PROFILE};
use crate::terminal;
use discrig_bench::ModelKind;
use discrig_device::fault::Plan;
use discrig_iscsi::chap::Authentication;
use discrig_iscsi::target::Limits;
use discrig_reports::ExitCode;
use discrig_serve::{DriveSetup, LogFormat, ServeError, Server, ServerConfig};
use std::sync::Arc;

pub(crate) fn run(arguments: &ServeArguments) -> Result<ExitCode, Failure> {
    let config = ServerConfig {
        listen: arguments.listen,
        authentication: authentication(arguments)?,
        limits: Limits::from(&arguments.limits),
        grace: arguments.grace,
        control: arguments.control.clone(),
        transcripts: arguments.transcript.clone(),
        log: match arguments.log_format {
            LogLines::Json => LogFormat::Json,
            LogLines::None => LogFormat::Silent,
            LogLines::Text => LogFormat::Text,
        },
        drives: arguments.drive.iter().map(|drive| setup(drive, arguments)).collect::<Result<_, _>>()?,
        ..ServerConfig::new(Arc::new(Cabinet))
    };
    let server = Server::bind(config).map_err(failure)?;
    for drive in server.served() {
        terminal::out(&drive.to_string());
    }
    server.run().map_err(failure)?;
    Ok(ExitCode::AsExpected)
}

fn failure(error: ServeError) -> Failure {
    if error.is_usage() { Failure::Usage(error.to_string()) } else { Failure::Target(error.to_string()) }
}

/// One drive with all that its argument names.
fn setup(drive: &DriveArgument, arguments: &ServeArguments) -> Result<DriveSetup, Failure> {
    let DriveArgument { name, profile, disc, faults, defect } = drive;
    let model_name = profile.as_deref().unwrap_or(DEFAULT_PROFILE);
    let model = target::model(model_name)?;
    let mut config = model.drive_config();
    config.timing = arguments.pace;
    if let Some(defect) = defect {
        let found = target::defect(defect)?;
        if found.drive.is_empty() {
            return Err(Failure::Usage(format!(
                "defect {defect} is one of hosts or recorder objects, which a served drive does not have"
            )));
        }
        config.quirks.extend(&found.drive);
    }
    let faults = match faults {
        None => Plan::default(),
        Some(path) => Plan::from_toml(&Failure::read(path)?)
            .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?,
    };
    let about = match model.kind {
        ModelKind::Generic => model_name.to_owned(),
        ModelKind::Drive | ModelKind::Peer => {
            format!("{model_name} ({} {})", model.profile.vendor, model.profile.product)
        }
    };
    let disc = disc.clone().unwrap_or_else(|| "none".to_owned());
    Ok(DriveSetup { name: name.clone(), model: about, config, disc, faults })
}

/// What initiators must prove, and the server to them when they ask for it.
fn authentication(arguments: &ServeArguments) -> Result<Option<Authentication>, Failure> {
    let (user, file) = (arguments.chap_user.as_deref(), arguments.chap_secret_file.as_deref());
    secret::authentication(user, file, &arguments.mutual, "--chap-user")
}
