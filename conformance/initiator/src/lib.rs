//! Drives behind iSCSI targets, whoever serves them.
//!
//! [`IscsiBench`] is the laboratory around one logical unit. Each of its hosts is a nexus of its own: a session with its own initiator name and
//! ISID over its own connection, all of them logged in at once. On each stands the simulated class driver of `discrig-host`, so handles, owners
//! and processes are those of the emulated laboratory, while each command goes over the wire to the real target under the real clock.
//!
//! # What becomes of a command
//! | on the wire | answer |
//! |---|---|
//! | a SCSI response, whatever its status | `Ok` |
//! | none within the request's timeout: ABORT TASK, and if that is not answered either the end of the session | `Timeout`, effect unknown |
//! | the connection ends, or nobody answers at the address | `Gone`: this arrival of the drive is over for the host |
//! | the target cannot carry the command out, rejects a PDU or breaks the protocol, a digest does not match | `Transport` |
//!
//! A session that this side ended is logged in again with the next command; one that was lost when the driver looks for the drive again.
//!
//! # Hands at the drive
//! What no initiator can do (buttons, discs, plugs, power, faults inside of the drive) an [`Attendant`] can, where there is one:
//! discrig's own server has one at its control socket. Without it those abilities are not declared.

#![forbid(unsafe_code)]

mod abilities;
mod address;
mod ask;
mod attendant;
mod bench;
mod faults;
mod hands;
mod keeper;
mod nexus;
mod options;
mod seat;
mod session;

pub use address::{Address, AddressError};
pub use attendant::{Attendant, ServedSession, Situation};
pub use bench::{IscsiBench, OpenError};
pub use options::IscsiOptions;
pub use session::LinkError;
