//! What can stand in a field of a header, and the macro that makes layouts of tables.

use super::Lun;

/// A type with a fixed number of bytes in a header, big-endian.
pub(crate) trait Field: Sized {
    /// Bytes that it takes.
    const SIZE: usize;
    /// Reads it from its bytes, which are exactly [`Field::SIZE`].
    fn get(bytes: &[u8]) -> Self;
    /// Writes it to its bytes, which are exactly [`Field::SIZE`].
    fn put(self, bytes: &mut [u8]);
}

impl<const N: usize> Field for [u8; N] {
    const SIZE: usize = N;

    fn get(bytes: &[u8]) -> Self {
        let mut value = [0; N];
        value.copy_from_slice(bytes);
        value
    }

    fn put(self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self);
    }
}

macro_rules! numbers {
    ($($type:ty),*) => { $(
        impl Field for $type {
            const SIZE: usize = size_of::<$type>();

            fn get(bytes: &[u8]) -> Self {
                <$type>::from_be_bytes(Field::get(bytes))
            }

            fn put(self, bytes: &mut [u8]) {
                self.to_be_bytes().put(bytes);
            }
        }
    )* };
}

numbers!(u8, u16, u32, u64);

/// Fields that are a number with a name around it.
macro_rules! wrapped {
    ($($type:ty : $number:ty = $wrap:expr, $unwrap:expr;)*) => { $(
        impl $crate::pdu::field::Field for $type {
            const SIZE: usize = <$number as $crate::pdu::field::Field>::SIZE;

            fn get(bytes: &[u8]) -> Self {
                let wrap: fn($number) -> $type = $wrap;
                wrap(<$number as $crate::pdu::field::Field>::get(bytes))
            }

            fn put(self, bytes: &mut [u8]) {
                let unwrap: fn($type) -> $number = $unwrap;
                $crate::pdu::field::Field::put(unwrap(self), bytes);
            }
        }
    )* };
}

pub(crate) use wrapped;

wrapped! {
    Lun: u64 = Lun, |lun| lun.0;
    discrig_wire::Status: u8 = discrig_wire::Status, |status| status.0;
}

/// Layouts of headers as a table: a structure for each PDU, with the byte at which each field begins.
///
/// All that stands nowhere in the table is reserved: written as zero and ignored when read. Where a bit of byte 1 is always set, the row
/// says so behind the opcode.
macro_rules! layouts {
    ($($(#[$doc:meta])* $name:ident = $opcode:ident $(| $always:literal)? {
        $($(#[$field_doc:meta])* $at:literal $field:ident: $type:ty,)*
    })*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $name {
            /// What stands in byte 0.
            pub const OPCODE: $crate::pdu::Opcode = $crate::pdu::Opcode::$opcode;

            /// Reads the fields; the opcode is the caller's business.
            #[must_use]
            pub fn parse(bhs: &$crate::pdu::Bhs) -> $name {
                $name { $($field: {
                    const END: usize = $at + <$type as $crate::pdu::field::Field>::SIZE;
                    const { assert!(END <= $crate::pdu::Bhs::LENGTH) };
                    <$type as $crate::pdu::field::Field>::get(&bhs.0[$at..END])
                },)* }
            }

            /// The header, not immediate, without segments behind it.
            #[must_use]
            pub fn encode(&self) -> $crate::pdu::Bhs {
                let mut bhs = $crate::pdu::Bhs::blank(Self::OPCODE);
                $({
                    const END: usize = $at + <$type as $crate::pdu::field::Field>::SIZE;
                    $crate::pdu::field::Field::put(self.$field, &mut bhs.0[$at..END]);
                })*
                $(bhs.0[1] |= $always;)?
                bhs
            }
        }
    )*

        /// Every layout: opcode, and where fields begin and end. For tests of the table.
        #[cfg(test)]
        pub(crate) const LAYOUTS: &[(&str, $crate::pdu::Opcode, &[(usize, usize)])] = &[$(
            (stringify!($name), $crate::pdu::Opcode::$opcode, &[$(
                ($at, $at + <$type as $crate::pdu::field::Field>::SIZE),
            )*]),
        )*];
    };
}

pub(crate) use layouts;
