//! Answers and frames by hand.

use super::*;
use crate::layout::testing::check_layouts;
use proptest::prelude::*;

check_layouts!(
    BlockHeader,
    CatalogNumberData,
    CurrentPosition,
    QCatalogNumber,
    QPosition,
    QRecordingCode,
    RecordingCodeData,
    SubChannelHeader,
);

fn encoded(status: AudioStatus, write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
    let mut buffer = [0xEE; 64];
    let mut reply = Reply::new(&mut buffer, 64);
    SubChannelData::encode(status, &mut reply, write);
    reply.bytes().to_vec()
}

#[test]
fn a_position_by_hand() {
    let bytes = [0, 0x11, 0, 12, 1, 0x10, 2, 1, 0, 3, 1, 74, 0, 0, 30, 5];
    let answer = SubChannelData::parse(&bytes).unwrap();
    assert_eq!(answer.audio_status, AudioStatus::PLAYING);
    let position = CurrentPosition::parse(answer.body).unwrap();
    assert_eq!((position.adr, position.control, position.track, position.index), (1, 0, 2, 1));
    assert_eq!(Msf::from_field(position.absolute_address), Msf::new(3, 1, 74));
    assert_eq!(encoded(AudioStatus::PLAYING, |reply| position.encode(reply)), bytes);
    assert_eq!(encoded(AudioStatus::NONE, |_| {}), [0, 0x15, 0, 0]);
}

#[test]
fn numbers_and_codes_by_hand() {
    let number = CatalogNumberData {
        format: SubChannelFormat::MEDIA_CATALOG_NUMBER,
        valid: true,
        absolute_frame: 16,
        number: Ascii::new("4006408000001"),
    };
    let bytes = encoded(AudioStatus::NONE, |reply| number.encode(reply));
    assert_eq!(bytes, *b"\0\x15\0\x14\x02\0\0\0\x804006408000001\0\x10");
    let code = RecordingCodeData {
        format: SubChannelFormat::ISRC,
        adr: 3,
        track: 5,
        valid: true,
        absolute_frame: 7,
        code: Ascii::new("DEXYZ2600001"),
        ..Default::default()
    };
    let bytes = encoded(AudioStatus::NONE, |reply| code.encode(reply));
    assert_eq!(bytes, *b"\0\x15\0\x14\x03\x30\x05\0\x80DEXYZ2600001\0\x07\0");
    assert_eq!(RecordingCodeData::parse(SubChannelData::parse(&bytes).unwrap().body), Ok(code));
}

#[test]
fn a_header_by_hand() {
    let header = BlockHeader::parse(&[1, 0, 0, 0, 0, 0, 2, 16]).unwrap();
    assert_eq!((header.mode, Msf::from_field(header.address).lba()), (1, 16));
}

#[test]
fn frames_by_hand() {
    let bytes = [0x41, 0x01, 0x01, 0x00, 0x00, 0x16, 0x00, 0x00, 0x02, 0x16];
    let position = QPosition {
        control: 4,
        mode: QMode::POSITION,
        track: 1,
        index: 1,
        relative: Msf::new(0, 0, 0x16),
        absolute: Msf::new(0, 2, 0x16),
        ..Default::default()
    };
    let frame = QFrame::Position(position).sealed();
    assert_eq!(frame[..10], bytes);
    assert!(QFrame::is_intact(&frame));
    let mut damaged = frame;
    damaged[4] ^= 1;
    assert!(!QFrame::is_intact(&damaged) && !QFrame::is_intact(&frame[..11]));

    let catalog = [0x02, 0x40, 0x06, 0x40, 0x80, 0x00, 0x00, 0x10, 0x00, 0x16, 0, 0];
    let Ok(QFrame::CatalogNumber(number)) = QFrame::parse(&catalog) else { panic!("a catalog number") };
    assert_eq!((number.text(), number.absolute_frame), (Ascii::new("4006408000001"), 0x16));

    // D E X Y Z as 14h 15h 28h 29h 2Ah in six bits each.
    let code = [0x03, 0x51, 0x5A, 0x29, 0xA8, 0x26, 0x00, 0x00, 0x10, 0x07, 0, 0];
    let characters = 0x14 << 24 | 0x15 << 18 | 0x28 << 12 | 0x29 << 6 | 0x2A;
    let made = QRecordingCode {
        mode: QMode::ISRC,
        characters,
        digits: 0x260_0001,
        absolute_frame: 7,
        ..Default::default()
    };
    assert_eq!(made.text(), Ascii::new("DEXYZ2600001"));
    assert_eq!(made.to_bytes(), code);
    assert_eq!(QFrame::parse(&made.to_bytes()), Ok(QFrame::RecordingCode(made)));
    assert!(matches!(QFrame::parse(&[0x05; 12]), Err(WireError::BadValue { value: 5, .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        if let Ok(data) = SubChannelData::parse(&bytes) {
            let again = encoded(data.audio_status, |reply| reply.put(data.body));
            prop_assert_eq!(SubChannelData::parse(&again), Ok(data));
        }
        if let Ok(frame) = QFrame::parse(&bytes) {
            prop_assert!(QFrame::is_intact(&frame.sealed()));
            if let QFrame::CatalogNumber(number) = frame {
                prop_assert!(number.text().is_printable());
            }
            if let QFrame::RecordingCode(code) = frame {
                prop_assert!(code.text().is_printable());
            }
        }
    }
}
