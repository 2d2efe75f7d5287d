//! The rows, a file to a subject, and what is derived from them.
//!
//! Clauses name MMC-5 where its number is certain (later editions moved commands about), SPC-3 for what MMC takes from there, MMC-6 Annex E
//! for what MMC left behind and drives still do.
//!
//! Each file holds its rows in a macro `rows!` that passes on what it was given with its own rows behind it; `chain!` goes from file to
//! file and ends in `commands!`, which thus sees the whole table.

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
            pub const TABLE: &'static [&'static CommandSpec] = &sorted([$($command::SPEC),+]);

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

/// The rows of all files in one order.
const fn sorted<const N: usize>(mut rows: [&'static CommandSpec; N]) -> [&'static CommandSpec; N] {
    let mut end = 1;
    while end < N {
        let mut at = end;
        while at > 0 && rank(rows[at]) < rank(rows[at - 1]) {
            let row = rows[at];
            rows[at] = rows[at - 1];
            rows[at - 1] = row;
            at -= 1;
        }
        end += 1;
    }
    rows
}

const fn rank(spec: &CommandSpec) -> u16 {
    let action = match spec.service_action {
        Some(action) => action,
        None => 0,
    };
    spec.opcode as u16 * 0x100 + action as u16
}

macro_rules! chain {
    ([] $($rows:tt)*) => { commands! { $($rows)* } };
    ([$file:ident $($more:ident)*] $($rows:tt)*) => { $file::rows! { [$($more)*] $($rows)* } };
}

mod audio;
mod performance;
mod read;
mod reservation;
mod security;
mod unit;
mod write;

chain! { [audio performance read reservation security unit write] }

impl ReserveTrack {
    /// Sets `blocks` aside, at least.
    #[must_use]
    pub const fn of_size(blocks: u32) -> ReserveTrack {
        ReserveTrack { by_zone: false, by_address: false, parameter: blocks as u64 }
    }

    /// Sets everything before `address` aside.
    #[must_use]
    pub const fn up_to(address: u32) -> ReserveTrack {
        ReserveTrack { by_zone: false, by_address: true, parameter: (address as u64) << 24 }
    }

    /// The reservation size in blocks, or `None` when an address is given.
    #[must_use]
    pub const fn size(&self) -> Option<u32> {
        if self.by_address { None } else { Some(self.parameter as u32) }
    }

    /// The address where the track is split, or `None` when a size is given.
    #[must_use]
    pub const fn address(&self) -> Option<u32> {
        if self.by_address { Some((self.parameter >> 24) as u32) } else { None }
    }
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
