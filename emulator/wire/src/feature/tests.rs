//! Descriptors against captured bytes, the table as a table, and any bytes at all.

use super::*;
use crate::ascii::Ascii;
use crate::layout::testing::{check_layout, check_layouts};
use proptest::prelude::*;

check_layouts!(ConfigurationHeader, FeatureHeader);

fn encoded(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
    let mut buffer = [0xEE; 1024];
    let mut reply = Reply::new(&mut buffer, 1024);
    write(&mut reply);
    reply.bytes().to_vec()
}

/// Descriptors as two BD recorders send them: the slim one first.
#[test]
fn captured_descriptors() {
    let slim = FeatureDescriptor::parse(&[0x00, 0x03, 0x0B, 0x04, 0x2B, 0x00, 0x00, 0x00]).unwrap();
    assert_eq!((slim.version, slim.persistent, slim.current), (2, true, true));
    let removable = RemovableMedium::parse(&slim).unwrap();
    let expected = RemovableMedium {
        loading_mechanism: LoadingMechanism::TRAY,
        load: false,
        eject: true,
        prevent_jumper: false,
        device_busy_medium_load: true,
        lock: true,
    };
    assert_eq!(removable, expected);
    assert_eq!(encoded(|reply| removable.encode(true, reply)), [0x00, 0x03, 0x0B, 0x04, 0x2B, 0, 0, 0]);

    let tall = RemovableMedium { load: true, device_busy_medium_load: false, ..removable };
    assert_eq!(
        encoded(|reply| tall.encode_with(1, true, &[], reply)),
        [0x00, 0x03, 0x07, 0x04, 0x39, 0, 0, 0]
    );

    let serial = encoded(|reply| DriveSerialNumber {}.encode_with(0, true, b"MO6J7HB1010 ", reply));
    assert_eq!(serial, *b"\x01\x08\x03\x0CMO6J7HB1010 ");
    assert_eq!(FeatureDescriptor::parse(&serial).unwrap().serial_number(), Some("MO6J7HB1010"));

    let firmware = *b"\x01\x0C\x03\x1020160425000000\0\0";
    let parsed = FirmwareInformation::parse(&FeatureDescriptor::parse(&firmware).unwrap()).unwrap();
    assert_eq!(parsed, FirmwareInformation { created: Ascii(*b"20160425000000") });
    assert_eq!(
        encoded(|reply| parsed.encode(false, reply)),
        firmware,
        "a persistent feature is always current"
    );

    let streaming = FeatureDescriptor::parse(&[0x01, 0x07, 0x15, 0x04, 0x1F, 0, 0, 0]).unwrap();
    let streaming = RealTimeStreaming::parse(&streaming).unwrap();
    assert!(!streaming.set_minimum_performance && streaming.set_cd_speed && streaming.stream_writing);

    let aacs = FeatureDescriptor::parse(&[0x01, 0x0D, 0x08, 0x04, 0x17, 0x01, 0x02, 0x01]).unwrap();
    let aacs = Aacs::parse(&aacs).unwrap();
    assert_eq!((aacs.binding_nonce_blocks, aacs.authentication_grants, aacs.aacs_version), (1, 2, 1));
    assert!(aacs.read_drive_certificate && !aacs.read_media_key_block);
}

#[test]
fn bd_classes_and_link_sizes_by_hand() {
    let read = BdRead {
        re_classes: [0x000A, 0, 0, 0],
        r_classes: [0x0006, 0, 0, 0],
        rom_classes: [0x0002, 0, 0, 0],
        ..BdRead::default()
    };
    let bytes = encoded(|reply| read.encode(false, reply));
    assert_eq!(bytes[..10], [0x00, 0x40, 0x04, 28, 0, 0, 0, 0, 0x00, 0x0A]);
    assert_eq!((bytes[17], bytes[25], bytes.len()), (0x06, 0x02, 32));

    let writable = IncrementalStreamingWritable {
        data_block_types: 0x0100,
        buffer_underrun_free: true,
        number_of_link_sizes: 1,
        ..Default::default()
    };
    let bytes = encoded(|reply| writable.encode_with(1, true, &[7], reply));
    assert_eq!(bytes, [0x00, 0x21, 0x05, 0x08, 0x01, 0x00, 0x01, 0x01, 7, 0, 0, 0]);
    assert_eq!(FeatureDescriptor::parse(&bytes).unwrap().link_sizes(), Some(&[7][..]));
}

#[test]
fn an_answer_by_hand() {
    let bytes = encoded(|reply| {
        Configuration::encode(Profile::CD_ROM, reply, |reply| {
            ProfileList::encode_list([(Profile::DVD_ROM, false), (Profile::CD_ROM, true)], reply);
            Core { interface: PhysicalInterface::SCSI, inquiry_2: true, device_busy_events: false }
                .encode(true, reply);
        });
    });
    let expected = [
        &[0, 0, 0, 28, 0, 0, 0x00, 0x08][..],
        &[0x00, 0x00, 0x03, 0x08, 0x00, 0x10, 0, 0, 0x00, 0x08, 1, 0],
        &[0x00, 0x01, 0x0B, 0x08, 0, 0, 0, 1, 0x02, 0, 0, 0],
    ];
    assert_eq!(bytes, expected.concat());
    let answer = Configuration::parse(&bytes).unwrap();
    let profiles: Vec<_> = answer.feature(FeatureCode::PROFILE_LIST).unwrap().profiles().unwrap().collect();
    assert_eq!(profiles, [(Profile::DVD_ROM, false), (Profile::CD_ROM, true)]);
    assert_eq!(answer.features().count(), 2);
    assert_eq!(answer.feature(FeatureCode::MORPHING), None);
}

#[test]
fn truncation_keeps_the_data_length() {
    let mut buffer = [0; 16];
    let mut reply = Reply::new(&mut buffer, 16);
    Configuration::encode(Profile::NONE, &mut reply, |reply| {
        Core::default().encode(true, reply);
        PowerManagement {}.encode(true, reply);
    });
    let answer = Configuration::parse(&buffer).unwrap();
    assert_eq!(answer.data_length, 4 + 12 + 4);
    assert_eq!(answer.features().count(), 0, "the first descriptor is cut");
    let empty = encoded(|reply| Configuration::encode(Profile::NONE, reply, |_| {}));
    assert_eq!(empty, [0, 0, 0, 4, 0, 0, 0, 0]);
}

#[test]
fn lengths_that_contradict() {
    let header = [0, 0, 0, 3, 0, 0, 0, 0];
    assert!(matches!(Configuration::parse(&header), Err(WireError::LengthMismatch { said: 3, .. })));
    let sticking_out = [0, 0, 0, 8, 0, 0, 0, 0, 0x01, 0x00, 0x03, 0x04];
    let results: Vec<_> = Configuration::parse(&sticking_out).unwrap().features().collect();
    assert!(matches!(results[..], [Err(WireError::LengthMismatch { said: 8, present: 4, .. })]));
}

#[test]
fn rows_are_unique_ascending_and_aligned() {
    for pair in FEATURES.windows(2) {
        assert!(pair[0].code < pair[1].code, "{}", pair[1].name);
    }
    for spec in FEATURES {
        assert_eq!(spec.additional_length % 4, 0, "{}", spec.name);
        assert_eq!(FeatureSpec::of(spec.code).map(|row| row.name), Some(spec.name));
        assert!(spec.version < 16 && !spec.clause.is_empty());
    }
    for names in [
        FEATURES.iter().map(|spec| spec.name).collect::<Vec<_>>(),
        Profile::TABLE.iter().map(|row| row.1).collect(),
    ] {
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
    }
    assert!(FeatureSpec::of(FeatureCode(0xFF00)).is_none());
}

#[test]
fn another_features_descriptor_is_refused() {
    let core = FeatureDescriptor::parse(&[0x00, 0x01, 0x0B, 0x00]).unwrap();
    assert_eq!(Core::parse(&core), Ok(Core::default()), "a payload that is missing is zero");
    let refused = RemovableMedium::parse(&core);
    assert_eq!(refused, Err(WireError::BadValue { structure: "Removable Medium", byte: 1, value: 1 }));
}

/// Payload fields lie behind the header, and each bit of them round trips.
#[test]
fn typed_payloads() {
    macro_rules! check {
        ($($feature:ident),+ $(,)?) => {$(
            check_layout::<$feature>($feature::SIZE);
            assert!($feature::SPANS.iter().all(|span| span.0 >= 4), "{}", $feature::SPEC.name);
            assert!($feature::RUNS.iter().all(|run| run.0 >= 4), "{}", $feature::SPEC.name);
            proptest!(ProptestConfig::with_cases(16), |(payload in prop::collection::vec(any::<u8>(), 0..40), current: bool)| {
                let descriptor = FeatureDescriptor {
                    code: $feature::SPEC.code, version: 3, persistent: false, current, payload: &payload,
                };
                let parsed = $feature::parse(&descriptor).unwrap();
                let again = encoded(|reply| parsed.encode(current, reply));
                prop_assert_eq!(again.len(), $feature::SIZE);
                prop_assert_eq!($feature::parse(&FeatureDescriptor::parse(&again).unwrap()), Ok(parsed));
            });
        )+};
    }
    check!(
        Aacs,
        BdRead,
        BdWrite,
        CdAudioExternalPlay,
        CdMastering,
        CdRead,
        CdRwMediaWrite,
        CdTrackAtOnce,
        Core,
        CssManagedRecording,
        DdcdRWrite,
        DdcdRwWrite,
        DvdCprm,
        DvdCss,
        DvdMinusWrite,
        DvdPlusR,
        DvdPlusRDl,
        DvdPlusRw,
        DvdPlusRwDl,
        DvdRead,
        EmbeddedChanger,
        EnhancedDefectReporting,
        FirmwareInformation,
        Formattable,
        HardwareDefectManagement,
        HdDvdRead,
        HdDvdRwFragment,
        HdDvdWrite,
        HybridDisc,
        IncrementalStreamingWritable,
        LayerJumpRecording,
        LayerJumpRigidRestrictedOverwrite,
        MicrocodeUpgrade,
        Morphing,
        Mrw,
        RandomReadable,
        RandomWritable,
        RealTimeStreaming,
        RemovableMedium,
        RigidRestrictedOverwrite,
        Smart,
        TimeOut,
        WriteOnce,
        WriteProtect,
    );
}

proptest! {
    #[test]
    fn descriptors_round_trip(code: u16, version in 0u8..16, persistent: bool, current: bool, words in prop::collection::vec(any::<[u8; 4]>(), 0..60)) {
        let payload = words.concat();
        let code = FeatureCode(code);
        let descriptor = FeatureDescriptor { code, version, persistent, current, payload: &payload };
        let bytes = encoded(|reply| descriptor.encode(reply));
        prop_assert_eq!(FeatureDescriptor::parse(&bytes), Ok(descriptor));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), short in 0u8..64) {
        let mut bytes = bytes;
        if bytes.len() > 3 {
            bytes[..3].fill(0);
            bytes[3] = bytes[3].min(short);
        }
        if let Ok(answer) = Configuration::parse(&bytes) {
            for feature in answer.features().flatten() {
                let _ = (feature.link_sizes(), feature.serial_number(), feature.profiles().map(Iterator::count));
                feature.visit(&mut |_, value| assert!(!value.to_string().is_empty() || feature.code == FeatureCode::FIRMWARE_INFORMATION));
            }
        }
    }
}
