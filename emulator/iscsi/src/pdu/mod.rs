//! Protocol data units (RFC 7143, section 11).
//!
//! A PDU is a basic header segment of 48 bytes, additional header segments, a digest of the header, a data segment and its digest; all but
//! the first are optional. [`layout`] has the fields of each header as a table, [`codes`] the numbers in them. Reading a header cannot
//! fail, since each value of each field is representable; what a value means at that moment is for the state machines to judge.

mod additional;
mod bhs;
pub mod codes;
mod field;
pub mod layout;
mod lun;
mod request;
mod response;
#[cfg(test)]
mod tests;

pub use additional::{Additional, AdditionalError};
pub use bhs::{Bhs, RESERVED_TAG, padding};
pub use codes::{
    AsyncEvent, CommandFlags, DataFlags, LoginFlags, LoginStatus, LogoutReason, LogoutResponseCode, Opcode,
    RejectReason, ResponseFlags, ScsiResponseCode, Stage, TaskAttribute, TaskManagementFunction,
    TaskManagementResponseCode, TextFlags,
};
pub use layout::{
    AsyncMessage, DataIn, DataOut, LoginRequest, LoginResponse, LogoutRequest, LogoutResponse, NopIn, NopOut,
    ReadyToTransfer, Reject, ScsiCommand, ScsiResponse, SnackRequest, TaskManagementRequest,
    TaskManagementResponse, TextRequest, TextResponse,
};
pub use lun::{Isid, Lun};
pub use request::Request;
pub use response::Response;

/// The only version of the protocol that there is.
pub const VERSION: u8 = 0;
