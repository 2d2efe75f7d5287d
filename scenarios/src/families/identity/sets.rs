//! Sets of allowed answers about identity and disc.

use crate::allowed::{Allowed, Pattern, allowed};
use discrig_wire::SenseKey::{BlankCheck, IllegalRequest, MediumError};
use discrig_wire::sense::codes;

/// INQUIRY for standard data.
pub(super) const IDENTIFIES: Allowed = allowed!("INQUIRY": Pattern::Ok => "spc3-6.4");

/// INQUIRY for vital product data, which drives from before INQ2 do not have.
pub(super) const VITAL: Allowed = allowed!("INQUIRY for vital product data":
    Pattern::Ok => "spc3-6.4",
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "field-vital-data-absent",
);

/// INQUIRY for a page that page 00h lists.
pub(super) const LISTED_PAGE: Allowed =
    allowed!("INQUIRY for a listed page of vital product data": Pattern::Ok => "spc3-7.6");

/// INQUIRY for a page that page 00h does not list.
pub(super) const UNLISTED_PAGE: Allowed = allowed!("INQUIRY for a page that is not listed":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "spc3-6.4",
);

/// INQUIRY with a page code and without EVPD, by a drive that says INQ2.
pub(super) const PAGE_WITHOUT_EVPD: Allowed = allowed!("INQUIRY with a page code and without EVPD":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "spc3-6.4",
);

/// The same by a drive that does not say INQ2: it need not look at these fields.
pub(super) const PAGE_WITHOUT_EVPD_OLD: Allowed = allowed!("INQUIRY with a page code and without EVPD":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "spc3-6.4",
    Pattern::Ok => "mmc5-5.3.2",
);

/// REPORT LUNS.
pub(super) const LISTS_UNITS: Allowed = allowed!("REPORT LUNS": Pattern::Ok => "spc3-6.21");

/// GET CONFIGURATION.
pub(super) const CONFIGURES: Allowed = allowed!("GET CONFIGURATION": Pattern::Ok => "mmc5-6.6");

/// GET CONFIGURATION with the reserved requested type.
pub(super) const RESERVED_TYPE: Allowed = allowed!("GET CONFIGURATION with requested type 3":
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "mmc5-6.6",
);

/// GET EVENT STATUS NOTIFICATION, polled.
pub(super) const POLLS: Allowed = allowed!("GET EVENT STATUS NOTIFICATION": Pattern::Ok => "mmc5-6.7");

/// GET PERFORMANCE of nominal reading.
pub(super) const PERFORMS: Allowed = allowed!("GET PERFORMANCE": Pattern::Ok => "mmc5-6.8");

/// MODE SENSE(10).
pub(super) const SENSES: Allowed = allowed!("MODE SENSE(10)": Pattern::Ok => "mmc5-6.13");

/// MODE SENSE(10) for saved values.
pub(super) const SAVED: Allowed = allowed!("MODE SENSE(10) for saved values":
    Pattern::Check(codes::SAVING_PARAMETERS_NOT_SUPPORTED) => "mmc5-6.13",
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "field-saved-values",
    Pattern::Ok => "field-saved-values",
);

/// MODE SENSE(10) for saved values where a page says that it can be saved.
pub(super) const SAVED_AS_SAID: Allowed =
    allowed!("MODE SENSE(10) for saved values of a page with PS": Pattern::Ok => "mmc5-6.13");

/// READ CAPACITY with a disc that has data.
pub(super) const MEASURES: Allowed = allowed!("READ CAPACITY": Pattern::Ok => "mmc5-6.19");

/// READ TOC/PMA/ATIP of format 0 with a disc that has data.
pub(super) const LISTS_TRACKS: Allowed = allowed!("READ TOC/PMA/ATIP": Pattern::Ok => "mmc5-6.26");

/// READ DISC INFORMATION.
pub(super) const DESCRIBES_DISC: Allowed = allowed!("READ DISC INFORMATION": Pattern::Ok => "mmc5-6.22");

/// READ TRACK INFORMATION.
pub(super) const DESCRIBES_TRACK: Allowed = allowed!("READ TRACK INFORMATION": Pattern::Ok => "mmc5-6.27");

/// READ(10) of blocks that are there.
pub(super) const READS: Allowed = allowed!("READ(10)": Pattern::Ok => "mmc5-6.15");

/// READ(10) of the last block of a CD that was recorded: run-out blocks count as capacity and cannot be read.
pub(super) const READS_LAST_OF_RECORDED_CD: Allowed = allowed!("READ(10) of the last block of a recorded CD":
    Pattern::Ok => "mmc5-6.15",
    Pattern::Asc(MediumError, 0x11) => "field-run-out-blocks",
    Pattern::Asc(IllegalRequest, 0x64) => "field-run-out-blocks",
    Pattern::Check(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE) => "field-run-out-blocks",
);

/// READ(10) beyond the end of a pressed disc.
pub(super) const PAST_END: Allowed = allowed!("READ(10) beyond the end":
    Pattern::Check(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE) => "mmc5-6.15",
);

/// READ(10) beyond the end of what a recordable disc holds.
pub(super) const PAST_RECORDED: Allowed = allowed!("READ(10) beyond what is recorded":
    Pattern::Check(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE) => "mmc5-6.15",
    Pattern::Key(BlankCheck) => "field-unrecorded-blocks",
    Pattern::Asc(MediumError, 0x11) => "field-unrecorded-blocks",
);

/// READ(12) of blocks that are there.
pub(super) const READS_12: Allowed = allowed!("READ(12)": Pattern::Ok => "mmc5-6.16");
