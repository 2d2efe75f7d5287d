//! The headers of all PDUs, a row for each field (RFC 7143, 11.3 to 11.19).

use super::codes::{
    AsyncEvent, CommandFlags, DataFlags, LoginFlags, LoginStatus, LogoutReason, LogoutResponseCode,
    RejectReason, ResponseFlags, ScsiResponseCode, TaskManagementFunction, TaskManagementResponseCode,
    TextFlags,
};
use super::field::layouts;
use super::{Isid, Lun};
use discrig_wire::Status;

layouts! {
    /// A ping by the initiator, or its answer to one.
    NopOut = NOP_OUT | 0x80 {
        /// Copied from the ping that is answered.
        8 lun: Lun,
        /// Reserved when no answer is wanted.
        16 initiator_task_tag: u32,
        /// Reserved unless a ping is answered.
        20 target_transfer_tag: u32,
        /// Place in the order of requests.
        24 cmd_sn: u32,
        /// Next status that the initiator expects.
        28 exp_stat_sn: u32,
    }

    /// A command.
    ScsiCommand = SCSI_COMMAND {
        /// Directions, unsolicited data, task attribute.
        1 flags: CommandFlags,
        /// The logical unit.
        8 lun: Lun,
        /// The initiator's name for the task.
        16 initiator_task_tag: u32,
        /// Bytes that the initiator is ready to transfer.
        20 expected_data_transfer_length: u32,
        /// Place in the order of requests.
        24 cmd_sn: u32,
        /// Next status that the initiator expects.
        28 exp_stat_sn: u32,
        /// The command descriptor block, zero-padded.
        32 cdb: [u8; 16],
    }

    /// A task management function.
    TaskManagementRequest = TASK_MANAGEMENT_REQUEST | 0x80 {
        /// What is asked for.
        1 function: TaskManagementFunction,
        /// The logical unit, where the function has one.
        8 lun: Lun,
        /// The initiator's name for this request.
        16 initiator_task_tag: u32,
        /// The task that is meant, where the function has one.
        20 referenced_task_tag: u32,
        /// Place in the order of requests.
        24 cmd_sn: u32,
        /// Next status that the initiator expects.
        28 exp_stat_sn: u32,
        /// CmdSN of the task that is meant.
        32 ref_cmd_sn: u32,
        /// For TASK REASSIGN.
        36 exp_data_sn: u32,
    }

    /// A step of the login, by the initiator.
    LoginRequest = LOGIN_REQUEST {
        /// Transition and stages.
        1 flags: LoginFlags,
        /// Highest version that the initiator speaks.
        2 version_max: u8,
        /// Lowest version that the initiator speaks.
        3 version_min: u8,
        /// The initiator's part of the session's name.
        8 isid: Isid,
        /// The target's part of it; zero for a new session.
        14 tsih: u16,
        /// Stays the same throughout the login.
        16 initiator_task_tag: u32,
        /// The initiator's name for the connection.
        20 cid: u16,
        /// First in the order of requests.
        24 cmd_sn: u32,
        /// Next status that the initiator expects.
        28 exp_stat_sn: u32,
    }

    /// Text in full feature phase, by the initiator.
    TextRequest = TEXT_REQUEST {
        /// End and continuation.
        1 flags: TextFlags,
        /// Copied from the response that is continued.
        8 lun: Lun,
        /// The initiator's name for the exchange.
        16 initiator_task_tag: u32,
        /// Reserved at the beginning of an exchange.
        20 target_transfer_tag: u32,
        /// Place in the order of requests.
        24 cmd_sn: u32,
        /// Next status that the initiator expects.
        28 exp_stat_sn: u32,
    }

    /// Data of a command for the target.
    DataOut = DATA_OUT {
        /// End of a sequence.
        1 flags: DataFlags,
        /// The logical unit, when the data were asked for.
        8 lun: Lun,
        /// The command.
        16 initiator_task_tag: u32,
        /// The R2T that is answered; reserved for unsolicited data.
        20 target_transfer_tag: u32,
        /// Next status that the initiator expects.
        28 exp_stat_sn: u32,
        /// Place in the sequence.
        36 data_sn: u32,
        /// Place in the command's data, in bytes.
        40 buffer_offset: u32,
    }

    /// End of a connection or a session.
    LogoutRequest = LOGOUT_REQUEST | 0x80 {
        /// What ends.
        1 reason: LogoutReason,
        /// The initiator's name for this request.
        16 initiator_task_tag: u32,
        /// The connection, unless the session ends.
        20 cid: u16,
        /// Place in the order of requests.
        24 cmd_sn: u32,
        /// Next status that the initiator expects.
        28 exp_stat_sn: u32,
    }

    /// A request to send something again.
    SnackRequest = SNACK_REQUEST | 0x80 {
        /// What is missing; the lowest four bits.
        1 kind: u8,
        /// The logical unit, for acknowledgements.
        8 lun: Lun,
        /// The command.
        16 initiator_task_tag: u32,
        /// Tag of an acknowledgement.
        20 target_transfer_tag: u32,
        /// Next status that the initiator expects.
        28 exp_stat_sn: u32,
        /// First that is missing.
        40 beg_run: u32,
        /// How many are missing.
        44 run_length: u32,
    }

    /// A ping by the target, or its answer to one.
    NopIn = NOP_IN | 0x80 {
        /// For the initiator to copy.
        8 lun: Lun,
        /// The ping that is answered, or reserved.
        16 initiator_task_tag: u32,
        /// Reserved when no answer is wanted.
        20 target_transfer_tag: u32,
        /// Place in the order of status.
        24 stat_sn: u32,
        /// Next request that the target expects.
        28 exp_cmd_sn: u32,
        /// Last request that the target accepts.
        32 max_cmd_sn: u32,
    }

    /// Status of a command.
    ScsiResponse = SCSI_RESPONSE {
        /// Residuals.
        1 flags: ResponseFlags,
        /// Where the response comes from.
        2 response: ScsiResponseCode,
        /// The status byte.
        3 status: Status,
        /// The command.
        16 initiator_task_tag: u32,
        /// For recovery of data; reserved here.
        20 snack_tag: u32,
        /// Place in the order of status.
        24 stat_sn: u32,
        /// Next request that the target expects.
        28 exp_cmd_sn: u32,
        /// Last request that the target accepts.
        32 max_cmd_sn: u32,
        /// Data-In and R2T PDUs that were sent for the command.
        36 exp_data_sn: u32,
        /// Residual of the read part of a bidirectional command.
        40 bidirectional_residual_count: u32,
        /// Bytes, with one of the residual flags.
        44 residual_count: u32,
    }

    /// Outcome of a task management function.
    TaskManagementResponse = TASK_MANAGEMENT_RESPONSE | 0x80 {
        /// The outcome.
        2 response: TaskManagementResponseCode,
        /// The request.
        16 initiator_task_tag: u32,
        /// Place in the order of status.
        24 stat_sn: u32,
        /// Next request that the target expects.
        28 exp_cmd_sn: u32,
        /// Last request that the target accepts.
        32 max_cmd_sn: u32,
    }

    /// A step of the login, by the target.
    LoginResponse = LOGIN_RESPONSE {
        /// Transition and stages.
        1 flags: LoginFlags,
        /// Highest version that the target speaks.
        2 version_max: u8,
        /// The version that is spoken.
        3 version_active: u8,
        /// Copied from the request.
        8 isid: Isid,
        /// The target's part of the session's name, in the last response.
        14 tsih: u16,
        /// Copied from the request.
        16 initiator_task_tag: u32,
        /// Place in the order of status.
        24 stat_sn: u32,
        /// Next request that the target expects.
        28 exp_cmd_sn: u32,
        /// Last request that the target accepts.
        32 max_cmd_sn: u32,
        /// Class and detail.
        36 status: LoginStatus,
    }

    /// Text in full feature phase, by the target.
    TextResponse = TEXT_RESPONSE {
        /// End and continuation.
        1 flags: TextFlags,
        /// For the initiator to copy.
        8 lun: Lun,
        /// The exchange.
        16 initiator_task_tag: u32,
        /// Reserved in the last response of an exchange.
        20 target_transfer_tag: u32,
        /// Place in the order of status.
        24 stat_sn: u32,
        /// Next request that the target expects.
        28 exp_cmd_sn: u32,
        /// Last request that the target accepts.
        32 max_cmd_sn: u32,
    }

    /// Data of a command for the initiator.
    DataIn = DATA_IN {
        /// End of a sequence, status, residuals.
        1 flags: DataFlags,
        /// The status byte, where the flags say so.
        3 status: Status,
        /// The logical unit, for acknowledgements.
        8 lun: Lun,
        /// The command.
        16 initiator_task_tag: u32,
        /// For acknowledgements; reserved here.
        20 target_transfer_tag: u32,
        /// Place in the order of status, with status.
        24 stat_sn: u32,
        /// Next request that the target expects.
        28 exp_cmd_sn: u32,
        /// Last request that the target accepts.
        32 max_cmd_sn: u32,
        /// Place among the Data-In PDUs of the command.
        36 data_sn: u32,
        /// Place in the command's data, in bytes.
        40 buffer_offset: u32,
        /// Bytes, with one of the residual flags.
        44 residual_count: u32,
    }

    /// Outcome of a logout.
    LogoutResponse = LOGOUT_RESPONSE | 0x80 {
        /// The outcome.
        2 response: LogoutResponseCode,
        /// The request.
        16 initiator_task_tag: u32,
        /// Place in the order of status.
        24 stat_sn: u32,
        /// Next request that the target expects.
        28 exp_cmd_sn: u32,
        /// Last request that the target accepts.
        32 max_cmd_sn: u32,
        /// Seconds to wait before a reconnection.
        40 time2wait: u16,
        /// Seconds for which tasks are kept after that.
        42 time2retain: u16,
    }

    /// A request for data.
    ReadyToTransfer = READY_TO_TRANSFER | 0x80 {
        /// The logical unit.
        8 lun: Lun,
        /// The command.
        16 initiator_task_tag: u32,
        /// For the initiator to copy.
        20 target_transfer_tag: u32,
        /// Next place in the order of status.
        24 stat_sn: u32,
        /// Next request that the target expects.
        28 exp_cmd_sn: u32,
        /// Last request that the target accepts.
        32 max_cmd_sn: u32,
        /// Place among the R2T PDUs of the command.
        36 r2t_sn: u32,
        /// Place in the command's data, in bytes.
        40 buffer_offset: u32,
        /// How much is to be sent, in bytes.
        44 desired_data_transfer_length: u32,
    }

    /// Something happened at the target.
    AsyncMessage = ASYNC_MESSAGE | 0x80 {
        /// The logical unit, for SCSI events.
        8 lun: Lun,
        /// Always reserved.
        16 initiator_task_tag: u32,
        /// Place in the order of status.
        24 stat_sn: u32,
        /// Next request that the target expects.
        28 exp_cmd_sn: u32,
        /// Last request that the target accepts.
        32 max_cmd_sn: u32,
        /// What happened.
        36 event: AsyncEvent,
        /// A vendor's own code.
        37 vendor_code: u8,
        /// By the event: connection identifier.
        38 parameter1: u16,
        /// By the event: seconds to wait.
        40 parameter2: u16,
        /// By the event: seconds until a deadline.
        42 parameter3: u16,
    }

    /// A PDU was not accepted; its header is the data segment.
    Reject = REJECT | 0x80 {
        /// Why.
        2 reason: RejectReason,
        /// Always reserved.
        16 initiator_task_tag: u32,
        /// Place in the order of status.
        24 stat_sn: u32,
        /// Next request that the target expects.
        28 exp_cmd_sn: u32,
        /// Last request that the target accepts.
        32 max_cmd_sn: u32,
        /// For rejected SNACKs.
        36 data_sn: u32,
    }
}

impl SnackRequest {
    /// The bits of `kind` that say what is missing.
    pub const KIND: u8 = 0x0F;
    /// A kind: nothing is missing, Data-In is acknowledged (RFC 7143, 11.16.1).
    pub const DATA_ACK: u8 = 2;
}
