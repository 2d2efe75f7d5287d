//! Identity, configuration, modes, events, diagnostics and mechanism.

macro_rules! rows {
    ($($before:tt)*) => {
        chain! {
        $($before)*

        /// Asks whether the medium can be accessed now.
        0x00 TestUnitReady "TEST UNIT READY"
        length 6, None, [NEEDS_MEDIUM], 20_000 ms, features [0x0001], clause "MMC-5 6.42"
        {}

        /// Asks for sense data: a pending unit attention, progress, or the present state.
        0x03 RequestSense "REQUEST SENSE"
        length 6, In, [UA_EXEMPT RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [0x0001], clause "MMC-5 6.30"
        {
            descriptor: bool = 1[0; 1] "Descriptor format is wanted rather than fixed.",
            allocation_length: u8 = 4[7; 8] "Most bytes to return.",
        }

        /// Asks for the identity of the unit or a page of vital product data.
        0x12 Inquiry "INQUIRY"
        length 6, In, [UA_EXEMPT RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [0x0001], clause "MMC-5 6.9"
        {
            evpd: bool = 1[0; 1] "A page of vital product data is wanted.",
            page_code: u8 = 2[7; 8] "Which page.",
            allocation_length: u16 = 3[7; 16] "Most bytes to return.",
        }

        /// Changes mode pages; the 6-byte form that generic SCSI stacks send.
        0x15 ModeSelect6 "MODE SELECT(6)"
        length 6, Out, [WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.7"
        {
            page_format: bool = 1[4; 1] "The parameter list has pages (always, in MMC).",
            save_pages: bool = 1[0; 1] "Keep the values over a reset.",
            parameter_list_length: u8 = 4[7; 8] "Bytes of the parameter list.",
        }

        /// Asks for mode pages; the 6-byte form that generic SCSI stacks send.
        0x1A ModeSense6 "MODE SENSE(6)"
        length 6, In, [WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.9"
        {
            disable_block_descriptors: bool = 1[3; 1] "No block descriptor is wanted.",
            page_control: u8 = 2[7; 2] "0 current, 1 changeable, 2 default, 3 saved values.",
            page_code: u8 = 2[5; 6] "Which page; 3Fh is all.",
            subpage_code: u8 = 3[7; 8] "Which subpage.",
            allocation_length: u8 = 4[7; 8] "Most bytes to return.",
        }

        /// Starts, stops, loads or ejects, or changes the power condition.
        0x1B StartStopUnit "START STOP UNIT"
        length 6, None, [LONG REMOVAL], 240_000 ms, features [0x0003 0x0100], clause "MMC-5 6.40"
        {
            immed: bool = 1[0; 1] "Return before the operation is done.",
            format_layer: u8 = 3[1; 2] "Layer of a hybrid disc.",
            power_condition: u8 = 4[7; 4] "0 none, 2 idle, 3 standby, 5 sleep.",
            select_format_layer: bool = 4[2; 1] "FL: select the format layer.",
            load_eject: bool = 4[1; 1] "LOEJ: move the medium.",
            start: bool = 4[0; 1] "Start or load rather than stop or eject.",
        }

        /// Tests the drive.
        0x1D SendDiagnostic "SEND DIAGNOSTIC"
        length 6, Out, [LONG], 240_000 ms, features [], clause "SPC-3 6.28"
        {
            self_test_code: u8 = 1[7; 3] "Which test, when `self_test` is not set; 0 none.",
            page_format: bool = 1[4; 1] "The parameter list has pages.",
            self_test: bool = 1[2; 1] "SELFTEST: the drive's own test, answered when it is done.",
            device_offline: bool = 1[1; 1] "DEVOFFL: other logical units may be disturbed.",
            unit_offline: bool = 1[0; 1] "UNITOFFL: the medium may be disturbed.",
            parameter_list_length: u16 = 3[7; 16] "Bytes of the parameter list.",
        }

        /// Sets or clears this nexus' prevention of medium removal.
        0x1E PreventAllowMediumRemoval "PREVENT ALLOW MEDIUM REMOVAL"
        length 6, None, [REMOVAL WHILE_BUSY], 10_000 ms, features [0x0003], clause "MMC-5 6.14"
        {
            persistent: bool = 4[1; 1] "The persistent state is meant rather than the basic one.",
            prevent: bool = 4[0; 1] "Set rather than clear it.",
        }

        /// Fills the buffer, or brings new microcode.
        0x3B WriteBuffer "WRITE BUFFER"
        length 10, Out, [LONG], 240_000 ms, features [0x0104], clause "MMC-5 6.47"
        {
            mode: u8 = 1[4; 5] "What the data are: see [`BufferMode`](crate::buffer::BufferMode).",
            buffer_id: u8 = 2[7; 8] "Which buffer.",
            buffer_offset: u32 = 3[7; 24] "Where in it the data go.",
            parameter_list_length: u32 = 6[7; 24] "Bytes of data.",
        }

        /// Asks for what is in the buffer, or how large it is.
        0x3C ReadBuffer "READ BUFFER"
        length 10, In, [WHILE_BUSY], 10_000 ms, features [], clause "MMC-5 6.17"
        {
            mode: u8 = 1[4; 5] "What is wanted: see [`BufferMode`](crate::buffer::BufferMode).",
            buffer_id: u8 = 2[7; 8] "Which buffer.",
            buffer_offset: u32 = 3[7; 24] "Where in it the data start.",
            allocation_length: u32 = 6[7; 24] "Most bytes to return.",
        }

        /// Asks for features and profiles.
        0x46 GetConfiguration "GET CONFIGURATION"
        length 10, In, [UA_EXEMPT RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [0x0001], clause "MMC-5 6.6"
        {
            requested_type: u8 = 1[1; 2] "0 all, 1 current ones, 2 exactly one feature.",
            starting_feature_number: u16 = 2[7; 16] "First feature wanted.",
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Polls for events.
        0x4A GetEventStatusNotification "GET EVENT STATUS NOTIFICATION"
        length 10, In, [UA_EXEMPT RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [0x0001], clause "MMC-5 6.7"
        {
            polled: bool = 1[0; 1] "Answer at once.",
            notification_class_request: u8 = 4[7; 8] "One bit per class wanted.",
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Changes or clears log parameters.
        0x4C LogSelect "LOG SELECT"
        length 10, Out, [WHILE_BUSY], 10_000 ms, features [0x0101], clause "SPC-3 6.5"
        {
            parameter_code_reset: bool = 1[1; 1] "PCR: set every parameter to its default.",
            save_parameters: bool = 1[0; 1] "SP: keep the values over a reset.",
            page_control: u8 = 2[7; 2] "0 threshold, 1 cumulative, 2 default threshold, 3 default cumulative values.",
            parameter_list_length: u16 = 7[7; 16] "Bytes of the parameter list.",
        }

        /// Asks for log parameters.
        0x4D LogSense "LOG SENSE"
        length 10, In, [WHILE_BUSY], 10_000 ms, features [0x0101], clause "SPC-3 6.6"
        {
            parameter_pointer_control: bool = 1[1; 1] "PPC: only parameters that changed.",
            save_parameters: bool = 1[0; 1] "SP: keep the values over a reset.",
            page_control: u8 = 2[7; 2] "0 threshold, 1 cumulative, 2 default threshold, 3 default cumulative values.",
            page_code: u8 = 2[5; 6] "Which page; 0 lists them.",
            parameter_pointer: u16 = 5[7; 16] "First parameter wanted.",
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Changes mode pages.
        0x55 ModeSelect10 "MODE SELECT(10)"
        length 10, Out, [WHILE_BUSY], 4_000 ms, features [0x0001], clause "MMC-5 6.12"
        {
            page_format: bool = 1[4; 1] "The parameter list has pages (always, in MMC).",
            save_pages: bool = 1[0; 1] "Keep the values over a reset.",
            parameter_list_length: u16 = 7[7; 16] "Bytes of the parameter list.",
        }

        /// Asks for mode pages.
        0x5A ModeSense10 "MODE SENSE(10)"
        length 10, In, [WHILE_BUSY], 4_000 ms, features [0x0001], clause "MMC-5 6.13"
        {
            disable_block_descriptors: bool = 1[3; 1] "No block descriptor is wanted.",
            page_control: u8 = 2[7; 2] "0 current, 1 changeable, 2 default, 3 saved values.",
            page_code: u8 = 2[5; 6] "Which page; 3Fh is all.",
            subpage_code: u8 = 3[7; 8] "Which subpage.",
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Lists the logical units.
        0xA0 ReportLuns "REPORT LUNS"
        length 12, In, [UA_EXEMPT RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.21"
        {
            select_report: u8 = 2[7; 8] "0 all but well known units, 1 well known ones, 2 all.",
            allocation_length: u32 = 6[7; 32] "Most bytes to return.",
        }

        /// Tells the drive of an event that the initiator saw.
        ///
        /// MMC-6 gives this operation code to SECURITY PROTOCOL IN, which goes the other way; only drives with security features, such as
        /// 0142h, have that. A recorder without them keeps the older command.
        0xA2 SendEvent "SEND EVENT"
        length 12, Out, [WHILE_BUSY], 10_000 ms, features [], clause "MMC-4 SEND EVENT"
        {
            immed: bool = 1[0; 1] "Return before the event is worked on.",
            parameter_list_length: u16 = 8[7; 16] "Bytes of the parameter list.",
        }

        /// Moves a disc between the mechanism and a slot.
        0xA6 LoadUnloadMedium "LOAD/UNLOAD MEDIUM"
        length 12, None, [LONG REMOVAL], 240_000 ms, features [0x0102], clause "MMC-5 6.10"
        {
            immed: bool = 1[0; 1] "Return before the operation is done.",
            load_unload: bool = 4[1; 1] "LOUNLO: move the medium.",
            start: bool = 4[0; 1] "Load rather than unload.",
            slot: u8 = 8[7; 8] "Which slot.",
        }

        /// Asks for the state of the mechanism.
        0xBD MechanismStatus "MECHANISM STATUS"
        length 12, In, [WHILE_BUSY], 4_000 ms, features [0x0102], clause "MMC-5 6.11"
        {
            allocation_length: u16 = 8[7; 16] "Most bytes to return.",
        }
        }
    };
}

pub(super) use rows;
