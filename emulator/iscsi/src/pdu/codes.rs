//! Opcodes, flags and codes of PDUs: open numbers with names, since peers may send any.

use super::field::wrapped;
use bitflags::bitflags;
use core::fmt;

/// Numbers with names: a newtype, a constant for each row, and the name for people.
macro_rules! codes {
    ($($(#[$doc:meta])* $type:ident: $number:ty { $($(#[$row_doc:meta])* $name:ident = $value:literal $text:literal,)* })*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub struct $type(pub $number);

        impl $type {
            $($(#[$row_doc])* pub const $name: $type = $type($value);)*

            /// Every value that has a name, in ascending order.
            pub const NAMED: &[($type, &str)] = &[$(($type($value), $text),)*];

            /// The standard's name, or `None` for a value that it does not assign.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                $type::NAMED.iter().find(|(value, _)| *value == self).map(|(_, name)| *name)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, concat!(stringify!($type), " {:02X}h"), self.0),
                }
            }
        }
    )* };
}

codes! {
    /// What kind of PDU a header begins (RFC 7143, 11.2.1.2).
    Opcode: u8 {
        /// A ping by the initiator, or its answer to one.
        NOP_OUT = 0x00 "NOP-Out",
        /// A command.
        SCSI_COMMAND = 0x01 "SCSI Command",
        /// A task management function.
        TASK_MANAGEMENT_REQUEST = 0x02 "Task Management Function Request",
        /// A step of the login.
        LOGIN_REQUEST = 0x03 "Login Request",
        /// Text in full feature phase.
        TEXT_REQUEST = 0x04 "Text Request",
        /// Data of a command for the target.
        DATA_OUT = 0x05 "SCSI Data-Out",
        /// End of a connection or a session.
        LOGOUT_REQUEST = 0x06 "Logout Request",
        /// A request to send something again.
        SNACK_REQUEST = 0x10 "SNACK Request",
        /// A ping by the target, or its answer to one.
        NOP_IN = 0x20 "NOP-In",
        /// Status of a command.
        SCSI_RESPONSE = 0x21 "SCSI Response",
        /// Outcome of a task management function.
        TASK_MANAGEMENT_RESPONSE = 0x22 "Task Management Function Response",
        /// A step of the login.
        LOGIN_RESPONSE = 0x23 "Login Response",
        /// Text in full feature phase.
        TEXT_RESPONSE = 0x24 "Text Response",
        /// Data of a command for the initiator.
        DATA_IN = 0x25 "SCSI Data-In",
        /// Outcome of a logout.
        LOGOUT_RESPONSE = 0x26 "Logout Response",
        /// Ready to transfer: a request for data.
        READY_TO_TRANSFER = 0x31 "Ready To Transfer",
        /// Something happened at the target.
        ASYNC_MESSAGE = 0x32 "Asynchronous Message",
        /// A PDU was not accepted.
        REJECT = 0x3F "Reject",
    }

    /// Where a SCSI Response comes from (RFC 7143, 11.4.3).
    ScsiResponseCode: u8 {
        /// The command ended at the target, with a status.
        COMPLETED = 0x00 "Command Completed at Target",
        /// The target could not deliver the command to the device.
        TARGET_FAILURE = 0x01 "Target Failure",
    }

    /// What a task management request asks for (RFC 7143, 11.5.1).
    TaskManagementFunction: u8 {
        /// One task.
        ABORT_TASK = 0x01 "ABORT TASK",
        /// All tasks of this session in a logical unit.
        ABORT_TASK_SET = 0x02 "ABORT TASK SET",
        /// The condition after a CHECK CONDITION with NACA.
        CLEAR_ACA = 0x03 "CLEAR ACA",
        /// All tasks of everybody in a logical unit.
        CLEAR_TASK_SET = 0x04 "CLEAR TASK SET",
        /// A logical unit.
        LOGICAL_UNIT_RESET = 0x05 "LOGICAL UNIT RESET",
        /// All logical units of the target.
        TARGET_WARM_RESET = 0x06 "TARGET WARM RESET",
        /// The target as by switching it off and on; all sessions end.
        TARGET_COLD_RESET = 0x07 "TARGET COLD RESET",
        /// A task goes over to this connection.
        TASK_REASSIGN = 0x08 "TASK REASSIGN",
    }

    /// Outcome of a task management request (RFC 7143, 11.6.1).
    TaskManagementResponseCode: u8 {
        /// Done.
        FUNCTION_COMPLETE = 0x00 "Function complete",
        /// The task is not known, or has ended.
        TASK_DOES_NOT_EXIST = 0x01 "Task does not exist",
        /// There is no such logical unit.
        LUN_DOES_NOT_EXIST = 0x02 "LUN does not exist",
        /// The old connection of the task still lives.
        TASK_STILL_ALLEGIANT = 0x03 "Task still allegiant",
        /// Tasks do not change their connection here.
        REASSIGNMENT_NOT_SUPPORTED = 0x04 "Task allegiance reassignment not supported",
        /// The target does not know the function.
        FUNCTION_NOT_SUPPORTED = 0x05 "Task management function not supported",
        /// The initiator may not do that.
        AUTHORIZATION_FAILED = 0x06 "Function authorization failed",
        /// Refused for another reason.
        REJECTED = 0xFF "Function rejected",
    }

    /// What a logout ends (RFC 7143, 11.14.1).
    LogoutReason: u8 {
        /// The session with all its connections.
        CLOSE_SESSION = 0x00 "close the session",
        /// One connection.
        CLOSE_CONNECTION = 0x01 "close the connection",
        /// One connection, so that its tasks can go over to another.
        RECOVERY = 0x02 "remove the connection for recovery",
    }

    /// Outcome of a logout (RFC 7143, 11.15.1).
    LogoutResponseCode: u8 {
        /// Done.
        CLOSED = 0x00 "connection or session closed successfully",
        /// No connection with that identifier.
        CID_NOT_FOUND = 0x01 "CID not found",
        /// Recovery needs error recovery level 2.
        RECOVERY_NOT_SUPPORTED = 0x02 "connection recovery is not supported",
        /// Something went wrong.
        CLEANUP_FAILED = 0x03 "cleanup failed",
    }

    /// Why a PDU was not accepted (RFC 7143, 11.17.1).
    RejectReason: u8 {
        /// The data segment does not match its digest.
        DATA_DIGEST_ERROR = 0x02 "Data (payload) digest error",
        /// Nothing is sent again here.
        SNACK_REJECT = 0x03 "SNACK Reject",
        /// Not at this time, or not in this way.
        PROTOCOL_ERROR = 0x04 "Protocol Error",
        /// The target does not know the opcode.
        COMMAND_NOT_SUPPORTED = 0x05 "Command not supported",
        /// Too many immediate requests.
        IMMEDIATE_COMMAND_REJECT = 0x06 "Immediate command reject",
        /// The task tag is in use.
        TASK_IN_PROGRESS = 0x07 "Task in progress",
        /// Data were acknowledged that were never sent.
        INVALID_DATA_ACK = 0x08 "Invalid data ack",
        /// A field has a value that it cannot have.
        INVALID_PDU_FIELD = 0x09 "Invalid PDU field",
        /// Out of resources: the target cannot make a target transfer tag.
        LONG_OPERATION_REJECT = 0x0A "Long op reject",
        /// The negotiation starts again.
        NEGOTIATION_RESET = 0x0B "Negotiation reset",
        /// Only a logout is accepted.
        WAITING_FOR_LOGOUT = 0x0C "Waiting for logout",
    }

    /// What an asynchronous message tells (RFC 7143, 11.9.1).
    AsyncEvent: u8 {
        /// A SCSI event, with sense data.
        SCSI = 0x00 "SCSI asynchronous event",
        /// The initiator is to log out within so many seconds.
        LOGOUT_REQUEST = 0x01 "target requests logout",
        /// This connection will be dropped.
        CONNECTION_DROP = 0x02 "target will drop the connection",
        /// All connections of the session will be dropped.
        SESSION_DROP = 0x03 "target will drop all connections of the session",
        /// The initiator is to negotiate parameters.
        NEGOTIATION_REQUEST = 0x04 "target requests parameter negotiation",
        /// Tasks of a logical unit have ended.
        TASKS_TERMINATED = 0x05 "tasks of the logical unit are terminated",
    }

    /// Outcome of a step of a login: class in the upper byte, detail in the lower (RFC 7143, 11.13.5).
    LoginStatus: u16 {
        /// Goes on, or is done.
        SUCCESS = 0x0000 "success",
        /// The target is elsewhere for a time.
        TARGET_MOVED_TEMPORARILY = 0x0101 "target moved temporarily",
        /// The target is elsewhere for good.
        TARGET_MOVED_PERMANENTLY = 0x0102 "target moved permanently",
        /// The initiator did something wrong that has no code of its own.
        INITIATOR_ERROR = 0x0200 "initiator error",
        /// The initiator could not be authenticated.
        AUTHENTICATION_FAILURE = 0x0201 "authentication failure",
        /// The initiator may not use the target.
        AUTHORIZATION_FAILURE = 0x0202 "authorization failure",
        /// No such target.
        NOT_FOUND = 0x0203 "not found",
        /// The target was removed and has no new address.
        TARGET_REMOVED = 0x0204 "target removed",
        /// No version in common.
        UNSUPPORTED_VERSION = 0x0205 "unsupported version",
        /// The session has all the connections that it may have.
        TOO_MANY_CONNECTIONS = 0x0206 "too many connections",
        /// A key is missing without which there is no login.
        MISSING_PARAMETER = 0x0207 "missing parameter",
        /// The session cannot have this connection.
        CANNOT_INCLUDE_IN_SESSION = 0x0208 "can't include in session",
        /// No such type of session.
        SESSION_TYPE_NOT_SUPPORTED = 0x0209 "session type not supported",
        /// No session with that handle.
        SESSION_DOES_NOT_EXIST = 0x020A "session does not exist",
        /// A request that has no place in a login.
        INVALID_DURING_LOGIN = 0x020B "invalid during login",
        /// Hardware or software of the target failed.
        TARGET_ERROR = 0x0300 "target error",
        /// The target is not in service.
        SERVICE_UNAVAILABLE = 0x0301 "service unavailable",
        /// Not enough resources.
        OUT_OF_RESOURCES = 0x0302 "out of resources",
    }

    /// Stages of a connection, as CSG and NSG name them (RFC 7143, 11.12.3).
    Stage: u8 {
        /// Who is it?
        SECURITY_NEGOTIATION = 0x00 "SecurityNegotiation",
        /// How do we speak?
        OPERATIONAL_NEGOTIATION = 0x01 "LoginOperationalNegotiation",
        /// Commands.
        FULL_FEATURE = 0x03 "FullFeaturePhase",
    }
}

impl LoginStatus {
    /// The class: 0 success, 1 redirection, 2 the initiator's error, 3 the target's.
    #[must_use]
    pub const fn class(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Whether the login goes on or is done.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.class() == 0
    }
}

bitflags! {
    /// Byte 1 of a SCSI Command (RFC 7143, 11.3.1); the lowest three bits are the [`TaskAttribute`].
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct CommandFlags: u8 {
        /// No unsolicited data follow.
        const FINAL = 0x80;
        /// Data for the initiator are expected.
        const READ = 0x40;
        /// Data for the target are expected.
        const WRITE = 0x20;
        const _ = !0;
    }

    /// Byte 1 of a SCSI Response (RFC 7143, 11.4.1).
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct ResponseFlags: u8 {
        /// Always set.
        const FINAL = 0x80;
        /// Overflow of the read part of a bidirectional command.
        const BIDIRECTIONAL_OVERFLOW = 0x10;
        /// Underflow of the read part of a bidirectional command.
        const BIDIRECTIONAL_UNDERFLOW = 0x08;
        /// The device had more data, or wanted more, than the initiator expected.
        const OVERFLOW = 0x04;
        /// Less was transferred than the initiator expected.
        const UNDERFLOW = 0x02;
        const _ = !0;
    }

    /// Byte 1 of Data-Out and Data-In (RFC 7143, 11.7.1).
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct DataFlags: u8 {
        /// The last one of its sequence.
        const FINAL = 0x80;
        /// The initiator is to acknowledge.
        const ACKNOWLEDGE = 0x40;
        /// As in [`ResponseFlags`], with status.
        const OVERFLOW = 0x04;
        /// As in [`ResponseFlags`], with status.
        const UNDERFLOW = 0x02;
        /// The PDU carries the status of the command.
        const STATUS = 0x01;
        const _ = !0;
    }

    /// Byte 1 of Text Request and Text Response (RFC 7143, 11.10.1).
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct TextFlags: u8 {
        /// The sender has nothing to add.
        const FINAL = 0x80;
        /// The text goes on in the next PDU.
        const CONTINUE = 0x40;
        const _ = !0;
    }
}

/// How a command is to be queued (RFC 7143, 11.3.1).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TaskAttribute {
    /// ACA.
    Aca,
    /// HEAD OF QUEUE.
    HeadOfQueue,
    /// ORDERED.
    Ordered,
    /// SIMPLE.
    #[default]
    Simple,
    /// None given, or a value without a meaning.
    Untagged,
}

impl TaskAttribute {
    const CODES: [(u8, TaskAttribute); 5] = [
        (0, TaskAttribute::Untagged),
        (1, TaskAttribute::Simple),
        (2, TaskAttribute::Ordered),
        (3, TaskAttribute::HeadOfQueue),
        (4, TaskAttribute::Aca),
    ];
    const MASK: u8 = 0x07;
}

impl CommandFlags {
    /// The task attribute.
    #[must_use]
    pub fn attribute(self) -> TaskAttribute {
        let code = self.bits() & TaskAttribute::MASK;
        TaskAttribute::CODES.iter().find(|row| row.0 == code).map_or(TaskAttribute::Untagged, |row| row.1)
    }

    /// The same flags with another task attribute.
    #[must_use]
    pub fn with_attribute(self, attribute: TaskAttribute) -> CommandFlags {
        let code = TaskAttribute::CODES.iter().find(|row| row.1 == attribute).map_or(0, |row| row.0);
        CommandFlags::from_bits_retain(self.bits() & !TaskAttribute::MASK | code)
    }
}

/// Byte 1 of login PDUs: transit and continue bits, current and next stage (RFC 7143, 11.12.1 to 11.12.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LoginFlags {
    /// The sender is ready to go to the next stage.
    pub transit: bool,
    /// The text goes on in the next PDU.
    pub continues: bool,
    /// The stage of this exchange.
    pub current: Stage,
    /// The stage to go to; means something with `transit` only.
    pub next: Stage,
}

impl LoginFlags {
    fn from_byte(byte: u8) -> LoginFlags {
        LoginFlags {
            transit: byte & 0x80 != 0,
            continues: byte & 0x40 != 0,
            current: Stage(byte >> 2 & 3),
            next: Stage(byte & 3),
        }
    }

    fn byte(self) -> u8 {
        u8::from(self.transit) << 7
            | u8::from(self.continues) << 6
            | (self.current.0 & 3) << 2
            | self.next.0 & 3
    }
}

wrapped! {
    ScsiResponseCode: u8 = ScsiResponseCode, |code| code.0;
    TaskManagementFunction: u8 = |byte| TaskManagementFunction(byte & 0x7F), |function| function.0 & 0x7F;
    TaskManagementResponseCode: u8 = TaskManagementResponseCode, |code| code.0;
    LogoutReason: u8 = |byte| LogoutReason(byte & 0x7F), |reason| reason.0 & 0x7F;
    LogoutResponseCode: u8 = LogoutResponseCode, |code| code.0;
    RejectReason: u8 = RejectReason, |reason| reason.0;
    AsyncEvent: u8 = AsyncEvent, |event| event.0;
    LoginStatus: u16 = LoginStatus, |status| status.0;
    CommandFlags: u8 = CommandFlags::from_bits_retain, |flags| flags.bits();
    ResponseFlags: u8 = ResponseFlags::from_bits_retain, |flags| flags.bits();
    DataFlags: u8 = DataFlags::from_bits_retain, |flags| flags.bits();
    TextFlags: u8 = TextFlags::from_bits_retain, |flags| flags.bits();
    LoginFlags: u8 = LoginFlags::from_byte, LoginFlags::byte;
}
