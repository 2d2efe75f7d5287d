//! STORAGE_ADAPTER_DESCRIPTOR and STORAGE_DEVICE_DESCRIPTOR (`ntddstor.h`), built from what the host knows. Little-endian, natural alignment.

use discrig_device::Properties;
use discrig_wire::inquiry::StandardInquiry;

/// Bytes of a page, in which the adapter counts physical memory.
const PAGE: u32 = 4096;

/// sizeof(STORAGE_ADAPTER_DESCRIPTOR).
const ADAPTER_SIZE: u32 = 32;

/// sizeof(STORAGE_DEVICE_DESCRIPTOR), with one byte of raw properties and padding.
const DEVICE_SIZE: u32 = 40;

/// Where the raw properties of a device descriptor begin.
const RAW_PROPERTIES: usize = 36;

/// STORAGE_ADAPTER_DESCRIPTOR. The bus type is BusTypeUnknown (0): a host's properties do not tell it.
pub(crate) fn adapter(properties: &Properties) -> Vec<u8> {
    let pages = properties.maximum_transfer_unaligned.div_ceil(PAGE).saturating_add(1);
    let fields = [
        ADAPTER_SIZE,                        // Version
        ADAPTER_SIZE,                        // Size
        properties.maximum_transfer_aligned, // MaximumTransferLength
        pages,                               // MaximumPhysicalPages: an unaligned buffer touches one more
        properties.alignment_mask,           // AlignmentMask
    ];
    let mut bytes: Vec<u8> = fields.iter().flat_map(|field| field.to_le_bytes()).collect();
    bytes.resize(ADAPTER_SIZE as usize, 0);
    bytes
}

/// STORAGE_DEVICE_DESCRIPTOR with the INQUIRY data as raw properties, then the texts; `None` without INQUIRY data.
pub(crate) fn device(properties: &Properties) -> Option<Vec<u8>> {
    let inquiry = StandardInquiry::parse(&properties.inquiry).ok()?;
    let mut bytes = vec![0; RAW_PROPERTIES];
    bytes.extend_from_slice(&properties.inquiry);
    let texts = [
        (12, inquiry.vendor.to_string()),
        (16, inquiry.product.to_string()),
        (20, inquiry.revision.to_string()),
        (24, properties.serial.clone()),
    ];
    for (field, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
        let offset = u32::try_from(bytes.len()).ok()?;
        put(&mut bytes, *field, offset);
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
    }
    let size = bytes.len().max(DEVICE_SIZE as usize);
    bytes.resize(size, 0);
    put(&mut bytes, 0, DEVICE_SIZE);
    put(&mut bytes, 4, u32::try_from(size).ok()?);
    bytes[8] = inquiry.peripheral_type.0;
    bytes[10] = u8::from(inquiry.removable);
    bytes[11] = u8::from(inquiry.command_queuing);
    put(&mut bytes, 32, u32::try_from(properties.inquiry.len()).ok()?);
    Some(bytes)
}

fn put(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties() -> Properties {
        let mut inquiry = vec![0x05, 0x80, 0x00, 0x32, 0x1F, 0, 0, 0x02];
        inquiry.extend_from_slice(b"DISCRIG EMULATED DRIVE  1.00");
        Properties {
            inquiry,
            serial: "K1".to_owned(),
            alignment_mask: 3,
            maximum_transfer_aligned: 0x2_0000,
            maximum_transfer_unaligned: 0x1_F000,
            ..Properties::default()
        }
    }

    fn word(bytes: &[u8], at: usize) -> usize {
        u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize
    }

    #[test]
    fn adapter_by_offset() {
        let bytes = adapter(&properties());
        let fields: Vec<usize> = (0..8).map(|field| word(&bytes, 4 * field)).collect();
        assert_eq!(fields, [32, 32, 0x2_0000, 0x20, 3, 0, 0, 0]);
        assert_eq!(bytes.len(), 32);
    }

    #[test]
    fn device_by_offset() {
        let bytes = device(&properties()).unwrap();
        let text = |field: usize| {
            let rest = &bytes[word(&bytes, field)..];
            core::str::from_utf8(&rest[..rest.iter().position(|byte| *byte == 0).unwrap()])
                .unwrap()
                .to_owned()
        };
        assert_eq!((word(&bytes, 0), word(&bytes, 4)), (40, bytes.len()));
        assert_eq!(bytes[8..12], [5, 0, 1, 1]);
        assert_eq!([text(12), text(16), text(20), text(24)], ["DISCRIG", "EMULATED DRIVE", "1.00", "K1"]);
        assert_eq!((word(&bytes, 28), word(&bytes, 32)), (0, 36));
        assert_eq!(bytes[36..72], properties().inquiry);
    }

    #[test]
    fn what_is_missing_has_offset_zero() {
        let short = Properties { inquiry: vec![5, 0x80, 0, 2, 31], ..Properties::default() };
        let bytes = device(&short).unwrap();
        assert_eq!(bytes.len(), 41);
        assert!([12, 16, 20, 24].iter().all(|field| word(&bytes, *field) == 0));
        assert_eq!(device(&Properties::default()), None);
    }
}
