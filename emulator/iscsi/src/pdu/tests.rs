//! The tables of layouts and codes, and each header as bytes that were written by hand from the figures of RFC 7143, section 11.

use super::layout::LAYOUTS;
use super::*;
use discrig_wire::Status;

#[test]
fn fields_do_not_overlap_and_leave_the_framing_alone() {
    for (name, _, fields) in LAYOUTS {
        let mut end = 1;
        for (from, to) in *fields {
            assert!(*from >= end, "{name}: byte {from}");
            assert!(*to <= 4 || *from >= 8, "{name}: bytes 4 to 7 belong to the framing");
            end = *to;
        }
        assert!(end <= Bhs::LENGTH, "{name}");
    }
}

#[test]
fn each_opcode_has_one_layout_and_one_direction() {
    for (opcode, name) in Opcode::NAMED {
        assert_eq!(LAYOUTS.iter().filter(|row| row.1 == *opcode).count(), 1, "{name}");
        let requests = usize::from(Request::OPCODES.contains(opcode));
        assert_eq!(requests + usize::from(Response::OPCODES.contains(opcode)), 1, "{name}");
        assert_eq!(Response::OPCODES.contains(opcode), opcode.0 >= 0x20, "{name}");
    }
}

#[test]
fn codes_are_named_once_in_ascending_order() {
    fn check<T: Ord + Copy>(rows: &[(T, &str)]) {
        assert!(rows.is_sorted_by(|a, b| a.0 < b.0));
        let mut names: Vec<_> = rows.iter().map(|row| row.1).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), rows.len());
    }
    check(Opcode::NAMED);
    check(AsyncEvent::NAMED);
    check(LoginStatus::NAMED);
    check(LogoutReason::NAMED);
    check(LogoutResponseCode::NAMED);
    check(RejectReason::NAMED);
    check(ScsiResponseCode::NAMED);
    check(Stage::NAMED);
    check(TaskManagementFunction::NAMED);
    check(TaskManagementResponseCode::NAMED);
    assert_eq!(LoginStatus(0x0203).to_string(), "not found");
    assert_eq!(RejectReason(0x77).to_string(), "RejectReason 77h");
}

/// Bytes from text with blanks between them.
fn bytes(text: &str) -> [u8; 48] {
    let bytes: Vec<u8> = text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

/// A layout as it is encoded and as it is parsed.
macro_rules! check {
    ($text:literal, $layout:ident $fields:tt) => {{
        let (bytes, value) = (bytes($text), $layout $fields);
        assert_eq!(value.encode().0, bytes, "{value:?}");
        assert_eq!($layout::parse(&Bhs(bytes)), value);
    }};
}

const LUN: Lun = Lun(0x0001_0000_0000_0000);
const ISID: Isid = Isid([0x80, 0x12, 0x34, 0x56, 0x78, 0x9A]);

#[test]
fn requests_of_commands_as_bytes() {
    check!(
        "00 80 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 0A FF FF FF FF 00 00 00 0B 00 00 00 0C
         00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
        NopOut {
            lun: LUN,
            initiator_task_tag: 10,
            target_transfer_tag: RESERVED_TAG,
            cmd_sn: 11,
            exp_stat_sn: 12
        }
    );
    check!(
        "01 C1 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 0A 00 00 08 00 00 00 00 0B 00 00 00 0C
         28 00 00 00 00 10 00 00 01 00 00 00 00 00 00 00",
        ScsiCommand {
            flags: (CommandFlags::FINAL | CommandFlags::READ).with_attribute(TaskAttribute::Simple),
            lun: LUN,
            initiator_task_tag: 10,
            expected_data_transfer_length: 2048,
            cmd_sn: 11,
            exp_stat_sn: 12,
            cdb: [0x28, 0, 0, 0, 0, 0x10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        }
    );
    check!(
        "02 85 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 0A FF FF FF FF 00 00 00 0B 00 00 00 0C
         00 00 00 0D 00 00 00 0E 00 00 00 00 00 00 00 00",
        TaskManagementRequest {
            function: TaskManagementFunction::LOGICAL_UNIT_RESET,
            lun: LUN,
            initiator_task_tag: 10,
            referenced_task_tag: RESERVED_TAG,
            cmd_sn: 11,
            exp_stat_sn: 12,
            ref_cmd_sn: 13,
            exp_data_sn: 14,
        }
    );
}

#[test]
fn requests_of_text_as_bytes() {
    check!(
        "03 87 02 01 00 00 00 00 80 12 34 56 78 9A 00 05 00 00 00 0A 00 07 00 00 00 00 00 0B 00 00 00 0C
         00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
        LoginRequest {
            flags: LoginFlags {
                transit: true,
                continues: false,
                current: Stage::OPERATIONAL_NEGOTIATION,
                next: Stage::FULL_FEATURE,
            },
            version_max: 2,
            version_min: 1,
            isid: ISID,
            tsih: 5,
            initiator_task_tag: 10,
            cid: 7,
            cmd_sn: 11,
            exp_stat_sn: 12,
        }
    );
    check!(
        "04 40 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 0A 00 00 00 09 00 00 00 0B 00 00 00 0C
         00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
        TextRequest {
            flags: TextFlags::CONTINUE,
            lun: LUN,
            initiator_task_tag: 10,
            target_transfer_tag: 9,
            cmd_sn: 11,
            exp_stat_sn: 12,
        }
    );
    check!(
        "05 80 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 0A 00 00 00 09 00 00 00 00 00 00 00 0C
         00 00 00 00 00 00 00 03 00 00 10 00 00 00 00 00",
        DataOut {
            flags: DataFlags::FINAL,
            lun: LUN,
            initiator_task_tag: 10,
            target_transfer_tag: 9,
            exp_stat_sn: 12,
            data_sn: 3,
            buffer_offset: 4096,
        }
    );
    check!(
        "06 81 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 0A 00 07 00 00 00 00 00 0B 00 00 00 0C
         00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
        LogoutRequest {
            reason: LogoutReason::CLOSE_CONNECTION,
            initiator_task_tag: 10,
            cid: 7,
            cmd_sn: 11,
            exp_stat_sn: 12,
        }
    );
    check!(
        "10 81 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 0A 00 00 00 09 00 00 00 00 00 00 00 0C
         00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 04",
        SnackRequest {
            kind: 0x81,
            lun: LUN,
            initiator_task_tag: 10,
            target_transfer_tag: 9,
            exp_stat_sn: 12,
            beg_run: 2,
            run_length: 4,
        }
    );
}

#[test]
fn responses_to_commands_as_bytes() {
    let (stat_sn, exp_cmd_sn, max_cmd_sn, initiator_task_tag) = (0x14, 0x15, 0x16, 10);
    check!(
        "20 80 00 00 00 00 00 00 00 01 00 00 00 00 00 00 FF FF FF FF 00 00 00 09 00 00 00 14 00 00 00 15
         00 00 00 16 00 00 00 00 00 00 00 00 00 00 00 00",
        NopIn {
            lun: LUN,
            initiator_task_tag: RESERVED_TAG,
            target_transfer_tag: 9,
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn
        }
    );
    check!(
        "21 82 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 14 00 00 00 15
         00 00 00 16 00 00 00 03 00 00 00 00 00 00 08 00",
        ScsiResponse {
            flags: ResponseFlags::FINAL | ResponseFlags::UNDERFLOW,
            response: ScsiResponseCode::COMPLETED,
            status: Status::CHECK_CONDITION,
            initiator_task_tag,
            snack_tag: 0,
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn,
            exp_data_sn: 3,
            bidirectional_residual_count: 0,
            residual_count: 2048,
        }
    );
    check!(
        "22 80 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 14 00 00 00 15
         00 00 00 16 00 00 00 00 00 00 00 00 00 00 00 00",
        TaskManagementResponse {
            response: TaskManagementResponseCode::TASK_DOES_NOT_EXIST,
            initiator_task_tag,
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn
        }
    );
}

#[test]
fn responses_of_text_as_bytes() {
    let (stat_sn, exp_cmd_sn, max_cmd_sn, initiator_task_tag) = (0x14, 0x15, 0x16, 10);
    check!(
        "23 81 00 00 00 00 00 00 80 12 34 56 78 9A 00 05 00 00 00 0A 00 00 00 00 00 00 00 14 00 00 00 15
         00 00 00 16 02 01 00 00 00 00 00 00 00 00 00 00",
        LoginResponse {
            flags: LoginFlags {
                transit: true,
                continues: false,
                current: Stage::SECURITY_NEGOTIATION,
                next: Stage::OPERATIONAL_NEGOTIATION,
            },
            version_max: 0,
            version_active: 0,
            isid: ISID,
            tsih: 5,
            initiator_task_tag,
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn,
            status: LoginStatus::AUTHENTICATION_FAILURE,
        }
    );
    check!(
        "24 80 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 0A FF FF FF FF 00 00 00 14 00 00 00 15
         00 00 00 16 00 00 00 00 00 00 00 00 00 00 00 00",
        TextResponse {
            flags: TextFlags::FINAL,
            lun: LUN,
            initiator_task_tag,
            target_transfer_tag: RESERVED_TAG,
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn,
        }
    );
    check!(
        "25 85 00 08 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 0A FF FF FF FF 00 00 00 14 00 00 00 15
         00 00 00 16 00 00 00 03 00 00 10 00 00 00 08 00",
        DataIn {
            flags: DataFlags::FINAL | DataFlags::OVERFLOW | DataFlags::STATUS,
            status: Status::BUSY,
            lun: LUN,
            initiator_task_tag,
            target_transfer_tag: RESERVED_TAG,
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn,
            data_sn: 3,
            buffer_offset: 4096,
            residual_count: 2048,
        }
    );
    check!(
        "26 80 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 14 00 00 00 15
         00 00 00 16 00 00 00 00 00 02 00 14 00 00 00 00",
        LogoutResponse {
            response: LogoutResponseCode::RECOVERY_NOT_SUPPORTED,
            initiator_task_tag,
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn,
            time2wait: 2,
            time2retain: 20,
        }
    );
}

#[test]
fn other_responses_as_bytes() {
    let (stat_sn, exp_cmd_sn, max_cmd_sn, initiator_task_tag) = (0x14, 0x15, 0x16, 10);
    check!(
        "31 80 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 0A 00 00 00 09 00 00 00 14 00 00 00 15
         00 00 00 16 00 00 00 01 00 00 10 00 00 04 00 00",
        ReadyToTransfer {
            lun: LUN,
            initiator_task_tag,
            target_transfer_tag: 9,
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn,
            r2t_sn: 1,
            buffer_offset: 4096,
            desired_data_transfer_length: 262_144,
        }
    );
    check!(
        "32 80 00 00 00 00 00 00 00 01 00 00 00 00 00 00 FF FF FF FF 00 00 00 00 00 00 00 14 00 00 00 15
         00 00 00 16 01 00 00 02 00 03 00 1E 00 00 00 00",
        AsyncMessage {
            lun: LUN,
            initiator_task_tag: RESERVED_TAG,
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn,
            event: AsyncEvent::LOGOUT_REQUEST,
            vendor_code: 0,
            parameter1: 2,
            parameter2: 3,
            parameter3: 30,
        }
    );
    check!(
        "3F 80 07 00 00 00 00 00 00 00 00 00 00 00 00 00 FF FF FF FF 00 00 00 00 00 00 00 14 00 00 00 15
         00 00 00 16 00 00 00 01 00 00 00 00 00 00 00 00",
        Reject {
            reason: RejectReason::TASK_IN_PROGRESS,
            initiator_task_tag: RESERVED_TAG,
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn,
            data_sn: 1
        }
    );
}

#[test]
fn what_all_headers_have_in_common() {
    let mut bhs = Bhs::blank(Opcode::SCSI_COMMAND);
    bhs.set_immediate(true);
    bhs.set_data_length(0x01_02_03);
    bhs.set_additional_words(2);
    assert_eq!(bhs.0[..8], [0x41, 0, 0, 0, 2, 1, 2, 3]);
    assert!(bhs.is_immediate());
    assert_eq!(
        (bhs.opcode(), bhs.additional_length(), bhs.data_length()),
        (Opcode::SCSI_COMMAND, 8, 0x01_02_03)
    );
    assert_eq!([0, 1, 2, 3, 4, 5].map(padding), [0, 3, 2, 1, 0, 3]);
}

#[test]
fn logical_unit_numbers_have_two_short_forms() {
    for (lun, number) in [
        (0, Some(0)),
        (0x0001_0000_0000_0000, Some(1)),
        (0x4100_0000_0000_0000, Some(0x100)),
        (0x4001_0000_0000_0000, Some(1)),
        (0xC101_0000_0000_0000, None),
        (0x0100_0000_0000_0000, None),
        (0x0001_0001_0000_0000, None),
    ] {
        assert_eq!(Lun(lun).number(), number, "{lun:016X}");
    }
    assert_eq!(Lun::single_level(1), LUN);
    assert_eq!(Lun::single_level(0x100), Lun(0x4100_0000_0000_0000));
}

#[test]
fn additional_header_segments() {
    let all = |bytes: &[u8]| {
        Additional::parse_all(bytes).map(|segment| segment.map(|s| format!("{s:?}"))).collect::<Vec<_>>()
    };
    let expected = [0, 5, 2, 0, 0, 0, 8, 0];
    assert_eq!(all(&expected), [Ok("ExpectedReadLength(2048)".to_owned())]);
    let extended = [0, 5, 1, 0, 1, 2, 3, 4, 0, 5, 2, 0, 0, 0, 8, 0];
    assert_eq!(
        all(&extended),
        [Ok("ExtendedCdb([1, 2, 3, 4])".to_owned()), Ok("ExpectedReadLength(2048)".to_owned())]
    );
    for broken in [
        &[0, 9, 1, 0][..],
        &[0, 5],
        &[0xFF, 0xFF, 1, 0, 0, 0, 0, 0],
        &[0, 2, 2, 0, 1, 0, 0, 0],
        &[0, 0, 1, 0],
    ] {
        assert!(all(broken).contains(&Err(AdditionalError)), "{broken:02X?}");
    }
}
