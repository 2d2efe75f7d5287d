//! Structures of fixed layout and open sets of codes, each declared once.
//!
//! [`layout!`] takes a structure as the standard's tables give it (name, byte, bit, width) and derives the type, the decoder,
//! the encoder and the listing of its fields. That no two fields overlap and none sticks out is checked when the crate compiles.
//! [`codes!`] takes the values that a field can have; values that no row names are kept as they came, since a judge of real drives
//! must be able to report them.

use crate::bits;
use core::fmt;

/// A run of bits: byte, most significant bit in it, width.
pub(crate) type Span = (u8, u8, u8);

/// What [`layout!`] derives for a structure.
pub(crate) trait Layout: Sized {
    /// Name for error messages.
    const NAME: &'static str;
    /// The bit fields.
    const SPANS: &'static [Span];
    /// The fields of whole bytes: offset and length.
    const RUNS: &'static [(usize, usize)];

    /// Reads every field; those beyond the end of `bytes` are zero.
    fn read(bytes: &[u8]) -> Self;

    /// Writes every field, as many as `bytes` has room for.
    fn write(&self, bytes: &mut [u8]);

    /// Shows every field by name to `see`.
    fn visit(&self, see: &mut dyn FnMut(&'static str, &dyn fmt::Display));
}

/// The values of several runs of bits put together, the first one most significant.
pub(crate) fn read_spans(bytes: &[u8], spans: &[Span]) -> u64 {
    spans.iter().fold(0, |value, (byte, bit, width)| {
        let part = bits::get(bytes, *byte, *bit, *width);
        if *width == 64 { part } else { (value << width) | part }
    })
}

/// Spreads a value over several runs of bits, the first one most significant.
pub(crate) fn write_spans(bytes: &mut [u8], spans: &[Span], value: u64) {
    let mut left = value;
    for (byte, bit, width) in spans.iter().rev() {
        bits::set(bytes, *byte, *bit, *width, left);
        left = if *width == 64 { 0 } else { left >> width };
    }
}

/// Stops the compiler when fields overlap or stick out of `size` bytes.
pub(crate) const fn check(size: usize, spans: &[Span], runs: &[(usize, usize)]) {
    const MOST: usize = 255;
    assert!(size <= MOST, "bit fields are for small structures");
    let mut taken = [0u8; MOST + 9];
    let mut index = 0;
    while index < spans.len() {
        let (byte, bit, width) = spans[index];
        assert!(bits::get(&taken, byte, bit, width) == 0, "fields overlap");
        bits::set(&mut taken, byte, bit, width, u64::MAX);
        index += 1;
    }
    index = 0;
    while index < runs.len() {
        let (at, length) = runs[index];
        let mut offset = 0;
        while offset < length {
            assert!(taken[at + offset] == 0, "fields overlap");
            taken[at + offset] = 0xFF;
            offset += 1;
        }
        index += 1;
    }
    index = size;
    while index < taken.len() {
        assert!(taken[index] == 0, "a field sticks out");
        index += 1;
    }
}

/// Values that take whole bytes of a structure.
pub(crate) trait ByteValue {
    /// Bytes taken.
    const LENGTH: usize;

    /// From the bytes of the field; missing ones are zero.
    fn from_bytes(bytes: &[u8]) -> Self;

    /// To the bytes of the field, as far as there is room.
    fn write(&self, bytes: &mut [u8]);

    /// As people read it.
    fn show(&self) -> String;
}

impl<const N: usize> ByteValue for [u8; N] {
    const LENGTH: usize = N;

    fn from_bytes(bytes: &[u8]) -> [u8; N] {
        let mut copy = [0; N];
        let fits = bytes.len().min(N);
        copy[..fits].copy_from_slice(&bytes[..fits]);
        copy
    }

    fn write(&self, bytes: &mut [u8]) {
        let fits = bytes.len().min(N);
        bytes[..fits].copy_from_slice(&self[..fits]);
    }

    fn show(&self) -> String {
        if self.iter().all(|byte| *byte == 0) {
            return "0".into();
        }
        self.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
    }
}

impl<const N: usize> ByteValue for [u16; N] {
    const LENGTH: usize = 2 * N;

    fn from_bytes(bytes: &[u8]) -> [u16; N] {
        core::array::from_fn(|index| bits::get(bytes.get(2 * index..).unwrap_or(&[]), 0, 7, 16) as u16)
    }

    fn write(&self, bytes: &mut [u8]) {
        for (pair, value) in bytes.chunks_mut(2).zip(self) {
            let fits = pair.len();
            pair.copy_from_slice(&value.to_be_bytes()[..fits]);
        }
    }

    fn show(&self) -> String {
        if self.iter().all(|value| *value == 0) {
            return "0".into();
        }
        self.iter().map(|value| format!("{value:04X}h")).collect::<Vec<_>>().join(" ")
    }
}

/// Declares structures of fixed layout. See the [module](self).
macro_rules! layout {
    ($(
        $(#[doc = $doc:expr])+
        pub struct $name:ident: $title:literal, size $size:literal, needs $needs:literal $(, $own:ident codec)? {
            $($field:ident: $type:ty = $($byte:literal[$bit:literal; $width:literal])&+ $field_doc:literal,)*
        }
        $(bytes { $($run:ident: $run_type:ty = $at:literal $run_doc:literal,)+ })?
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(#[doc = $field_doc] pub $field: $type,)*
            $($(#[doc = $run_doc] pub $run: $run_type,)+)?
        }

        impl $name {
            /// Size in bytes.
            pub const SIZE: usize = $size;

            /// The structure as bytes; reserved bits are zero. Values wider than their field lose their upper bits.
            #[must_use]
            pub fn to_bytes(&self) -> [u8; $size] {
                let mut bytes = [0; $size];
                $crate::layout::Layout::write(self, &mut bytes);
                bytes
            }
        }

        const _: () = $crate::layout::check(
            $size,
            <$name as $crate::layout::Layout>::SPANS,
            <$name as $crate::layout::Layout>::RUNS,
        );

        impl $crate::layout::Layout for $name {
            const NAME: &'static str = $title;
            const SPANS: &'static [$crate::layout::Span] = &[$($(($byte, $bit, $width)),+),*];
            const RUNS: &'static [(usize, usize)] =
                &[$($(($at, <$run_type as $crate::layout::ByteValue>::LENGTH)),+)?];

            #[allow(unused_variables, reason = "structures without fields")]
            fn read(bytes: &[u8]) -> $name {
                $name {
                    $($field: <$type as $crate::command::FieldValue>::from_bits(
                        $crate::layout::read_spans(bytes, &[$(($byte, $bit, $width)),+])
                    ),)*
                    $($($run: <$run_type as $crate::layout::ByteValue>::from_bytes(
                        bytes.get($at..).unwrap_or(&[])
                    ),)+)?
                }
            }

            #[allow(unused_variables, reason = "structures without fields")]
            fn write(&self, bytes: &mut [u8]) {
                $($crate::layout::write_spans(
                    bytes,
                    &[$(($byte, $bit, $width)),+],
                    <$type as $crate::command::FieldValue>::to_bits(self.$field),
                );)*
                $($(if let Some(room) = bytes.get_mut($at..) {
                    $crate::layout::ByteValue::write(&self.$run, room);
                })+)?
            }

            #[allow(unused_variables, reason = "structures without fields")]
            fn visit(&self, see: &mut dyn FnMut(&'static str, &dyn core::fmt::Display)) {
                $(see(stringify!($field), &self.$field);)*
                $($(see(stringify!($run), &$crate::layout::ByteValue::show(&self.$run));)+)?
            }
        }

        $crate::layout::layout!(@codec $name $title, $needs $(, $own)?);
    )+};
    (@codec $name:ident $title:literal, $needs:literal) => {
        impl $name {
            #[doc = concat!("Reads the structure from its first bytes, at least ", stringify!($needs), "; what is missing after them is zero.")]
            #[doc = ""]
            #[doc = "# Errors"]
            #[doc = "[`WireError::Truncated`](crate::WireError::Truncated) when there are fewer."]
            pub fn parse(bytes: &[u8]) -> Result<$name, $crate::WireError> {
                $crate::error::need($title, bytes, $needs)?;
                Ok(<$name as $crate::layout::Layout>::read(&bytes[..bytes.len().min($name::SIZE)]))
            }

            /// Appends the structure.
            pub fn encode(&self, reply: &mut $crate::Reply<'_>) {
                reply.put(&self.to_bytes());
            }
        }
    };
    (@codec $name:ident $title:literal, $needs:literal, own) => {};
}

/// Declares the values that a field can have. See the [module](self).
macro_rules! codes {
    ($(
        $(#[doc = $doc:literal])+
        pub struct $name:ident($raw:ty) {
            $($constant:ident = $value:literal $text:literal,)+
        }
    )+) => {$(
        $(#[doc = $doc])+
        #[doc = ""]
        #[doc = "Values without a name are kept as they came."]
        #[derive(
            Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Deserialize, serde::Serialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $raw);

        impl $name {
            $(
                #[doc = concat!("`", stringify!($value), "`: ", $text, ".")]
                pub const $constant: $name = $name($value);
            )+

            /// The named values, ascending.
            pub const TABLE: &'static [($name, &'static str)] = &[$(($name($value), $text)),+];

            /// What the value means, or `None` where it is not assigned.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                Self::TABLE.binary_search_by_key(&self, |row| row.0).ok().map(|row| Self::TABLE[row].1)
            }
        }

        const _: () = {
            let mut row = 1;
            while row < $name::TABLE.len() {
                assert!($name::TABLE[row - 1].0.0 < $name::TABLE[row].0.0, "rows ascend and none is twice there");
                row += 1;
            }
        };

        impl $crate::command::FieldValue for $name {
            fn from_bits(bits: u64) -> $name {
                $name(bits as $raw)
            }

            fn to_bits(self) -> u64 {
                u64::from(self.0)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let width = 2 * size_of::<$raw>();
                match self.name() {
                    Some(name) => write!(f, "{:0width$X}h {name}", self.0),
                    None => write!(f, "{:0width$X}h", self.0),
                }
            }
        }
    )+};
}

pub(crate) use {codes, layout};

#[cfg(test)]
pub(crate) mod testing {
    //! What every layout has to pass.

    use super::*;
    use proptest::prelude::*;

    fn usage<T: Layout>(size: usize) -> Vec<u8> {
        let mut mask = vec![0; size];
        for (byte, bit, width) in T::SPANS {
            bits::set(&mut mask, *byte, *bit, *width, u64::MAX);
        }
        for (at, length) in T::RUNS {
            mask[*at..at + length].fill(0xFF);
        }
        mask
    }

    /// Each single bit, and random bytes, come back where a field covers them and are zero elsewhere; no length makes it panic.
    pub(crate) fn check_layout<T: Layout>(size: usize) {
        let mask = usage::<T>(size);
        let again = |bytes: &[u8]| {
            let mut out = vec![0; size];
            T::read(bytes).write(&mut out);
            out
        };
        for bit in 0..8 * size {
            let mut bytes = vec![0; size];
            bytes[bit / 8] = 1 << (bit % 8);
            let covered = mask[bit / 8] & bytes[bit / 8] != 0;
            let expected = if covered { bytes.clone() } else { vec![0; size] };
            assert_eq!(again(&bytes), expected, "{}: byte {} bit {}", T::NAME, bit / 8, bit % 8);
        }
        proptest!(ProptestConfig::with_cases(32), |(bytes in prop::collection::vec(any::<u8>(), 0..size + 8))| {
            let padded: Vec<u8> = bytes.iter().copied().chain(core::iter::repeat(0)).take(size).collect();
            let expected: Vec<u8> = padded.iter().zip(&mask).map(|(byte, mask)| byte & mask).collect();
            prop_assert_eq!(again(&bytes), expected);
            let mut fields = 0;
            T::read(&bytes).visit(&mut |_, value| fields += usize::from(!value.to_string().is_empty()));
            prop_assert!(fields <= T::SPANS.len() + T::RUNS.len());
        });
    }

    /// Declares one test that checks several layouts.
    macro_rules! check_layouts {
        ($($name:ident),+ $(,)?) => {
            #[test]
            fn layouts() {
                $($crate::layout::testing::check_layout::<$name>($name::SIZE);)+
            }
        };
    }
    pub(crate) use check_layouts;

    #[test]
    fn a_field_in_two_parts() {
        let mut bytes = [0; 6];
        write_spans(&mut bytes, &[(5, 7, 8), (1, 3, 4)], 0xABC);
        assert_eq!(bytes, [0, 0x0C, 0, 0, 0, 0xAB]);
        assert_eq!(read_spans(&bytes, &[(5, 7, 8), (1, 3, 4)]), 0xABC);
        let mut eight = [0; 8];
        write_spans(&mut eight, &[(0, 7, 64)], u64::MAX - 1);
        assert_eq!(read_spans(&eight, &[(0, 7, 64)]), u64::MAX - 1);
    }

    #[test]
    #[should_panic(expected = "overlap")]
    fn overlapping_fields_do_not_compile() {
        check(4, &[(0, 7, 16), (1, 0, 1)], &[]);
    }

    #[test]
    #[should_panic(expected = "sticks out")]
    fn fields_beyond_the_end_do_not_compile() {
        check(4, &[(3, 7, 9)], &[]);
    }
}
