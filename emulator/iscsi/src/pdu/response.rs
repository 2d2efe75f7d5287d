//! What a target sends, by opcode.

use super::request::directions;
use super::{
    AsyncMessage, Bhs, DataIn, LoginResponse, LogoutResponse, NopIn, Opcode, ReadyToTransfer, Reject,
    ScsiResponse, TaskManagementResponse, TextResponse,
};

directions! {
    /// A header that a target sent.
    Response {
        /// Something happened at the target.
        Async(AsyncMessage),
        /// Data of a command.
        DataIn(DataIn),
        /// A step of the login.
        Login(LoginResponse),
        /// Outcome of a logout.
        Logout(LogoutResponse),
        /// A ping, or the answer to one.
        NopIn(NopIn),
        /// A request for data.
        ReadyToTransfer(ReadyToTransfer),
        /// A PDU was not accepted.
        Reject(Reject),
        /// Status of a command.
        ScsiResponse(ScsiResponse),
        /// Outcome of a task management function.
        TaskManagement(TaskManagementResponse),
        /// Text.
        Text(TextResponse),
    }
}
