//! What can be chosen about a host.

use crate::quirk::Quirk;
use core::time::Duration;
use discrig_device::{Data, DeviceError, ErrorKind, HostId, Request};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether a file can be opened while another one holds the device exclusively. The documents say that it cannot, the sample driver lets
/// it, and the documented behaviour of the recorder objects above needs it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpenWhileLocked {
    /// It fails with `AccessDenied`.
    Fail,
    /// It succeeds.
    #[default]
    Succeed,
}

/// A host's identity, its limits, the choices that the documents leave open, and its faults.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HostConfig {
    /// Which host of the bench it is; fault rules know its nexus by this number.
    pub host: HostId,
    /// The host's unique identifier of the drive, as its enumeration gives it.
    pub unique_id: String,
    /// The host's unique name for the volume of the drive.
    pub volume_name: String,
    /// Drive letters and mount points.
    pub volume_paths: Vec<String>,
    /// Zero-based number of the drive among the host's optical drives.
    pub legacy_device_number: u32,
    /// Buffers must be aligned so that `address & alignment_mask == 0`; 0 allows any.
    pub alignment_mask: u32,
    /// Largest single transfer in bytes for a page-aligned buffer. More is refused.
    pub maximum_transfer_aligned: u32,
    /// Largest single transfer in bytes that is promised for any other buffer.
    pub maximum_transfer_unaligned: u32,
    /// How long the serial queue waits for a drive that may still be busy with an abandoned command, in milliseconds.
    pub queue_timeout_ms: u64,
    /// How many unit attentions the driver's own commands swallow before they give up.
    pub attention_limit: u32,
    /// Whether opening succeeds while another file holds the device.
    pub open_while_locked: OpenWhileLocked,
    /// The rules that this host breaks.
    pub quirks: BTreeSet<Quirk>,
    /// Seed of the random stream behind the probabilities of fault rules.
    pub fault_seed: u64,
}

impl Default for HostConfig {
    fn default() -> HostConfig {
        HostConfig {
            host: HostId::default(),
            unique_id: r"\\?\cdrom#emulated#0#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}".to_owned(),
            volume_name: r"\\?\Volume{64697363-7269-6700-0000-000000000000}\".to_owned(),
            volume_paths: vec![r"D:\".to_owned()],
            legacy_device_number: 0,
            alignment_mask: 0,
            maximum_transfer_aligned: 0x2_0000,
            maximum_transfer_unaligned: 0x1_F000,
            queue_timeout_ms: 10_000,
            attention_limit: 10,
            open_while_locked: OpenWhileLocked::default(),
            quirks: BTreeSet::new(),
            fault_seed: 0,
        }
    }
}

impl HostConfig {
    /// The same with one more broken rule.
    #[must_use]
    pub fn with_quirk(mut self, quirk: Quirk) -> HostConfig {
        self.quirks.insert(quirk);
        self
    }

    /// How long the serial queue waits for the drive.
    #[must_use]
    pub fn queue_timeout(&self) -> Duration {
        Duration::from_millis(self.queue_timeout_ms)
    }

    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    /// Whether the adapter can transfer what `request` asks for.
    pub(crate) fn check(&self, request: &Request<'_>) -> Result<(), DeviceError> {
        let address = match &request.data {
            Data::None => 0,
            Data::In(buffer) => buffer.as_ptr().addr(),
            Data::Out(bytes) => bytes.as_ptr().addr(),
        };
        let misaligned = address & self.alignment_mask as usize != 0;
        if misaligned || request.data.len() > self.maximum_transfer_aligned as usize {
            return Err(DeviceError::new(ErrorKind::InvalidRequest, "execute"));
        }
        Ok(())
    }
}
