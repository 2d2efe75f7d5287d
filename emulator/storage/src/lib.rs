//! Discs in files: stores that keep what is burned across restarts, and images of other formats.
//!
//! | module | what |
//! |---|---|
//! | [`DiscFile`] | a store in a file of our own, whose format is documented and checked |
//! | [`DiscSpec`] | where a disc comes from, as users write it |
//! | [`DiscSupply`] | the same, opened: discs for a drive |
//! | [`image`] | ISO, raw and BIN/CUE: import of all, export of ISO and BIN/CUE |

#![forbid(unsafe_code)]

mod file;
pub mod image;
mod naming;
mod spec;
mod supply;

pub use file::{Damage, DiscFile, DiscFileError, FORMAT_VERSION, Opened, Verified};
pub use image::Replace;
pub use spec::{DiscSpec, SpecError};
pub use supply::{DiscSupply, KeptDisc, SupplyError};
