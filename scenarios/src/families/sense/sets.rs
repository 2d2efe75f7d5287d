//! Sets of allowed answers about refusals and sense data.

use crate::allowed::{Allowed, Pattern, allowed};
use discrig_wire::SenseKey::{DataProtect, IllegalRequest, NotReady};
use discrig_wire::sense::codes;

/// An operation code that the drive does not know.
pub(super) const UNKNOWN: Allowed = allowed!("an unknown operation code":
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "spc3-4.3",
);

/// A reserved bit of a CDB. Drives need not look at it.
pub(super) const RESERVED_BIT: Allowed = allowed!("a reserved bit of the CDB is set":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "spc3-4.3",
    Pattern::Ok => "field-reserved-bits",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "spc3-4.3",
);

/// A reserved value in a field that the standard defines.
pub(super) const RESERVED_VALUE: Allowed = allowed!("a field of the CDB holds a reserved value":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "spc3-4.3",
);

/// The same for a command that a drive need not have.
pub(super) const RESERVED_VALUE_OF_OPTIONAL: Allowed = allowed!("a field of an optional command holds a reserved value":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "spc3-4.3",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "spc3-4.3",
);

/// A block after the last one.
pub(super) const OUT_OF_RANGE: Allowed = allowed!("a block after the last one":
    Pattern::Check(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE) => "mmc5-6.15",
);

/// The same for SEEK(10), which not every drive has.
pub(super) const SEEK_OUT_OF_RANGE: Allowed = allowed!("seek to a block after the last one":
    Pattern::Check(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE) => "mmc5-6.32",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "mmc5-6.32",
);

/// WRITE(10) to a disc that cannot be recorded.
pub(super) const NOT_WRITABLE: Allowed = allowed!("WRITE(10) to a pressed disc":
    Pattern::Key(DataProtect) => "mmc5-6.44",
    Pattern::Check(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT) => "mmc5-6.44",
    Pattern::Check(codes::ILLEGAL_MODE_FOR_THIS_TRACK) => "mmc5-6.44",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "mmc5-6.44",
    Pattern::Check(codes::INVALID_ADDRESS_FOR_WRITE) => "mmc5-6.44",
);

/// A command that needs a medium, without one.
pub(super) const NO_MEDIUM: Allowed = allowed!("a command that needs a medium, without one":
    Pattern::Asc(NotReady, 0x3A) => "mmc5-6.42",
);

/// The same for a command that not every drive has.
pub(super) const NO_MEDIUM_OPTIONAL: Allowed = allowed!("an optional command that needs a medium, without one":
    Pattern::Asc(NotReady, 0x3A) => "mmc5-6.42",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "mmc5-6.42",
);

/// A command that needs no medium, without one.
pub(super) const WITHOUT_MEDIUM: Allowed = allowed!("a command that needs no medium, without one":
    Pattern::Ok => "mmc5-6.6",
);

/// REQUEST SENSE itself.
pub(super) const RETURNS: Allowed = allowed!("REQUEST SENSE": Pattern::Ok => "spc3-6.27");

/// REQUEST SENSE that wants descriptor format.
pub(super) const RETURNS_DESCRIPTORS: Allowed = allowed!("REQUEST SENSE in descriptor format":
    Pattern::Ok => "spc3-6.27",
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "field-descriptor-sense",
);

/// NACA in the control byte of a drive that has no ACA.
pub(super) const NO_ACA: Allowed = allowed!("NACA is set":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "spc3-4.3",
    Pattern::Asc(IllegalRequest, 0x24) => "spc3-4.3",
    Pattern::Ok => "field-reserved-bits",
);
