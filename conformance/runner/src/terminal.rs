//! What goes to the terminal: results to standard output, errors to standard error.

use crate::failure::Failure;
use std::io::{IsTerminal, Write};

/// Writes text to standard output. A reader that went away (`| head`) is no error.
pub(crate) fn out(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.write_all(b"\n");
    let _ = stdout.flush();
}

/// Writes a remark to standard error.
pub(crate) fn remark(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(stderr, "{text}");
}

/// Tells an error and its causes, once each.
pub(crate) fn error(failure: &Failure) {
    remark(&format!("discrig: {failure}"));
}

/// Whether standard output is a terminal, so that colour is welcome.
pub(crate) fn is_interactive() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
