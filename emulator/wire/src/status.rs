//! The status byte that ends a command (SAM-5, status codes).

use core::fmt;
use serde::{Deserialize, Serialize};

/// A SCSI status byte. Unknown values are kept as they came.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Status(pub u8);

impl Status {
    /// The command completed without error.
    pub const GOOD: Status = Status(0x00);
    /// Sense data say what happened.
    pub const CHECK_CONDITION: Status = Status(0x02);
    /// The logical unit cannot accept the command now.
    pub const BUSY: Status = Status(0x08);
    /// Another nexus holds a reservation that forbids the command.
    pub const RESERVATION_CONFLICT: Status = Status(0x18);
    /// No room for another command from this nexus.
    pub const TASK_SET_FULL: Status = Status(0x28);
    /// The command was aborted by another nexus.
    pub const TASK_ABORTED: Status = Status(0x40);

    /// Whether the command completed without error.
    #[must_use]
    pub const fn is_good(self) -> bool {
        self.0 == Status::GOOD.0
    }

    /// The standard's name, or `None` for a value that SAM-5 does not assign.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Status::GOOD => "GOOD",
            Status::CHECK_CONDITION => "CHECK CONDITION",
            Status::BUSY => "BUSY",
            Status::RESERVATION_CONFLICT => "RESERVATION CONFLICT",
            Status::TASK_SET_FULL => "TASK SET FULL",
            Status::TASK_ABORTED => "TASK ABORTED",
            _ => return None,
        })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "status {:02X}h", self.0),
        }
    }
}
