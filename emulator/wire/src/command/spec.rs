//! What a row of the command table says, and what follows from it.

use crate::bits;
use crate::cdb::Cdb;
use crate::msf::Msf;
use crate::sense::Pointer;
use core::fmt;
use thiserror::Error;

bitflags::bitflags! {
    /// Properties of a command that the pre-checks of a drive and the plans of a suite depend on.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Flags: u16 {
        /// Executes with a unit attention pending and leaves it pending (SAM-5 5.14; MMC-5 for 46h and 4Ah).
        const UA_EXEMPT = 1 << 0;
        /// Ends with NOT READY when there is no medium that can be accessed.
        const NEEDS_MEDIUM = 1 << 1;
        /// Can take longer than a second without IMMED.
        const LONG = 1 << 2;
        /// Changes what may remove the medium, or removes it.
        const REMOVAL = 1 << 3;
        /// Changes what is recorded on the medium.
        const WRITES = 1 << 4;
        /// Executes although another nexus holds a reservation (SPC-3 table of RESERVE and of persistent reservations).
        const RESERVATION_EXEMPT = 1 << 5;
        /// Executes while a long operation or the recognition of a medium is under way.
        const WHILE_BUSY = 1 << 6;
    }
}

/// Which way the data phase goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// No data phase.
    None,
    /// From the device to the initiator.
    In,
    /// From the initiator to the device.
    Out,
}

/// A field of a CDB: `width` bits, the most significant one at bit `bit` of byte `byte`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Field {
    /// The standard's name in snake case.
    pub name: &'static str,
    /// Offset of the first byte.
    pub byte: u8,
    /// Position of the most significant bit in that byte.
    pub bit: u8,
    /// Width in bits; a field that spans bytes goes on at bit 7 of the next one.
    pub width: u8,
}

impl Field {
    /// The value of the field in `cdb`.
    #[must_use]
    pub const fn get(&self, cdb: &Cdb) -> u64 {
        bits::get(cdb.padded(), self.byte, self.bit, self.width)
    }

    /// Writes the low bits of `value` into `cdb`.
    pub const fn set(&self, cdb: &mut Cdb, value: u64) {
        bits::set(cdb.padded_mut(), self.byte, self.bit, self.width, value);
    }

    /// Where the field is, as sense data say it.
    #[must_use]
    pub const fn pointer(&self) -> Pointer {
        Pointer { in_cdb: true, byte: self.byte as u16, bit: Some(self.bit) }
    }
}

/// A row of the command table.
#[derive(Debug)]
pub struct CommandSpec {
    /// Operation code, byte 0.
    pub opcode: u8,
    /// Service action, bits 4-0 of byte 1, for operation codes that have them.
    pub service_action: Option<u8>,
    /// The standard's name.
    pub name: &'static str,
    /// Length of the CDB in bytes.
    pub length: u8,
    /// Which way the data phase goes.
    pub direction: Direction,
    /// The fields. What is in none of them is reserved.
    pub fields: &'static [Field],
    /// Properties of the command.
    pub flags: Flags,
    /// A timeout that healthy drives stay below, in milliseconds.
    pub timeout_ms: u32,
    /// Features of which each makes the command mandatory.
    pub features: &'static [u16],
    /// Where the command is specified.
    pub clause: &'static str,
}

/// Why a CDB is not a command of the table.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum Refusal {
    /// A bit is set that no field of the command covers.
    #[error("a reserved bit is set: byte {byte}, bit {bit}")]
    ReservedBit {
        /// Offset of the byte.
        byte: u8,
        /// Position of the highest such bit.
        bit: u8,
    },
    /// No row has this operation code.
    #[error("operation code {0:02X}h is not in the table")]
    UnknownOpcode(u8),
    /// The operation code has service actions, but not this one.
    #[error("operation code {0:02X}h has no service action {1:02X}h")]
    UnknownServiceAction(u8, u8),
    /// The CDB has fewer bytes than the command.
    #[error("a CDB of {present} bytes for a command of {needed}")]
    WrongLength {
        /// Bytes of the command.
        needed: u8,
        /// Bytes of the CDB.
        present: u8,
    },
}

impl CommandSpec {
    /// The field with the standard's name `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether the command can be asked to return before it is done.
    #[must_use]
    pub fn has_immed(&self) -> bool {
        self.field("immed").is_some()
    }

    /// Which bits of each byte carry something: operation code, service action and fields.
    #[must_use]
    pub const fn usage(&self) -> [u8; Cdb::MAX] {
        let mut mask = [0; Cdb::MAX];
        mask[0] = 0xFF;
        if self.service_action.is_some() {
            mask[1] = 0x1F;
        }
        let mut index = 0;
        while index < self.fields.len() {
            let Field { byte, bit, width, .. } = self.fields[index];
            bits::set(&mut mask, byte, bit, width, u64::MAX);
            index += 1;
        }
        mask
    }

    /// A CDB with every field zero.
    #[must_use]
    pub const fn blank(&self) -> Cdb {
        let mut cdb = Cdb::blank(self.opcode, self.length);
        if let Some(action) = self.service_action {
            bits::set(cdb.padded_mut(), 1, 4, 5, action as u64);
        }
        cdb
    }

    /// A CDB with `values` in the fields, in their order; missing values are zero, surplus bits are dropped.
    #[must_use]
    pub fn assemble(&self, values: impl IntoIterator<Item = u64>) -> Cdb {
        let mut cdb = self.blank();
        for (field, value) in self.fields.iter().zip(values) {
            field.set(&mut cdb, value);
        }
        cdb
    }

    /// How many bytes of data-in the fields of `cdb` ask for: its allocation length, or what they imply. Zero for other commands.
    #[must_use]
    pub fn allocation(&self, cdb: &Cdb) -> usize {
        let field = |name: &str| self.field(name).map(|field| field.get(cdb) as usize);
        match self.direction {
            Direction::None | Direction::Out => 0,
            Direction::In => field("allocation_length")
                .or_else(|| self.blocks(cdb).map(|blocks| blocks.saturating_mul(self.largest_block())))
                .or_else(|| field("maximum_descriptors").map(|count| 8 + 16 * count))
                .unwrap_or(8),
        }
    }

    /// How many blocks of data-in or data-out the fields of `cdb` mean, or `None` for commands that do not count blocks.
    #[must_use]
    pub fn blocks(&self, cdb: &Cdb) -> Option<usize> {
        let field = |name: &str| self.field(name).map(|field| field.get(cdb));
        if let Some(blocks) = field("transfer_length") {
            return Some(blocks as usize);
        }
        let [start, end] =
            [field("starting_msf")?, field("ending_msf")?].map(|msf| Msf::from_field(msf as u32).lba());
        Some(usize::try_from(end.saturating_sub(start)).unwrap_or(0))
    }

    /// Most bytes of a block that the command reads: user data, or all that a CD sector has with C2 bits and sub-channels.
    fn largest_block(&self) -> usize {
        if self.field("sub_channel_selection").is_some() { 2352 + 296 + 96 } else { 2048 }
    }

    /// Whether `cdb` has the command's length and sets no reserved bit under the given usage mask.
    pub(super) fn admit(&self, cdb: &Cdb, usage: &[u8; Cdb::MAX]) -> Result<(), Refusal> {
        if cdb.len() < usize::from(self.length) {
            return Err(Refusal::WrongLength { needed: self.length, present: cdb.len() as u8 });
        }
        let stray = u128::from_be_bytes(*cdb.padded()) & !u128::from_be_bytes(*usage);
        if stray == 0 {
            return Ok(());
        }
        let from_top = stray.leading_zeros() as u8;
        Err(Refusal::ReservedBit { byte: from_top / 8, bit: 7 - from_top % 8 })
    }
}

impl fmt::Display for CommandSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Types that a CDB field can have in a typed command.
pub trait FieldValue: Copy {
    /// From the bits of the field.
    fn from_bits(bits: u64) -> Self;
    /// To the bits of the field.
    fn to_bits(self) -> u64;
}

impl FieldValue for bool {
    fn from_bits(bits: u64) -> bool {
        bits != 0
    }

    fn to_bits(self) -> u64 {
        u64::from(self)
    }
}

macro_rules! integer_fields {
    ($($integer:ty),+) => {$(
        impl FieldValue for $integer {
            fn from_bits(bits: u64) -> $integer {
                bits as $integer
            }

            fn to_bits(self) -> u64 {
                u64::from(self)
            }
        }
    )+};
}

integer_fields!(u8, u16, u32, u64);
