//! Randomness from the system.

use std::io;

/// Bytes that nobody can guess.
///
/// # Errors
/// The system has none.
pub(crate) fn seed() -> io::Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(seed)
}
