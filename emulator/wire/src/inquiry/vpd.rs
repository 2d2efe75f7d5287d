//! Vital product data pages (SPC-3 7.6): the list, the serial number, the designators.

use crate::ascii::trimmed;
use crate::error::{WireError, need};
use crate::inquiry::{PeripheralQualifier, PeripheralType};
use crate::layout::{Layout, codes, layout};
use crate::records::Records;
use crate::reply::Reply;

codes! {
    /// Pages of vital product data.
    pub struct VpdCode(u8) {
        SUPPORTED_PAGES = 0x00 "supported vital product data pages",
        UNIT_SERIAL_NUMBER = 0x80 "unit serial number",
        DEVICE_IDENTIFICATION = 0x83 "device identification",
        SOFTWARE_INTERFACE_IDENTIFICATION = 0x84 "software interface identification",
        MANAGEMENT_NETWORK_ADDRESSES = 0x85 "management network addresses",
        EXTENDED_INQUIRY_DATA = 0x86 "extended INQUIRY data",
        MODE_PAGE_POLICY = 0x87 "mode page policy",
        SCSI_PORTS = 0x88 "SCSI ports",
        ATA_INFORMATION = 0x89 "ATA information",
    }

    /// What a designator is the name of (SPC-3 table 299).
    pub struct Association(u8) {
        LOGICAL_UNIT = 0 "logical unit",
        TARGET_PORT = 1 "target port",
        TARGET_DEVICE = 2 "target device",
    }

    /// How a designator is written.
    pub struct CodeSet(u8) {
        BINARY = 1 "binary",
        ASCII = 2 "ASCII",
        UTF_8 = 3 "UTF-8",
    }

    /// What form a designator has.
    pub struct DesignatorKind(u8) {
        VENDOR_SPECIFIC = 0x0 "vendor specific",
        T10_VENDOR_ID = 0x1 "T10 vendor ID based",
        EUI_64 = 0x2 "EUI-64 based",
        NAA = 0x3 "NAA",
        RELATIVE_TARGET_PORT = 0x4 "relative target port",
        TARGET_PORT_GROUP = 0x5 "target port group",
        LOGICAL_UNIT_GROUP = 0x6 "logical unit group",
        MD5_LOGICAL_UNIT = 0x7 "MD5 logical unit",
        SCSI_NAME_STRING = 0x8 "SCSI name string",
    }
}

layout! {
    /// What stands before every page.
    pub struct VpdHeader: "VPD page", size 4, needs 4 {
        peripheral_qualifier: PeripheralQualifier = 0[7; 3] "Whether a device is there.",
        peripheral_type: PeripheralType = 0[4; 5] "What kind of device.",
        page_code: VpdCode = 1[7; 8] "Which page.",
        page_length: u16 = 2[7; 16] "Bytes after byte 3.",
    }

    /// What stands before every designator.
    pub struct DesignatorHeader: "designator", size 4, needs 4 {
        protocol_identifier: u8 = 0[7; 4] "Transport protocol, where `protocol_valid` says so; 5 is iSCSI.",
        code_set: CodeSet = 0[3; 4] "How it is written.",
        protocol_valid: bool = 1[7; 1] "PIV.",
        association: Association = 1[5; 2] "What it names.",
        kind: DesignatorKind = 1[3; 4] "What form it has.",
        length: u8 = 3[7; 8] "Bytes after byte 3.",
    }
}

/// A page of vital product data.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct VpdPage<'a> {
    /// Whether a device is there.
    pub peripheral_qualifier: PeripheralQualifier,
    /// What kind of device.
    pub peripheral_type: PeripheralType,
    /// Which page.
    pub page_code: VpdCode,
    /// What follows the page length.
    pub body: &'a [u8],
    /// Bytes that the page length announces; more than `body` has when the answer was cut.
    pub announced: usize,
}

impl<'a> VpdPage<'a> {
    /// A page of an MMC unit.
    #[must_use]
    pub const fn new(page_code: VpdCode, body: &'a [u8]) -> VpdPage<'a> {
        VpdPage {
            peripheral_qualifier: PeripheralQualifier::CONNECTED,
            peripheral_type: PeripheralType::MULTIMEDIA,
            page_code,
            body,
            announced: body.len(),
        }
    }

    /// Reads a page; what is beyond its announced length is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when there are fewer than 4 bytes.
    pub fn parse(bytes: &'a [u8]) -> Result<VpdPage<'a>, WireError> {
        let header = VpdHeader::parse(bytes)?;
        let announced = usize::from(header.page_length);
        let body = &bytes[VpdHeader::SIZE..];
        Ok(VpdPage {
            peripheral_qualifier: header.peripheral_qualifier,
            peripheral_type: header.peripheral_type,
            page_code: header.page_code,
            body: &body[..announced.min(body.len())],
            announced,
        })
    }

    /// Appends the page. The page length is that of the body.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        let page_length = self.body.len().min(usize::from(u16::MAX)) as u16;
        self.header(page_length).encode(reply);
        reply.put(&self.body[..usize::from(page_length)]);
    }

    fn header(&self, page_length: u16) -> VpdHeader {
        VpdHeader {
            peripheral_qualifier: self.peripheral_qualifier,
            peripheral_type: self.peripheral_type,
            page_code: self.page_code,
            page_length,
        }
    }

    /// The pages that page 00h lists, or `None` on another page.
    #[must_use]
    pub fn supported_pages(&self) -> Option<impl Iterator<Item = VpdCode> + use<'a>> {
        (self.page_code == VpdCode::SUPPORTED_PAGES).then(|| self.body.iter().map(|code| VpdCode(*code)))
    }

    /// The serial number of page 80h without padding, or `None` on another page. Empty when the unit has none.
    #[must_use]
    pub fn serial_number(&self) -> Option<&'a str> {
        (self.page_code == VpdCode::UNIT_SERIAL_NUMBER).then(|| trimmed(self.body))
    }

    /// The designators of page 83h, or `None` on another page.
    #[must_use]
    pub fn designators(&self) -> Option<Designators<'a>> {
        (self.page_code == VpdCode::DEVICE_IDENTIFICATION).then(|| Designators {
            records: Records::new(
                DesignatorHeader::NAME,
                self.body,
                self.announced,
                DesignatorHeader::SIZE,
                |record| DesignatorHeader::SIZE + usize::from(record[3]),
            ),
        })
    }
}

/// A name of a logical unit, a port or a device.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Designator<'a> {
    /// The transport protocol that it belongs to, where it says so.
    pub protocol: Option<u8>,
    /// How it is written.
    pub code_set: CodeSet,
    /// What it names.
    pub association: Association,
    /// What form it has.
    pub kind: DesignatorKind,
    /// The name itself, at most 255 bytes.
    pub identifier: &'a [u8],
}

impl<'a> Designator<'a> {
    /// Reads a designator.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when it is cut.
    pub fn parse(bytes: &'a [u8]) -> Result<Designator<'a>, WireError> {
        let header = DesignatorHeader::parse(bytes)?;
        let end = DesignatorHeader::SIZE + usize::from(header.length);
        let bytes = need(DesignatorHeader::NAME, bytes, end)?;
        Ok(Designator {
            protocol: header.protocol_valid.then_some(header.protocol_identifier),
            code_set: header.code_set,
            association: header.association,
            kind: header.kind,
            identifier: &bytes[DesignatorHeader::SIZE..],
        })
    }

    /// Appends the designator; an identifier of more than 255 bytes is cut.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        let length = self.identifier.len().min(usize::from(u8::MAX)) as u8;
        self.header(length).encode(reply);
        reply.put(&self.identifier[..usize::from(length)]);
    }

    fn header(&self, length: u8) -> DesignatorHeader {
        DesignatorHeader {
            protocol_identifier: self.protocol.unwrap_or(0),
            code_set: self.code_set,
            protocol_valid: self.protocol.is_some(),
            association: self.association,
            kind: self.kind,
            length,
        }
    }

    /// The identifier as text without padding, for the code sets that are text.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        let text = core::str::from_utf8(self.identifier).ok()?;
        matches!(self.code_set, CodeSet::ASCII | CodeSet::UTF_8).then(|| text.trim_end_matches([' ', '\0']))
    }
}

/// The designators of page 83h. See [`VpdPage::designators`].
#[derive(Clone, Debug)]
pub struct Designators<'a> {
    records: Records<'a>,
}

impl<'a> Iterator for Designators<'a> {
    type Item = Result<Designator<'a>, WireError>;

    fn next(&mut self) -> Option<Result<Designator<'a>, WireError>> {
        self.records.next().map(|record| record.and_then(Designator::parse))
    }
}

/// Page 83h under construction, directly in the reply.
#[derive(Debug)]
pub struct DesignatorList<'r, 'b> {
    reply: &'r mut Reply<'b>,
    start: usize,
}

impl<'r, 'b> DesignatorList<'r, 'b> {
    /// iSCSI among the protocol identifiers (SPC-3 7.5.1).
    pub const ISCSI: u8 = 5;

    /// Begins the page of an MMC unit.
    pub fn new(reply: &'r mut Reply<'b>) -> DesignatorList<'r, 'b> {
        let start = reply.length();
        VpdPage::new(VpdCode::DEVICE_IDENTIFICATION, &[]).encode(reply);
        DesignatorList { reply, start }
    }

    /// Adds a designator as it is.
    pub fn push(self, designator: Designator<'_>) -> Self {
        designator.encode(self.reply);
        self.close()
    }

    /// Adds the unit's 64-bit NAA name; the format is in its upper four bits (SPC-3 7.6.3.6).
    pub fn naa(self, name: u64) -> Self {
        self.push(Designator {
            protocol: None,
            code_set: CodeSet::BINARY,
            association: Association::LOGICAL_UNIT,
            kind: DesignatorKind::NAA,
            identifier: &name.to_be_bytes(),
        })
    }

    /// Adds the unit's EUI-64 name.
    pub fn eui_64(self, name: u64) -> Self {
        self.push(Designator {
            protocol: None,
            code_set: CodeSet::BINARY,
            association: Association::LOGICAL_UNIT,
            kind: DesignatorKind::EUI_64,
            identifier: &name.to_be_bytes(),
        })
    }

    /// Adds the unit's name made of the vendor's T10 identification, padded to 8 characters, and text that the vendor keeps unique.
    pub fn t10_vendor(self, vendor: &str, unique: &str) -> Self {
        let unique = &unique.as_bytes()[..unique.len().min(usize::from(u8::MAX) - 8)];
        let designator = Designator {
            protocol: None,
            code_set: CodeSet::ASCII,
            association: Association::LOGICAL_UNIT,
            kind: DesignatorKind::T10_VENDOR_ID,
            identifier: unique,
        };
        designator.header(8 + unique.len() as u8).encode(self.reply);
        self.reply.padded(vendor, 8);
        self.reply.put(unique);
        self.close()
    }

    /// Adds an iSCSI name of a device or port, terminated and padded with zeros to a multiple of four bytes (SPC-3 7.6.3.11).
    pub fn iscsi_name(self, association: Association, name: &str) -> Self {
        let name = &name.as_bytes()[..name.len().min(223 + 12)];
        let padded = (name.len() + 1).next_multiple_of(4);
        let designator = Designator {
            protocol: Some(Self::ISCSI),
            code_set: CodeSet::UTF_8,
            association,
            kind: DesignatorKind::SCSI_NAME_STRING,
            identifier: name,
        };
        designator.header(padded as u8).encode(self.reply);
        self.reply.put(name);
        self.reply.zeros(padded - name.len());
        self.close()
    }

    /// Adds the number of the target port, counted from 1.
    pub fn relative_target_port(self, protocol: u8, port: u16) -> Self {
        let [high, low] = port.to_be_bytes();
        self.port_number(protocol, DesignatorKind::RELATIVE_TARGET_PORT, [0, 0, high, low])
    }

    /// Adds the number of the target port group.
    pub fn target_port_group(self, protocol: u8, group: u16) -> Self {
        let [high, low] = group.to_be_bytes();
        self.port_number(protocol, DesignatorKind::TARGET_PORT_GROUP, [0, 0, high, low])
    }

    fn port_number(self, protocol: u8, kind: DesignatorKind, number: [u8; 4]) -> Self {
        self.push(Designator {
            protocol: Some(protocol),
            code_set: CodeSet::BINARY,
            association: Association::TARGET_PORT,
            kind,
            identifier: &number,
        })
    }

    /// Writes the page length for what is there so far.
    fn close(self) -> Self {
        self.reply.patch_length_u16(self.start + 2, self.start + VpdHeader::SIZE);
        self
    }
}
