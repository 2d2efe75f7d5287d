//! Secrets of CHAP: from files that nobody else can read, or from the environment; never from the command line.

use crate::failure::Failure;
use clap::Args;
use discrig_iscsi::chap::{Authentication, Credentials, Secret};
use std::path::{Path, PathBuf};

/// One direction of CHAP: where its secret comes from.
struct Direction {
    /// The option for a file.
    option: &'static str,
    /// The variable that has the secret when no file does.
    variable: &'static str,
}

/// The initiator proves who it is.
const ONE_WAY: Direction = Direction { option: "--chap-secret-file", variable: "DISCRIG_CHAP_SECRET" };
/// The target proves who it is.
const MUTUAL: Direction =
    Direction { option: "--chap-mutual-secret-file", variable: "DISCRIG_CHAP_MUTUAL_SECRET" };

/// How the target proves to the initiator who it is, in mutual CHAP.
#[derive(Args, Clone, Debug, Default)]
pub struct MutualChap {
    /// The name that the target proves by CHAP to be its own (mutual CHAP); the secret is in --chap-mutual-secret-file or in
    /// DISCRIG_CHAP_MUTUAL_SECRET, and another one than that of the initiator
    #[arg(long, value_name = "NAME")]
    pub chap_mutual_user: Option<String>,
    /// A file with the secret of the target, which nobody else can read
    #[arg(long, value_name = "FILE")]
    pub chap_mutual_secret_file: Option<PathBuf>,
}

impl MutualChap {
    /// Whether neither was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chap_mutual_user.is_none() && self.chap_mutual_secret_file.is_none()
    }
}

/// What is to be proven: by the initiator, if it has a user, and by the target as well in mutual CHAP. `whence` says for people where that
/// user is given.
///
/// # Errors
/// [`Failure`]: a part is missing, others can read a secret, or it is too short. Nothing of a secret is told.
pub(crate) fn authentication(
    user: Option<&str>,
    file: Option<&Path>,
    mutual: &MutualChap,
    whence: &str,
) -> Result<Option<Authentication>, Failure> {
    let Some(user) = user else {
        let lonely = [
            (file.is_some(), ONE_WAY.option),
            (mutual.chap_mutual_user.is_some(), "--chap-mutual-user"),
            (mutual.chap_mutual_secret_file.is_some(), MUTUAL.option),
        ];
        return match lonely.into_iter().find(|(is_given, _)| *is_given) {
            Some((_, option)) => Err(Failure::Usage(format!("{option} needs {whence}"))),
            None => Ok(None),
        };
    };
    let target = match (&mutual.chap_mutual_user, &mutual.chap_mutual_secret_file) {
        (Some(user), file) => Some(MUTUAL.credentials(user, file.as_deref())?),
        (None, Some(_)) => {
            return Err(Failure::Usage(format!("{} needs --chap-mutual-user", MUTUAL.option)));
        }
        (None, None) => None,
    };
    let initiator = ONE_WAY.credentials(user, file)?;
    Authentication::new(initiator, target).map(Some).map_err(|error| Failure::Usage(error.to_string()))
}

impl Direction {
    fn credentials(&self, user: &str, file: Option<&Path>) -> Result<Credentials, Failure> {
        Ok(Credentials { user: user.to_owned(), secret: self.secret(file)? })
    }

    /// The secret in a file or, without one, in the environment.
    fn secret(&self, file: Option<&Path>) -> Result<Secret, Failure> {
        let (text, whence) = match file {
            Some(path) => (of_file(path)?, path.display().to_string()),
            None => {
                let text = std::env::var(self.variable).map_err(|_| {
                    let Direction { option, variable } = self;
                    Failure::Usage(format!("CHAP needs a secret: {option}, or {variable} in the environment"))
                })?;
                (text, self.variable.to_owned())
            }
        };
        Secret::new(text).map_err(|error| Failure::Usage(format!("{whence}: {error}")))
    }
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
