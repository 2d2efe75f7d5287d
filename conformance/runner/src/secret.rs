//! Secrets of CHAP: from a file that nobody else can read, or from the environment; never from the command line.

use crate::failure::Failure;
use discrig_iscsi::chap::Secret;
use std::path::Path;

/// The variable that has the secret, when no file does.
const VARIABLE: &str = "DISCRIG_CHAP_SECRET";

/// The secret in a file or, without one, in the environment.
///
/// # Errors
/// [`Failure`]: there is none, others can read it, or it is too short. Nothing of it is told.
pub(crate) fn find(file: Option<&Path>) -> Result<Secret, Failure> {
    let (text, whence) = match file {
        Some(path) => (of_file(path)?, path.display().to_string()),
        None => {
            let text = std::env::var(VARIABLE).map_err(|_| {
                Failure::Usage(format!(
                    "CHAP needs a secret: --chap-secret-file, or {VARIABLE} in the environment"
                ))
            })?;
            (text, VARIABLE.to_owned())
        }
    };
    Secret::new(text).map_err(|error| Failure::Usage(format!("{whence}: {error}")))
}

/// The secret in a file, without the end of its line.
fn of_file(path: &Path) -> Result<String, Failure> {
    private(path)?;
    let text = Failure::read(path)?;
    Ok(text.strip_suffix('\n').map_or(text.as_str(), |text| text.trim_end_matches('\r')).to_owned())
}

#[cfg(unix)]
fn private(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = path.metadata().map_err(|error| Failure::Unreadable { path: path.to_owned(), error })?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(Failure::Usage(format!(
            "{}: others can read this secret, so it is none; `chmod 600` it and choose a new one",
            path.display()
        )));
    }
    Ok(())
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<(), Failure> {
    Ok(())
}
