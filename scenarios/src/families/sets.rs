//! Sets of allowed answers that several families share.

use crate::allowed::{Allowed, Pattern, allowed};
use discrig_recorder::Hresult;

/// A recorder method that has to succeed.
pub(super) const SUCCEEDS: Allowed = allowed!("the method succeeds": Pattern::Ok => "imapi2-acquire");

/// ReleaseExclusiveAccess by an object whose count is zero.
pub(super) const RELEASE_AT_ZERO: Allowed = allowed!("release at count zero":
    Pattern::Failed(Hresult::ERROR_INVALID_HANDLE) => "decision-14",
    Pattern::Failed(Hresult::E_FAIL) => "decision-14",
);
