//! How a drive is reached, and what may be done to it.

use crate::attendant::Attendant;
use discrig_iscsi::chap::Authentication;
use discrig_iscsi::initiator::Offer;
use discrig_iscsi::name::Name;

/// How a drive is reached, and what may be done to it.
#[derive(Debug, Default)]
pub struct IscsiOptions {
    /// Resets of unit and target may be caused. They hit everybody who uses the target.
    pub allow_reset: bool,
    /// The tray may be moved to bring the drive to the known state.
    pub allow_tray: bool,
    /// Somebody at the drive.
    pub attendant: Option<Box<dyn Attendant>>,
    /// What is proven to the target, and by it.
    pub authentication: Option<Authentication>,
    /// Digest of data segments.
    pub data_digest: Offer,
    /// The target was just switched on and nothing has asked it for anything that could report a unit attention.
    pub fresh: bool,
    /// Digest of headers.
    pub header_digest: Offer,
    /// The initiator name of host 0. Other hosts have it with a number behind it. One of discrig's own when absent.
    pub initiator: Option<Name>,
}
