//! Discs in files: stores that keep what is burned across restarts, and images of other formats.

#![forbid(unsafe_code)]

mod file;

pub use file::{DiscFile, DiscFileError, FORMAT_VERSION, Opened};
