//! Sets of allowed answers about unit attentions.

use crate::allowed::{Allowed, Pattern, allowed};
use discrig_wire::SenseKey::UnitAttention;
use discrig_wire::sense::codes;

/// The first report to a nexus that is new, or after a reset.
pub(super) const RESET_REPORTED: Allowed = allowed!("a reset or a new nexus is reported":
    Pattern::Asc(UnitAttention, 0x29) => "sam5-5.14",
);

/// The report of a medium that became ready.
pub(super) const MEDIUM_REPORTED: Allowed = allowed!("a medium that became ready is reported":
    Pattern::Check(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED) => "mmc5-6.42",
);

/// The report of mode parameters that another nexus changed.
pub(super) const MODE_REPORTED: Allowed = allowed!("changed mode parameters are reported to another nexus":
    Pattern::Check(codes::MODE_PARAMETERS_CHANGED) => "mmc5-6.12",
);

/// Nothing is pending, and the medium can be accessed.
pub(super) const NOTHING_PENDING: Allowed =
    allowed!("no unit attention is pending": Pattern::Ok => "sam5-5.14");

/// A command that neither reports nor clears a unit attention.
pub(super) const EXEMPT: Allowed = allowed!("a command that is exempt from unit attention":
    Pattern::Ok => "sam5-5.14",
);

/// An unknown operation code while a unit attention for the medium is pending.
pub(super) const UNKNOWN_WHILE_PENDING: Allowed = allowed!("an unknown operation code while a unit attention is pending":
    Pattern::Check(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED) => "sam5-5.14",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "field-attention-order",
);

/// GET EVENT STATUS NOTIFICATION that is not polled.
pub(super) const NOT_POLLED: Allowed = allowed!("events that are not polled":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "mmc5-6.7",
);

/// MODE SELECT of a bit that the drive says is changeable.
pub(super) const SELECTED: Allowed = allowed!("a changeable bit is changed": Pattern::Ok => "mmc5-6.12");
