//! What an initiator sends, by opcode.

use super::{
    Bhs, DataOut, LoginRequest, LogoutRequest, NopOut, Opcode, ScsiCommand, SnackRequest,
    TaskManagementRequest, TextRequest,
};

macro_rules! directions {
    ($(#[$doc:meta])* $direction:ident { $($(#[$row_doc:meta])* $name:ident($layout:ident),)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum $direction {
            $($(#[$row_doc])* $name($layout),)*
        }

        impl $direction {
            /// Reads a header by its opcode; `None` for opcodes that do not travel in this direction.
            #[must_use]
            pub fn parse(bhs: &Bhs) -> Option<$direction> {
                Some(match bhs.opcode() {
                    $($layout::OPCODE => $direction::$name($layout::parse(bhs)),)*
                    _ => return None,
                })
            }

            /// Every opcode of this direction.
            pub const OPCODES: &[Opcode] = &[$($layout::OPCODE,)*];
        }
    };
}

pub(super) use directions;

directions! {
    /// A header that an initiator sent.
    Request {
        /// Data of a command.
        DataOut(DataOut),
        /// A step of the login.
        Login(LoginRequest),
        /// End of a connection or a session.
        Logout(LogoutRequest),
        /// A ping, or the answer to one.
        NopOut(NopOut),
        /// A command.
        ScsiCommand(ScsiCommand),
        /// A request to send something again.
        Snack(SnackRequest),
        /// A task management function.
        TaskManagement(TaskManagementRequest),
        /// Text.
        Text(TextRequest),
    }
}
