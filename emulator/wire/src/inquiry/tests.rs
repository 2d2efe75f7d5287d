//! INQUIRY data and pages against bytes written by hand, round trips, and any bytes at all.

use super::*;
use crate::layout::testing::check_layouts;
use proptest::prelude::*;

check_layouts!(StandardInquiry, VpdHeader, DesignatorHeader);

fn encoded(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
    let mut buffer = [0xEE; 1024];
    let mut reply = Reply::new(&mut buffer, 1024);
    write(&mut reply);
    reply.bytes().to_vec()
}

/// As slim BD recorders answer: 96 bytes, ATAPI version 3, a serial number where vendors put what they like.
const RECORDER: &[u8; 56] =
    b"\x05\x80\x00\x32\x5B\x00\x00\x00HL-DT-STBD-RE BU40N     1.03NM00000MO6J7HB1010  ";

#[test]
fn a_recorder_by_hand() {
    let inquiry = StandardInquiry::parse(RECORDER).unwrap();
    assert_eq!(inquiry.peripheral_type, PeripheralType::MULTIMEDIA);
    assert!(inquiry.removable && inquiry.hierarchical_support && inquiry.normal_aca);
    assert_eq!((inquiry.atapi_version(), inquiry.response_data_format), (3, 2));
    assert_eq!(inquiry.vendor.trimmed(), "HL-DT-ST");
    assert_eq!(inquiry.product.trimmed(), "BD-RE BU40N");
    assert_eq!(inquiry.revision.trimmed(), "1.03");
    assert_eq!(&inquiry.vendor_specific, b"NM00000MO6J7HB1010  ");
    assert_eq!(inquiry.standards().count(), 0);
    let bytes = encoded(|reply| inquiry.encode(reply));
    assert_eq!(bytes.len(), 96);
    assert_eq!(bytes[..56], RECORDER[..]);
}

#[test]
fn a_network_unit_by_hand() {
    let unit = StandardInquiry {
        peripheral_type: PeripheralType::MULTIMEDIA,
        removable: true,
        version: ClaimedVersion::SPC_3,
        response_data_format: 2,
        additional_length: 0x5B,
        command_queuing: true,
        vendor: Ascii::new("DISCRIG"),
        product: Ascii::new("EMULATOR"),
        revision: Ascii::new("0.1"),
        version_descriptors: [0x00A0, 0x0960, 0x0300, 0x04E6, 0, 0, 0, 0],
        ..StandardInquiry::default()
    };
    let bytes = encoded(|reply| unit.encode(reply));
    assert_eq!(&bytes[..36], b"\x05\x80\x05\x02\x5B\x00\x00\x02DISCRIG EMULATOR        0.1 ");
    assert_eq!(&bytes[58..68], [0x00, 0xA0, 0x09, 0x60, 0x03, 0x00, 0x04, 0xE6, 0, 0]);
    let names: Vec<_> = unit.standards().filter_map(VersionDescriptor::name).collect();
    assert_eq!(names, ["SAM-5", "iSCSI", "SPC-3", "MMC-6 INCITS 468-2010"]);
}

#[test]
fn short_and_surplus_inquiry_data() {
    let short = StandardInquiry::parse(&RECORDER[..5]).unwrap();
    assert_eq!(short.vendor.trimmed(), "");
    assert!(short.removable);
    let mut surplus = RECORDER.to_vec();
    surplus[4] = 31;
    let cut = StandardInquiry::parse(&surplus).unwrap();
    assert_eq!(cut.vendor_specific, [0; 20], "bytes beyond the announced length mean nothing");
    assert!(matches!(StandardInquiry::parse(&RECORDER[..4]), Err(WireError::Truncated { needed: 5, .. })));
}

#[test]
fn vpd_pages_by_hand() {
    let list = VpdPage::parse(&[0x05, 0x00, 0x00, 0x03, 0x00, 0x80, 0x83, 0xEE]).unwrap();
    let pages: Vec<_> = list.supported_pages().unwrap().map(|code| code.0).collect();
    assert_eq!(pages, [0x00, 0x80, 0x83]);
    assert_eq!(list.serial_number(), None);
    let serial = VpdPage::new(VpdCode::UNIT_SERIAL_NUMBER, b"MO6J7HB1010 ");
    assert_eq!(encoded(|reply| serial.encode(reply)), *b"\x05\x80\x00\x0CMO6J7HB1010 ");
    assert_eq!(serial.serial_number(), Some("MO6J7HB1010"));
}

#[test]
fn designators_by_hand() {
    let bytes = encoded(|reply| {
        DesignatorList::new(reply)
            .naa(0x3123_4567_89AB_CDEF)
            .t10_vendor("DISCRIG", "one")
            .iscsi_name(Association::TARGET_DEVICE, "iqn.2026-11.x:y")
            .relative_target_port(DesignatorList::ISCSI, 1);
    });
    let expected = [
        &[0x05, 0x83, 0x00, 0x37][..],
        &[0x01, 0x03, 0x00, 0x08, 0x31, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF],
        b"\x02\x01\x00\x0BDISCRIG one",
        b"\x53\xA8\x00\x10iqn.2026-11.x:y\0",
        &[0x51, 0x94, 0x00, 0x04, 0, 0, 0, 1],
    ];
    assert_eq!(bytes, expected.concat());
    let page = VpdPage::parse(&bytes).unwrap();
    let designators: Vec<_> = page.designators().unwrap().map(Result::unwrap).collect();
    assert_eq!(designators.len(), 4);
    assert_eq!(designators[1].text(), Some("DISCRIG one"));
    assert_eq!(designators[2].text(), Some("iqn.2026-11.x:y"));
    assert_eq!((designators[2].association, designators[2].protocol), (Association::TARGET_DEVICE, Some(5)));
    assert_eq!(designators[3].identifier, [0, 0, 0, 1]);
}

#[test]
fn a_designator_that_sticks_out_is_an_error_and_a_cut_one_is_not() {
    let contradicting = [0x05, 0x83, 0x00, 0x06, 0x01, 0x03, 0x00, 0x08, 0x31, 0x23];
    let page = VpdPage::parse(&contradicting).unwrap();
    let results: Vec<_> = page.designators().unwrap().collect();
    assert_eq!(results, [Err(WireError::LengthMismatch { structure: "designator", said: 12, present: 6 })]);
    let cut = [0x05, 0x83, 0x00, 0x0C, 0x01, 0x03, 0x00, 0x08, 0x31, 0x23];
    assert_eq!(VpdPage::parse(&cut).unwrap().designators().unwrap().count(), 0);
}

proptest! {
    #[test]
    fn designators_round_trip(
        protocol in prop::option::of(0u8..16), code_set in 0u8..16, association in 0u8..4, kind in 0u8..16,
        identifier in prop::collection::vec(any::<u8>(), 0..255),
    ) {
        let designator = Designator {
            protocol,
            code_set: CodeSet(code_set),
            association: Association(association),
            kind: DesignatorKind(kind),
            identifier: &identifier,
        };
        let bytes = encoded(|reply| { DesignatorList::new(reply).push(designator).push(designator); });
        let page = VpdPage::parse(&bytes).unwrap();
        let back: Vec<_> = page.designators().unwrap().collect();
        prop_assert_eq!(back, [Ok(designator), Ok(designator)]);
    }

    #[test]
    fn inquiry_round_trips(mut bytes in prop::collection::vec(any::<u8>(), 96)) {
        bytes[4] = 0x5B;
        let inquiry = StandardInquiry::parse(&bytes).unwrap();
        let again = encoded(|reply| inquiry.encode(reply));
        prop_assert_eq!(StandardInquiry::parse(&again), Ok(inquiry));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(inquiry) = StandardInquiry::parse(&bytes) {
            prop_assert_eq!(encoded(|reply| inquiry.encode(reply)).len(), 5 + usize::from(bytes[4]));
        }
        if let Ok(page) = VpdPage::parse(&bytes) {
            let count = VpdPage { page_code: VpdCode::DEVICE_IDENTIFICATION, ..page }.designators().unwrap().count();
            prop_assert!(count <= bytes.len());
            let _ = (page.serial_number(), page.supported_pages().map(Iterator::count));
        }
    }
}
