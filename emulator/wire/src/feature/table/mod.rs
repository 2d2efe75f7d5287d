//! THE feature table: one row per feature, with the fields of its descriptor; a file to a subject, in ascending order of their numbers.
//!
//! Each file holds its rows in a macro `rows!` that passes on what it was given with its own rows behind it; `chain!` goes from file to
//! file and ends in `features!`, which thus sees the whole table.
//!
//! Offsets count from the first byte of the descriptor, header included, as the standard's tables do. Features whose payload has a variable
//! part have their fixed fields here; [`FeatureDescriptor`] reads the rest. Clauses are MMC-5's, MMC-6's where only that has the
//! feature; some rows of MMC-5 are placed by their order in it.

use super::{FeatureDescriptor, FeatureHeader, FeatureSpec};
use crate::ascii::Ascii;
use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;
use core::fmt;

codes! {
    /// How the drive is connected (feature 0001h).
    pub struct PhysicalInterface(u32) {
        UNSPECIFIED = 0 "unspecified",
        SCSI = 1 "SCSI family",
        ATAPI = 2 "ATAPI",
        IEEE_1394 = 3 "IEEE 1394-1995",
        IEEE_1394A = 4 "IEEE 1394A",
        FIBRE_CHANNEL = 5 "FCP",
        IEEE_1394B = 6 "IEEE 1394B",
        SERIAL_ATAPI = 7 "Serial ATAPI",
        USB = 8 "USB",
        VENDOR_UNIQUE = 0xFFFF "vendor unique",
    }

    /// How a medium gets into the drive (feature 0003h and mode page 2Ah).
    pub struct LoadingMechanism(u8) {
        CADDY = 0 "caddy or slot",
        TRAY = 1 "tray",
        POP_UP = 2 "pop-up",
        CHANGER_DISCS = 4 "changer with individually changeable discs",
        CHANGER_MAGAZINE = 5 "changer with a magazine",
    }
}

macro_rules! features {
    ($(
        $(#[doc = $doc:literal])+
        $code:literal $constant:ident $feature:ident $name:literal
        version $version:literal, size $size:literal [$($always:ident)?], clause $clause:literal
        { $($fields:tt)* }
        $(bytes { $($runs:tt)+ })?
    )+) => {
        codes! {
            /// A feature number (MMC-5 5.3).
            pub struct FeatureCode(u16) {
                $($constant = $code $name,)+
            }
        }

        /// All rows, in ascending order of their codes.
        pub const FEATURES: &[&FeatureSpec] = &[$($feature::SPEC),+];

        layout! {$(
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = concat!("Feature `", stringify!($code), "` ", $name, ", ", $clause, ".")]
            pub struct $feature: $name, size $size, needs 4, own codec { $($fields)* }
            $(bytes { $($runs)+ })?
        )+}

        $(
            impl $feature {
                /// The row of the table.
                pub const SPEC: &'static FeatureSpec = &FeatureSpec {
                    code: FeatureCode::$constant,
                    name: $name,
                    version: $version,
                    additional_length: $size - 4,
                    persistent: !stringify!($($always)?).is_empty(),
                    clause: $clause,
                };

                /// Reads the payload; fields that an older version does not have are zero.
                ///
                /// # Errors
                /// [`WireError::BadValue`] when it is another feature's descriptor.
                pub fn parse(descriptor: &FeatureDescriptor<'_>) -> Result<$feature, WireError> {
                    descriptor.is(FeatureCode::$constant, $name)?;
                    let mut bytes = [0; $size];
                    descriptor.copy(&mut bytes);
                    Ok(<$feature as Layout>::read(&bytes))
                }

                /// Appends the descriptor in the version of the table. A persistent feature is always current.
                pub fn encode(&self, current: bool, reply: &mut Reply<'_>) {
                    self.encode_with($version, current, &[], reply);
                }

                /// Appends the descriptor in some version, with payload beyond the fields, padded with zeros to a multiple of four
                /// bytes.
                pub fn encode_with(&self, version: u8, current: bool, tail: &[u8], reply: &mut Reply<'_>) {
                    let tail = &tail[..tail.len().min(252 - ($size - 4))];
                    Self::SPEC.header(version, current, tail.len()).encode(reply);
                    reply.put(&self.to_bytes()[FeatureHeader::SIZE..]);
                    reply.put(tail);
                    reply.zeros(tail.len().next_multiple_of(4) - tail.len());
                }
            }
        )+

        impl FeatureDescriptor<'_> {
            /// Shows the fields of a feature of the table to `see`, by name; nothing for a feature that the table does not have.
            pub fn visit(&self, see: &mut dyn FnMut(&'static str, &dyn fmt::Display)) {
                match self.code {
                    $(FeatureCode::$constant => {
                        let mut bytes = [0; $size];
                        self.copy(&mut bytes);
                        <$feature as Layout>::read(&bytes).visit(see);
                    })+
                    _ => {}
                }
            }
        }
    };
}

impl FeatureDescriptor<'_> {
    fn is(&self, code: FeatureCode, structure: &'static str) -> Result<(), WireError> {
        let (wanted, found) = (code.0.to_be_bytes(), self.code.0.to_be_bytes());
        match (0..2).find(|byte| wanted[*byte] != found[*byte]) {
            Some(byte) => Err(WireError::BadValue { structure, byte, value: found[byte] }),
            None => Ok(()),
        }
    }

    /// The payload where it stands in the descriptor, as far as both go.
    fn copy(&self, bytes: &mut [u8]) {
        let fits = self.payload.len().min(bytes.len() - FeatureHeader::SIZE);
        bytes[FeatureHeader::SIZE..FeatureHeader::SIZE + fits].copy_from_slice(&self.payload[..fits]);
    }
}

macro_rules! chain {
    ([] $($rows:tt)*) => { features! { $($rows)* } };
    ([$file:ident $($more:ident)*] $($rows:tt)*) => { $file::rows! { [$($more)*] $($rows)* } };
}

mod basic;
mod drive;
mod media;

chain! { [basic media drive] }
