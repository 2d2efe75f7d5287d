//! INQUIRY: standard data and vital product data (SPC-3 6.4 and 7.6, MMC-5 6.9).

mod vpd;

pub use vpd::{
    Association, CodeSet, Designator, DesignatorHeader, DesignatorKind, DesignatorList, Designators, VpdCode,
    VpdHeader, VpdPage,
};

use crate::ascii::Ascii;
use crate::error::{WireError, need};
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;

codes! {
    /// Whether a device is there (SPC-3 6.4.2).
    pub struct PeripheralQualifier(u8) {
        CONNECTED = 0 "connected",
        NOT_CONNECTED = 1 "could be connected, is not",
        NOT_SUPPORTED = 3 "no device possible at this logical unit",
    }

    /// What kind of device it is (SPC-3 6.4.2).
    pub struct PeripheralType(u8) {
        DIRECT_ACCESS = 0x00 "direct access block device",
        SEQUENTIAL_ACCESS = 0x01 "sequential access device",
        PROCESSOR = 0x03 "processor",
        WRITE_ONCE = 0x04 "write once device",
        MULTIMEDIA = 0x05 "CD/DVD/BD device",
        OPTICAL_MEMORY = 0x07 "optical memory device",
        MEDIUM_CHANGER = 0x08 "medium changer",
        STORAGE_ARRAY_CONTROLLER = 0x0C "storage array controller",
        ENCLOSURE_SERVICES = 0x0D "enclosure services device",
        SIMPLIFIED_DIRECT_ACCESS = 0x0E "simplified direct access device",
        UNKNOWN = 0x1F "no device or unknown",
    }

    /// The standard that the device claims (INQUIRY byte 2).
    pub struct ClaimedVersion(u8) {
        NONE = 0 "no standard, as ATAPI devices say",
        SCSI_1 = 1 "SCSI",
        SCSI_2 = 2 "SCSI-2",
        SPC = 3 "SPC",
        SPC_2 = 4 "SPC-2",
        SPC_3 = 5 "SPC-3",
        SPC_4 = 6 "SPC-4",
        SPC_5 = 7 "SPC-5",
    }

    /// A standard that a version descriptor names (INQUIRY bytes 58 to 73).
    pub struct VersionDescriptor(u16) {
        SAM_5 = 0x00A0 "SAM-5",
        MMC_3 = 0x02A0 "MMC-3",
        MMC_3_R10G = 0x02B6 "MMC-3 revision 10g",
        SPC_3 = 0x0300 "SPC-3",
        MMC_4 = 0x03A0 "MMC-4",
        MMC_5 = 0x0420 "MMC-5",
        MMC_5_R04 = 0x0432 "MMC-5 revision 4",
        MMC_5_PUBLISHED = 0x0434 "MMC-5 INCITS 430-2007",
        SPC_4 = 0x0460 "SPC-4",
        MMC_6 = 0x04E0 "MMC-6",
        MMC_6_R02G = 0x04E5 "MMC-6 revision 2g",
        MMC_6_PUBLISHED = 0x04E6 "MMC-6 INCITS 468-2010",
        MMC_6_AMENDED = 0x04E7 "MMC-6 INCITS 468-2010/AM1-2012",
        SPC_5 = 0x05C0 "SPC-5",
        ISCSI = 0x0960 "iSCSI",
    }
}

layout! {
    /// Standard INQUIRY data (SPC-3 6.4.2).
    ///
    /// The structure is `additional_length` + 5 bytes long; ATAPI recorders say 5Bh, 96 bytes in all.
    pub struct StandardInquiry: "standard INQUIRY data", size 96, needs 5, own codec {
        peripheral_qualifier: PeripheralQualifier = 0[7; 3] "Whether a device is there.",
        peripheral_type: PeripheralType = 0[4; 5] "What kind of device.",
        removable: bool = 1[7; 1] "RMB: the medium can be removed.",
        version: ClaimedVersion = 2[7; 8] "The standard that is claimed.",
        obsolete_byte_3: u8 = 3[7; 2] "Bits 7 and 6, part of the ATAPI version.",
        normal_aca: bool = 3[5; 1] "NORMACA; part of the ATAPI version on ATAPI devices.",
        hierarchical_support: bool = 3[4; 1] "HISUP: hierarchical logical unit numbers; part of the ATAPI version on ATAPI devices.",
        response_data_format: u8 = 3[3; 4] "2 for data in this format.",
        additional_length: u8 = 4[7; 8] "Bytes after byte 4.",
        scc_supported: bool = 5[7; 1] "SCCS: an embedded storage array controller.",
        access_controls_coordinator: bool = 5[6; 1] "ACC.",
        target_port_group_support: u8 = 5[5; 2] "TPGS: asymmetric access; 0 is none.",
        third_party_copy: bool = 5[3; 1] "3PC.",
        protect: bool = 5[0; 1] "Protection information is supported.",
        basic_queuing: bool = 6[7; 1] "BQUE, obsolete.",
        enclosure_services: bool = 6[6; 1] "ENCSERV.",
        vendor_specific_6: bool = 6[5; 1] "Byte 6 bit 5, vendor specific.",
        multi_port: bool = 6[4; 1] "MULTIP.",
        medium_changer: bool = 6[3; 1] "MCHNGR: an attached medium changer; zero on MMC units.",
        wide_address_16: bool = 6[0; 1] "ADDR16, parallel SCSI.",
        wide_bus_16: bool = 7[5; 1] "WBUS16, parallel SCSI.",
        synchronous: bool = 7[4; 1] "SYNC, parallel SCSI.",
        linked: bool = 7[3; 1] "LINKED commands, obsolete.",
        command_queuing: bool = 7[1; 1] "CMDQUE: several commands at a time.",
        vendor_specific_7: bool = 7[0; 1] "Byte 7 bit 0, vendor specific.",
    }
    bytes {
        vendor: Ascii<8> = 8 "T10 VENDOR IDENTIFICATION.",
        product: Ascii<16> = 16 "PRODUCT IDENTIFICATION.",
        revision: Ascii<4> = 32 "PRODUCT REVISION LEVEL.",
        vendor_specific: [u8; 20] = 36 "Bytes 36 to 55: often a firmware date or a serial number.",
        version_descriptors: [u16; 8] = 58 "Standards, as [`VersionDescriptor`] values; zero where there is none.",
    }
}

impl StandardInquiry {
    /// Bytes that SCSI-2 already defined, and that every initiator reads.
    pub const SHORT: usize = 36;

    /// Reads what is there of the announced length; missing text is blank, other missing fields are zero.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when the additional length is not among the bytes.
    pub fn parse(bytes: &[u8]) -> Result<StandardInquiry, WireError> {
        let head = need(<StandardInquiry as Layout>::NAME, bytes, 5)?;
        let announced = 5 + usize::from(head[4]);
        let end = announced.min(bytes.len()).min(StandardInquiry::SIZE);
        let mut padded = [0; StandardInquiry::SIZE];
        padded[8..StandardInquiry::SHORT].fill(b' ');
        padded[..end].copy_from_slice(&bytes[..end]);
        Ok(StandardInquiry::read(&padded))
    }

    /// Appends as many bytes as `additional_length` announces.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        let announced = 5 + usize::from(self.additional_length);
        let bytes = self.to_bytes();
        reply.put(&bytes[..announced.min(bytes.len())]);
        reply.zeros(announced.saturating_sub(bytes.len()));
    }

    /// The upper half of byte 3, where SFF-8020 and its successors put the ATAPI version; 0 on SCSI units.
    #[must_use]
    pub fn atapi_version(&self) -> u8 {
        self.to_bytes()[3] >> 4
    }

    /// The standards that are named, in the order of the descriptors.
    pub fn standards(&self) -> impl Iterator<Item = VersionDescriptor> {
        self.version_descriptors.into_iter().filter(|value| *value != 0).map(VersionDescriptor)
    }
}

#[cfg(test)]
mod tests;
