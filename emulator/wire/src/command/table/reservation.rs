//! Reservations.

macro_rules! rows {
    ($($before:tt)*) => {
        chain! {
        $($before)*

        /// Reserves the unit for this nexus.
        0x16 Reserve6 "RESERVE(6)"
        length 6, None, [WHILE_BUSY], 4_000 ms, features [], clause "SPC-2 7.21"
        {
            third_party: bool = 1[4; 1] "Reserve on behalf of another; obsolete.",
            third_party_id: u8 = 1[3; 3] "Whom; obsolete.",
            extent: bool = 1[0; 1] "Reserve an extent; obsolete.",
        }

        /// Gives up a reservation of this nexus.
        0x17 Release6 "RELEASE(6)"
        length 6, None, [RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-2 7.16"
        {
            third_party: bool = 1[4; 1] "Release on behalf of another; obsolete.",
            third_party_id: u8 = 1[3; 3] "Whom; obsolete.",
            extent: bool = 1[0; 1] "Release an extent; obsolete.",
        }

        /// Lists the registered reservation keys.
        0x5E / 0x00 PersistentReserveInReadKeys "PERSISTENT RESERVE IN (READ KEYS)"
        length 10, In, [RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.11.2"
        {
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Shows the persistent reservation.
        0x5E / 0x01 PersistentReserveInReadReservation "PERSISTENT RESERVE IN (READ RESERVATION)"
        length 10, In, [RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.11.3"
        {
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Shows which persistent reservations the unit supports.
        0x5E / 0x02 PersistentReserveInReportCapabilities "PERSISTENT RESERVE IN (REPORT CAPABILITIES)"
        length 10, In, [RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.11.4"
        {
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Registers or unregisters a reservation key.
        0x5F / 0x00 PersistentReserveOutRegister "PERSISTENT RESERVE OUT (REGISTER)"
        length 10, Out, [RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.12"
        {
            scope: u8 = 2[7; 4] "Scope; 0 is the logical unit.",
            kind: u8 = 2[3; 4] "Type of reservation.",
            parameter_list_length: u32 = 5[7; 32] "Bytes of the parameter list.",
        }

        /// Takes a persistent reservation.
        0x5F / 0x01 PersistentReserveOutReserve "PERSISTENT RESERVE OUT (RESERVE)"
        length 10, Out, [WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.12"
        {
            scope: u8 = 2[7; 4] "Scope; 0 is the logical unit.",
            kind: u8 = 2[3; 4] "Type of reservation.",
            parameter_list_length: u32 = 5[7; 32] "Bytes of the parameter list.",
        }

        /// Gives up a persistent reservation.
        0x5F / 0x02 PersistentReserveOutRelease "PERSISTENT RESERVE OUT (RELEASE)"
        length 10, Out, [RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.12"
        {
            scope: u8 = 2[7; 4] "Scope; 0 is the logical unit.",
            kind: u8 = 2[3; 4] "Type of reservation.",
            parameter_list_length: u32 = 5[7; 32] "Bytes of the parameter list.",
        }

        /// Removes every registration and the reservation.
        0x5F / 0x03 PersistentReserveOutClear "PERSISTENT RESERVE OUT (CLEAR)"
        length 10, Out, [RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.12"
        {
            scope: u8 = 2[7; 4] "Scope; 0 is the logical unit.",
            kind: u8 = 2[3; 4] "Type of reservation.",
            parameter_list_length: u32 = 5[7; 32] "Bytes of the parameter list.",
        }

        /// Takes over from the holder of a key.
        0x5F / 0x04 PersistentReserveOutPreempt "PERSISTENT RESERVE OUT (PREEMPT)"
        length 10, Out, [RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.12"
        {
            scope: u8 = 2[7; 4] "Scope; 0 is the logical unit.",
            kind: u8 = 2[3; 4] "Type of reservation.",
            parameter_list_length: u32 = 5[7; 32] "Bytes of the parameter list.",
        }

        /// Takes over from the holder of a key and aborts its commands.
        0x5F / 0x05 PersistentReserveOutPreemptAndAbort "PERSISTENT RESERVE OUT (PREEMPT AND ABORT)"
        length 10, Out, [RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.12"
        {
            scope: u8 = 2[7; 4] "Scope; 0 is the logical unit.",
            kind: u8 = 2[3; 4] "Type of reservation.",
            parameter_list_length: u32 = 5[7; 32] "Bytes of the parameter list.",
        }

        /// Registers a key whatever was registered before.
        0x5F / 0x06 PersistentReserveOutRegisterAndIgnore "PERSISTENT RESERVE OUT (REGISTER AND IGNORE EXISTING KEY)"
        length 10, Out, [RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.12"
        {
            scope: u8 = 2[7; 4] "Scope; 0 is the logical unit.",
            kind: u8 = 2[3; 4] "Type of reservation.",
            parameter_list_length: u32 = 5[7; 32] "Bytes of the parameter list.",
        }
        }
    };
}

pub(super) use rows;
