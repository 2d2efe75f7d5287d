//! `discrig agent`: another process of the bench, so that locks are held by real processes that can be killed.

use crate::cli::AgentArguments;
use crate::failure::Failure;
use discrig_reports::ExitCode;

#[cfg(target_os = "linux")]
pub(crate) fn run(arguments: &AgentArguments) -> Result<ExitCode, Failure> {
    discrig_linux::serve_agent(std::io::stdin().lock(), std::io::stdout().lock(), &arguments.node)
        .map_err(|error| Failure::Target(error.to_string()))?;
    Ok(ExitCode::AsExpected)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn run(arguments: &AgentArguments) -> Result<ExitCode, Failure> {
    Err(Failure::Target(format!("{}: nodes of drives can be opened under Linux", arguments.node.display())))
}
