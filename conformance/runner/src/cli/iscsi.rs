//! How drives behind iSCSI targets are reached.

use crate::secret::MutualChap;
use clap::{Args, ValueEnum};
use discrig_iscsi::initiator::Offer;
use discrig_iscsi::name::Name;
use std::path::PathBuf;

/// How a drive behind an iSCSI target is reached.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Options for iscsi:// targets")]
pub struct IscsiArguments {
    /// A file with the CHAP secret of the user in the address, which nobody else can read; DISCRIG_CHAP_SECRET has it otherwise
    #[arg(long, value_name = "FILE")]
    pub chap_secret_file: Option<PathBuf>,
    /// How the target proves who it is
    #[command(flatten, next_help_heading = "Options for iscsi:// targets")]
    pub mutual: MutualChap,
    /// The control socket of `discrig serve`: its buttons, discs, plugs and faults become abilities of the bench
    #[arg(long, value_name = "SOCKET")]
    pub control: Option<PathBuf>,
    /// Digest of headers
    #[arg(long, value_enum, value_name = "WHEN")]
    pub header_digest: Option<Digest>,
    /// Digest of data
    #[arg(long, value_enum, value_name = "WHEN")]
    pub data_digest: Option<Digest>,
    /// The name of the initiator, for targets that let only some in
    #[arg(long, value_name = "NAME", value_parser = Name::new)]
    pub initiator: Option<Name>,
}

/// Whether a CRC32C digest is wanted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Digest {
    /// Always
    Crc32c,
    /// If the target can
    Prefer,
    /// Only if the target insists
    #[default]
    None,
}

impl From<Digest> for Offer {
    fn from(digest: Digest) -> Offer {
        match digest {
            Digest::Crc32c => Offer::Crc32c,
            Digest::Prefer => Offer::PreferCrc32c,
            Digest::None => Offer::PreferNone,
        }
    }
}

impl IscsiArguments {
    /// Whether any of them was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let IscsiArguments { chap_secret_file, mutual, control, header_digest, data_digest, initiator } =
            self;
        chap_secret_file.is_none()
            && mutual.is_empty()
            && control.is_none()
            && header_digest.is_none()
            && data_digest.is_none()
            && initiator.is_none()
    }
}
