//! Sets of allowed answers about reservations.

use crate::allowed::{Allowed, Pattern, allowed};
use discrig_wire::sense::codes;
use discrig_wire::{SenseKey, Status};

/// RESERVE(6) or RELEASE(6), which most drives do not have.
pub(super) const SIMPLE: Allowed = allowed!("RESERVE(6) or RELEASE(6)":
    Pattern::Ok => "spc2-7.21",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "field-reserve-absent",
);

/// RESERVE(6) or RELEASE(6) of a drive that has them.
pub(super) const TAKES: Allowed = allowed!("RESERVE(6) by the holder or while nobody holds it":
    Pattern::Ok => "spc2-7.21",
);

/// RELEASE(6), whoever holds the reservation.
pub(super) const RELEASES: Allowed = allowed!("RELEASE(6)": Pattern::Ok => "spc2-7.16");

/// A command that another nexus' reservation keeps out.
pub(super) const CONFLICT: Allowed = allowed!("a command under another nexus' reservation":
    Pattern::Status(Status::RESERVATION_CONFLICT) => "spc2-5.5.1",
);

/// A command that no reservation keeps out.
pub(super) const LET_THROUGH: Allowed = allowed!("a command that reservations let through":
    Pattern::Ok => "spc2-5.5.1",
);

/// A command of the nexus that holds the reservation, or while there is none.
pub(super) const FREE: Allowed =
    allowed!("a command that no reservation concerns": Pattern::Ok => "spc2-5.5.1");

/// PERSISTENT RESERVE IN and OUT, which most drives do not have.
pub(super) const PERSISTENT: Allowed = allowed!("PERSISTENT RESERVE IN or OUT":
    Pattern::Ok => "spc3-5.6",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "field-reserve-absent",
);

/// PERSISTENT RESERVE OUT of a drive that has it.
pub(super) const PERSISTENT_DOES: Allowed = allowed!("PERSISTENT RESERVE OUT": Pattern::Ok => "spc3-6.12");

/// A command that a persistent reservation keeps out.
pub(super) const PERSISTENT_CONFLICT: Allowed = allowed!("a command that a persistent reservation keeps out":
    Pattern::Status(Status::RESERVATION_CONFLICT) => "spc3-5.6",
);

/// A command that a persistent reservation lets through.
pub(super) const PERSISTENT_FREE: Allowed = allowed!("a command that a persistent reservation lets through":
    Pattern::Ok => "spc3-5.6",
);

/// What a nexus hears whose registration another one removed.
pub(super) const PREEMPTED: Allowed = allowed!("a registration was removed by another nexus":
    Pattern::Check(codes::REGISTRATIONS_PREEMPTED) => "spc3-5.6",
    Pattern::Check(codes::RESERVATIONS_PREEMPTED) => "spc3-5.6",
);

/// What a nexus hears when all registrations were cleared by another one.
pub(super) const CLEARED: Allowed = allowed!("all registrations were cleared by another nexus":
    Pattern::Check(codes::RESERVATIONS_PREEMPTED) => "spc3-5.6",
);

/// What a registrant hears when a reservation for registrants was released.
pub(super) const RELEASED: Allowed = allowed!("a reservation for registrants was released":
    Pattern::Check(codes::RESERVATIONS_RELEASED) => "spc3-5.6",
);

/// PREEMPT of a reservation type that does not fit, or any other refusal with key 5.
pub(super) const WRONG_RELEASE: Allowed = allowed!("release of another type than the reservation has":
    Pattern::Check(codes::INVALID_RELEASE_OF_PERSISTENT_RESERVATION) => "spc3-6.12",
    Pattern::Key(SenseKey::IllegalRequest) => "spc3-6.12",
);
