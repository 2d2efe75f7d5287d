//! The rows.
//!
//! Clauses name MMC-5 where its number is certain (later editions moved commands about), SPC-3 for what MMC takes from there.

use super::{CommandSpec, Direction, Field, FieldValue, Flags, Refusal};
use crate::cdb::Cdb;

/// A bit set that matches any service action, or exactly the given one.
macro_rules! action_pattern {
    () => {
        _
    };
    ($action:literal) => {
        $action
    };
}

macro_rules! action_option {
    () => {
        None
    };
    ($action:literal) => {
        Some($action)
    };
}

macro_rules! commands {
    ($(
        $(#[doc = $doc:literal])+
        $opcode:literal $(/ $action:literal)? $command:ident $name:literal
        length $length:literal, $direction:ident, [$($flag:ident)*], $timeout_ms:literal ms,
        features [$($feature:literal)*], clause $clause:literal
        { $($field:ident: $type:ty = $byte:literal [$bit:literal; $width:literal] $field_doc:literal,)* }
    )+) => {
        $(
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = concat!("`", stringify!($opcode), $("/", stringify!($action),)? "` ", $name, ", ", $clause, ".")]
            #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
            pub struct $command {
                $(#[doc = $field_doc] pub $field: $type,)*
            }

            impl $command {
                /// The row of the table.
                pub const SPEC: &'static CommandSpec = &CommandSpec {
                    opcode: $opcode,
                    service_action: action_option!($($action)?),
                    name: $name,
                    length: $length,
                    direction: Direction::$direction,
                    fields: &[$(Field {
                        name: stringify!($field), byte: $byte, bit: $bit, width: $width,
                    }),*],
                    flags: Flags::empty()$(.union(Flags::$flag))*,
                    timeout_ms: $timeout_ms,
                    features: &[$($feature),*],
                    clause: $clause,
                };

                /// The command as bytes. Values wider than their field lose their upper bits.
                #[must_use]
                #[allow(unused_mut, reason = "commands without fields")]
                pub fn cdb(&self) -> Cdb {
                    let mut cdb = Self::SPEC.blank();
                    $(Field { name: "", byte: $byte, bit: $bit, width: $width }
                        .set(&mut cdb, self.$field.to_bits());)*
                    cdb
                }

                #[allow(unused_variables, reason = "commands without fields")]
                fn read(cdb: &Cdb) -> $command {
                    $command {
                        $($field: <$type>::from_bits(
                            Field { name: "", byte: $byte, bit: $bit, width: $width }.get(cdb)
                        ),)*
                    }
                }
            }

            impl From<$command> for Cdb {
                fn from(command: $command) -> Cdb {
                    command.cdb()
                }
            }
        )+

        /// A command of the table with its fields.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Command {
            $(#[doc = $name] $command($command),)+
        }

        impl Command {
            /// All rows, in ascending order of operation code and service action.
            pub const TABLE: &'static [&'static CommandSpec] = &[$($command::SPEC),+];

            /// Understands `cdb`.
            ///
            /// # Errors
            /// [`Refusal`] for a CDB that no row admits: unknown code, too short, or a reserved bit set.
            #[inline]
            pub fn decode(cdb: &Cdb) -> Result<Command, Refusal> {
                let bytes = cdb.padded();
                match (bytes[0], bytes[1] & 0x1F) {
                    $(($opcode, action_pattern!($($action)?)) => {
                        const USAGE: [u8; Cdb::MAX] = $command::SPEC.usage();
                        $command::SPEC.admit(cdb, &USAGE)?;
                        Ok(Command::$command($command::read(cdb)))
                    })+
                    (opcode, action) => Err(unknown(opcode, action)),
                }
            }

            /// The row of this command.
            #[must_use]
            pub const fn spec(&self) -> &'static CommandSpec {
                match self {
                    $(Command::$command(_) => $command::SPEC,)+
                }
            }

            /// The command as bytes.
            #[must_use]
            pub fn cdb(&self) -> Cdb {
                match self {
                    $(Command::$command(command) => command.cdb(),)+
                }
            }
        }
    };
}

fn unknown(opcode: u8, action: u8) -> Refusal {
    if Command::TABLE.iter().any(|spec| spec.opcode == opcode) {
        Refusal::UnknownServiceAction(opcode, action)
    } else {
        Refusal::UnknownOpcode(opcode)
    }
}

impl CommandSpec {
    /// The row for the operation code (and service action) of `cdb`, whether or not the rest of it is legal.
    #[must_use]
    pub fn of(cdb: &Cdb) -> Option<&'static CommandSpec> {
        let action = cdb.padded()[1] & 0x1F;
        Command::TABLE
            .iter()
            .copied()
            .find(|spec| spec.opcode == cdb.opcode() && spec.service_action.is_none_or(|row| row == action))
    }
}

commands! {
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

    /// Sets or clears this nexus' prevention of medium removal.
    0x1E PreventAllowMediumRemoval "PREVENT ALLOW MEDIUM REMOVAL"
    length 6, None, [REMOVAL WHILE_BUSY], 10_000 ms, features [0x0003], clause "MMC-5 6.14"
    {
        persistent: bool = 4[1; 1] "The persistent state is meant rather than the basic one.",
        prevent: bool = 4[0; 1] "Set rather than clear it.",
    }

    /// Asks for the last address and the block size.
    0x25 ReadCapacity "READ CAPACITY(10)"
    length 10, In, [NEEDS_MEDIUM RESERVATION_EXEMPT], 20_000 ms, features [0x0010 0x0020 0x0025 0x0026], clause "MMC-5 6.19"
    {
        logical_block_address: u32 = 2[7; 32] "Obsolete, zero.",
        partial_medium_indicator: bool = 8[0; 1] "Obsolete, zero.",
    }

    /// Reads blocks of user data.
    0x28 Read10 "READ(10)"
    length 10, In, [NEEDS_MEDIUM], 30_000 ms, features [0x0010], clause "MMC-5 6.15"
    {
        disable_page_out: bool = 1[4; 1] "DPO: a caching hint.",
        force_unit_access: bool = 1[3; 1] "FUA: read from the medium itself.",
        logical_block_address: u32 = 2[7; 32] "First block.",
        transfer_length: u16 = 7[7; 16] "Blocks to read.",
    }

    /// Writes blocks of user data.
    0x2A Write10 "WRITE(10)"
    length 10, Out, [NEEDS_MEDIUM WRITES LONG], 180_000 ms, features [0x0020 0x0021 0x0025 0x0026 0x002D 0x002E 0x002F], clause "MMC-5 6.44"
    {
        disable_page_out: bool = 1[4; 1] "DPO: a caching hint.",
        force_unit_access: bool = 1[3; 1] "FUA: write to the medium itself.",
        logical_block_address: u32 = 2[7; 32] "First block; two's complement on CD.",
        transfer_length: u16 = 7[7; 16] "Blocks to write.",
    }

    /// Moves the pick-up to a block.
    0x2B Seek10 "SEEK(10)"
    length 10, None, [NEEDS_MEDIUM], 30_000 ms, features [0x0010], clause "MMC-5 6.32"
    {
        logical_block_address: u32 = 2[7; 32] "Where to.",
    }

    /// Checks that blocks can be read.
    0x2F Verify10 "VERIFY(10)"
    length 10, None, [NEEDS_MEDIUM LONG], 180_000 ms, features [0x0023], clause "MMC-5 6.43"
    {
        disable_page_out: bool = 1[4; 1] "DPO: a caching hint.",
        byte_check: bool = 1[1; 1] "Compare with data from the initiator; zero in MMC.",
        logical_block_address: u32 = 2[7; 32] "First block.",
        verification_length: u16 = 7[7; 16] "Blocks to check.",
    }

    /// Brings what is cached onto the medium.
    0x35 SynchronizeCache "SYNCHRONIZE CACHE(10)"
    length 10, None, [NEEDS_MEDIUM LONG], 180_000 ms, features [0x0020 0x0021 0x0025 0x0026 0x002D 0x002E 0x002F], clause "MMC-5 6.41"
    {
        immed: bool = 1[1; 1] "Return before the operation is done.",
        logical_block_address: u32 = 2[7; 32] "Ignored by MMC drives.",
        number_of_blocks: u16 = 7[7; 16] "Ignored by MMC drives.",
    }

    /// Asks for tracks, sessions, the PMA, the ATIP or CD-Text.
    0x43 ReadToc "READ TOC/PMA/ATIP"
    length 10, In, [NEEDS_MEDIUM], 30_000 ms, features [0x001E 0x001F], clause "MMC-5 6.26"
    {
        msf: bool = 1[1; 1] "Addresses as minute, second, frame.",
        format: u8 = 2[3; 4] "0 TOC, 1 sessions, 2 full TOC, 3 PMA, 4 ATIP, 5 CD-Text.",
        track_session_number: u8 = 6[7; 8] "First track or session wanted.",
        allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        legacy_format: u8 = 9[7; 2] "Format as SFF-8020 initiators gave it.",
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

    /// Asks for the state of the disc.
    0x51 ReadDiscInformation "READ DISC INFORMATION"
    length 10, In, [NEEDS_MEDIUM], 4_000 ms, features [0x0021 0x0026 0x002D 0x002E 0x002F], clause "MMC-5 6.22"
    {
        data_type: u8 = 1[2; 3] "0 standard, 1 track resources, 2 pseudo-overwrite resources.",
        allocation_length: u16 = 7[7; 16] "Most bytes to return.",
    }

    /// Asks for the state of a track.
    0x52 ReadTrackInformation "READ TRACK INFORMATION"
    length 10, In, [NEEDS_MEDIUM], 4_000 ms, features [0x0021 0x0026 0x002D 0x002E 0x002F], clause "MMC-5 6.27"
    {
        open: bool = 1[2; 1] "Only open tracks are meant.",
        address_type: u8 = 1[1; 2] "0 block address, 1 track, 2 session.",
        address: u32 = 2[7; 32] "Block, track or session number.",
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

    /// Lists the logical units.
    0xA0 ReportLuns "REPORT LUNS"
    length 12, In, [UA_EXEMPT RESERVATION_EXEMPT WHILE_BUSY], 4_000 ms, features [], clause "SPC-3 6.21"
    {
        select_report: u8 = 2[7; 8] "0 all but well known units, 1 well known ones, 2 all.",
        allocation_length: u32 = 6[7; 32] "Most bytes to return.",
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

    /// Reads blocks of user data.
    0xA8 Read12 "READ(12)"
    length 12, In, [NEEDS_MEDIUM], 30_000 ms, features [0x001F 0x0107], clause "MMC-5 6.16"
    {
        disable_page_out: bool = 1[4; 1] "DPO: a caching hint.",
        force_unit_access: bool = 1[3; 1] "FUA: read from the medium itself.",
        logical_block_address: u32 = 2[7; 32] "First block.",
        transfer_length: u32 = 6[7; 32] "Blocks to read.",
        streaming: bool = 10[7; 1] "Time matters more than correctness.",
    }

    /// Asks for speeds, exceptions and unusable areas.
    0xAC GetPerformance "GET PERFORMANCE"
    length 12, In, [], 20_000 ms, features [0x0107], clause "MMC-5 6.8"
    {
        data_type: u8 = 1[4; 5] "Depends on the type.",
        starting_lba: u32 = 2[7; 32] "First block that matters.",
        maximum_descriptors: u16 = 8[7; 16] "Most descriptors to return.",
        kind: u8 = 10[7; 8] "TYPE: 0 performance, 3 write speed.",
    }

    /// Asks for structures of the disc that are not user data.
    0xAD ReadDiscStructure "READ DISC STRUCTURE"
    length 12, In, [NEEDS_MEDIUM], 30_000 ms, features [0x001F 0x0040], clause "MMC-5 6.23"
    {
        media_type: u8 = 1[3; 4] "0 DVD, 1 BD.",
        address: u32 = 2[7; 32] "Depends on the format.",
        layer: u8 = 6[7; 8] "Which layer.",
        format: u8 = 7[7; 8] "Which structure.",
        allocation_length: u16 = 8[7; 16] "Most bytes to return.",
        authentication_grant_id: u8 = 10[7; 2] "AGID, for keyed formats.",
    }

    /// Sets the desired performance.
    0xB6 SetStreaming "SET STREAMING"
    length 12, Out, [], 10_000 ms, features [0x0107], clause "MMC-5 6.39"
    {
        kind: u8 = 8[7; 8] "TYPE: 0 performance descriptor.",
        parameter_list_length: u16 = 9[7; 16] "Bytes of the parameter list.",
    }

    /// Sets the speed of CD reading and writing.
    0xBB SetCdSpeed "SET CD SPEED"
    length 12, None, [], 10_000 ms, features [0x001E], clause "MMC-5 6.37"
    {
        rotation_control: u8 = 1[1; 2] "0 CLV, 1 CAV.",
        read_speed: u16 = 2[7; 16] "In kB/s; FFFFh is the maximum.",
        write_speed: u16 = 4[7; 16] "In kB/s; FFFFh is the maximum.",
    }

    /// Asks for the state of the mechanism.
    0xBD MechanismStatus "MECHANISM STATUS"
    length 12, In, [WHILE_BUSY], 4_000 ms, features [0x0102], clause "MMC-5 6.11"
    {
        allocation_length: u16 = 8[7; 16] "Most bytes to return.",
    }
}
