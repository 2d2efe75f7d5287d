//! Sets of allowed answers about identity, configuration and the disc.

use crate::allowed::{Allowed, Pattern, allowed};
use discrig_wire::SenseKey::IllegalRequest;
use discrig_wire::sense::codes;

/// INQUIRY that asks for standard data.
pub(super) const IDENTIFIES: Allowed = allowed!("INQUIRY": Pattern::Ok => "spc3-6.4");

/// INQUIRY for a page without saying that a page is wanted.
pub(super) const PAGE_WITHOUT_EVPD: Allowed = allowed!("INQUIRY with a page code for standard data":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "spc3-6.4",
);

/// INQUIRY for a page of vital product data that the drive does not list.
pub(super) const UNLISTED_PAGE: Allowed = allowed!("a page of vital product data that is not listed":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "spc3-6.4",
);

/// GET CONFIGURATION.
pub(super) const CONFIGURES: Allowed = allowed!("GET CONFIGURATION": Pattern::Ok => "mmc5-6.6");

/// GET CONFIGURATION with the reserved request type.
pub(super) const RESERVED_TYPE: Allowed = allowed!("GET CONFIGURATION with the reserved request type":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "mmc5-6.6",
);

/// MODE SENSE(10).
pub(super) const SENSES_MODES: Allowed = allowed!("MODE SENSE(10)": Pattern::Ok => "mmc5-6.13");

/// MODE SENSE(10) for saved values.
pub(super) const SAVED_VALUES: Allowed = allowed!("MODE SENSE(10) for saved values":
    Pattern::Check(codes::SAVING_PARAMETERS_NOT_SUPPORTED) => "mmc5-6.13",
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "field-saved-pages",
    Pattern::Ok => "field-saved-pages",
);

/// READ CAPACITY with a disc in.
pub(super) const MEASURES: Allowed = allowed!("READ CAPACITY": Pattern::Ok => "mmc5-6.19");

/// READ TOC with a disc that has tracks.
pub(super) const LISTS_TRACKS: Allowed = allowed!("READ TOC/PMA/ATIP": Pattern::Ok => "mmc5-6.26");

/// READ(10) within the disc.
pub(super) const READS: Allowed = allowed!("READ(10)": Pattern::Ok => "mmc5-6.15");

/// A command that is mandatory with features that the drive may not have.
pub(super) const OPTIONAL: Allowed = allowed!("a command of optional features":
    Pattern::Ok => "mmc5-5.2.2",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "mmc5-5.2.2",
);

/// READ DISC STRUCTURE: the physical format, where the medium has one.
pub(super) const STRUCTURES: Allowed = allowed!("READ DISC STRUCTURE":
    Pattern::Ok => "mmc5-6.23",
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "mmc5-6.23",
    Pattern::Asc(IllegalRequest, 0x30) => "mmc5-6.23",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "mmc5-5.2.2",
);

/// REPORT LUNS, which some transports do not carry.
pub(super) const LISTS_UNITS: Allowed = allowed!("REPORT LUNS":
    Pattern::Ok => "spc3-6.21",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "field-no-report-luns",
);
