//! Discs in files: stores that keep what is burned across restarts, and images of other formats.
//!
//! | module | what |
//! |---|---|
//! | [`DiscFile`] | a store in a file of our own, whose format is documented and checked |
//! | [`image`] | ISO, raw and BIN/CUE: import of all, export of ISO and BIN/CUE |

#![forbid(unsafe_code)]

mod file;
pub mod image;

pub use file::{DiscFile, DiscFileError, FORMAT_VERSION, Opened};
