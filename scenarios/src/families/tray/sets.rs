//! Sets of allowed answers about tray and prevention.

use crate::allowed::{Allowed, Pattern, allowed};
use discrig_wire::SenseKey::{IllegalRequest, NotReady};
use discrig_wire::sense::codes;

/// TEST UNIT READY with a disc in.
pub(super) const READY: Allowed = allowed!("the medium can be accessed": Pattern::Ok => "mmc5-6.42");

/// TEST UNIT READY without a medium in the closed drive.
pub(super) const EMPTY: Allowed = allowed!("not ready, no medium, closed":
    Pattern::Check(codes::MEDIUM_NOT_PRESENT_TRAY_CLOSED) => "mmc5-6.42",
    Pattern::Check(codes::MEDIUM_NOT_PRESENT) => "field-tray-qualifier",
    Pattern::Check(codes::MEDIUM_NOT_PRESENT_LOADABLE) => "field-tray-qualifier",
);

/// TEST UNIT READY with the tray open.
pub(super) const OPEN: Allowed = allowed!("not ready, no medium, open":
    Pattern::Check(codes::MEDIUM_NOT_PRESENT_TRAY_OPEN) => "mmc5-6.42",
    Pattern::Check(codes::MEDIUM_NOT_PRESENT) => "field-tray-qualifier",
    Pattern::Check(codes::MEDIUM_NOT_PRESENT_LOADABLE) => "field-tray-qualifier",
);

/// PREVENT ALLOW MEDIUM REMOVAL of the basic state.
pub(super) const PREVENTS: Allowed = allowed!("PREVENT ALLOW MEDIUM REMOVAL": Pattern::Ok => "mmc5-6.14");

/// The same without a medium.
pub(super) const PREVENTS_EMPTY: Allowed = allowed!("PREVENT without a medium":
    Pattern::Ok => "mmc5-6.14",
    Pattern::Asc(NotReady, 0x3A) => "field-prevent-not-ready",
);

/// PREVENT ALLOW MEDIUM REMOVAL of the persistent state.
pub(super) const PERSISTS: Allowed = allowed!("PREVENT of the persistent state":
    Pattern::Ok => "mmc5-6.14",
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "field-persistent-refused",
);

/// Eject while somebody prevents removal and a disc is in.
pub(super) const EJECT_PREVENTED: Allowed = allowed!("eject while removal is prevented":
    Pattern::Check(codes::MEDIUM_REMOVAL_PREVENTED) => "mmc5-6.40",
    Pattern::Check(codes::MEDIA_LOAD_OR_EJECT_FAILED.under(IllegalRequest)) => "field-eject-qualifier",
);

/// The same without a disc in the closed drive.
pub(super) const EJECT_PREVENTED_EMPTY: Allowed = allowed!("eject while removal is prevented, without a disc":
    Pattern::Check(codes::MEDIUM_REMOVAL_PREVENTED) => "mmc5-6.40",
    Pattern::Check(codes::MEDIA_LOAD_OR_EJECT_FAILED.under(IllegalRequest)) => "field-eject-qualifier",
    Pattern::Check(codes::MEDIUM_REMOVAL_PREVENTED.under(NotReady)) => "sff8020-eject",
    Pattern::Check(codes::MEDIA_LOAD_OR_EJECT_FAILED.under(NotReady)) => "sff8020-eject",
);

/// Eject by the nexus that holds the persistent prevention, nobody preventing basically.
pub(super) const EJECT_PERSISTENT_OWN: Allowed = allowed!("eject under one's own persistent prevention":
    Pattern::Ok => "t10-2004-eject",
    Pattern::Check(codes::MEDIUM_REMOVAL_PREVENTED) => "t10-2004-eject",
);

/// Eject by another nexus than the one that holds the persistent prevention. Which qualifier is due is not certain.
pub(super) const EJECT_PERSISTENT_OTHER: Allowed = allowed!("eject under another's persistent prevention":
    Pattern::Check(codes::PERSISTENT_PREVENT_CONFLICT) => "t10-04-349",
    Pattern::Check(codes::MEDIUM_REMOVAL_PREVENTED) => "t10-04-349",
    Pattern::Key(IllegalRequest) => "t10-04-349",
);

/// Eject that nothing forbids.
pub(super) const EJECTS: Allowed = allowed!("eject": Pattern::Ok => "mmc5-6.40");

/// Load with a disc on the tray.
pub(super) const LOADS: Allowed = allowed!("load": Pattern::Ok => "mmc5-6.40");

/// Load without a disc.
pub(super) const LOADS_EMPTY: Allowed = allowed!("load without a disc":
    Pattern::Ok => "mmc5-6.40",
    Pattern::Asc(NotReady, 0x3A) => "field-load-empty",
);

/// Load while removal is prevented, a disc being in.
pub(super) const LOADS_PREVENTED: Allowed = allowed!("load while removal is prevented":
    Pattern::Ok => "mmc5-6.40",
    Pattern::Check(codes::MEDIUM_REMOVAL_PREVENTED) => "field-load-prevented",
);

/// Starting and stopping the spindle with a disc in.
pub(super) const SPINS: Allowed = allowed!("start or stop": Pattern::Ok => "mmc5-6.40");

/// A power condition that drives with power management have.
pub(super) const POWERS: Allowed = allowed!("a power condition": Pattern::Ok => "mmc5-6.40");

/// A value that the standard reserves in a field that it defines.
pub(super) const REFUSED_VALUE: Allowed = allowed!("a reserved value of a field":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "mmc5-6.40",
);

/// LOAD/UNLOAD MEDIUM for a slot that a drive without a changer does not have.
pub(super) const NO_SLOT: Allowed = allowed!("LOAD/UNLOAD MEDIUM for a slot that is not there":
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "mmc5-6.10",
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "mmc5-6.10",
    Pattern::Check(codes::INVALID_ELEMENT_ADDRESS) => "mmc5-6.10",
);
