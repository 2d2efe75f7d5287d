//! Pages against captured bytes, answers, parameter lists, and any bytes at all.

use super::*;
use crate::feature::LoadingMechanism;
use crate::layout::testing::{check_layout, check_layouts};
use proptest::prelude::*;

check_layouts!(BlockDescriptor, CapabilitiesPage, ModeHeader10, ModeHeader6, WriteSpeedDescriptor);

fn encoded(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
    let mut buffer = [0xEE; 1024];
    let mut reply = Reply::new(&mut buffer, 1024);
    write(&mut reply);
    reply.bytes().to_vec()
}

/// The beginning of page 2Ah of a slim BD recorder while its disc is mounted.
const SLIM_CAPABILITIES: [u8; 24] = [
    0x2A, 0x42, 0x3F, 0x37, 0xF1, 0x77, 0x2B, 0x23, 0x69, 0x60, 0x01, 0x00, 0x0F, 0xE0, 0x69, 0x60, 0x00,
    0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
];

#[test]
fn captured_capabilities() {
    let mut bytes = SLIM_CAPABILITIES.to_vec();
    bytes.resize(0x44, 0);
    let page = ModePage::new(&bytes);
    let capabilities = CapabilitiesPage::parse(&page).unwrap();
    assert_eq!(capabilities.loading_mechanism, LoadingMechanism::TRAY);
    assert!(
        capabilities.eject && capabilities.lock && capabilities.lock_state && !capabilities.prevent_jumper
    );
    assert_eq!((capabilities.maximum_read_speed, capabilities.buffer_size_kb), (26976, 4064));
    assert_eq!((capabilities.volume_levels, capabilities.copy_management_revision), (256, 1));
    assert!(capabilities.dvd_ram_write && capabilities.buffer_underrun_free && capabilities.upc);
    assert!(!capabilities.composite && !capabilities.bar_code && !capabilities.sub_channel_corrected);
    assert_eq!(CapabilitiesPage::write_speeds(&page).count(), 0);
    let again = encoded(|reply| capabilities.encode(&[], reply));
    assert_eq!(again[2..16], SLIM_CAPABILITIES[2..16]);
    assert_eq!(again[..2], [0x2A, 30]);
}

/// Write speeds as a tall BD recorder lists them.
#[test]
fn captured_write_speeds() {
    let speeds: Vec<_> = [0x5690, 0x40EC, 0x361A]
        .map(|write_speed| WriteSpeedDescriptor { rotation_control: RotationControl::CLV, write_speed })
        .to_vec();
    let bytes = encoded(|reply| CapabilitiesPage::default().encode(&speeds, reply));
    assert_eq!(bytes[1], 42);
    assert_eq!(bytes[30..], [0, 3, 0, 0, 0x56, 0x90, 0, 0, 0x40, 0xEC, 0, 0, 0x36, 0x1A]);
    assert!(CapabilitiesPage::write_speeds(&ModePage::new(&bytes)).eq(speeds));
    let many =
        encoded(|reply| CapabilitiesPage::default().encode(&[WriteSpeedDescriptor::default(); 99], reply));
    assert_eq!(many.len(), usize::from(many[1]) + 2);
}

#[test]
fn captured_error_recovery() {
    let bytes = [0x01, 0x0A, 0x80, 0x13, 0, 0, 0, 0, 0x03, 0, 0, 0];
    let page = ErrorRecoveryPage::parse(&ModePage::new(&bytes)).unwrap();
    let expected = ErrorRecoveryPage {
        automatic_write_reallocation: true,
        read_retry_count: 0x13,
        write_retry_count: 3,
        ..Default::default()
    };
    assert_eq!(page, expected);
    assert_eq!(page.page(), bytes);
}

#[test]
fn pages_by_hand() {
    let power =
        PowerConditionPage { idle: true, standby: true, idle_timer_100ms: 200, standby_timer_100ms: 4800 };
    assert_eq!(power.page(), [0x1A, 0x0A, 0, 3, 0, 0, 0, 0xC8, 0, 0, 0x12, 0xC0]);
    let audio = AudioControlPage {
        immediate: true,
        output_0_channel: 1,
        output_0_volume: 0xFF,
        output_1_channel: 2,
        output_1_volume: 0xFF,
        ..Default::default()
    };
    assert_eq!(audio.page(), [0x0E, 0x0E, 4, 0, 0, 0, 0, 0, 1, 0xFF, 2, 0xFF, 0, 0, 0, 0]);
    let write = WriteParametersPage {
        buffer_underrun_free: true,
        link_size_valid: true,
        write_type: WriteType::SESSION_AT_ONCE,
        multi_session: MultiSession::NEXT,
        track_mode: 4,
        data_block_type: DataBlockType::MODE_1,
        link_size: 7,
        audio_pause_length: 150,
        ..Default::default()
    };
    let bytes = write.page();
    assert_eq!(bytes[..16], [0x05, 0x32, 0x62, 0xC4, 0x08, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 150]);
    let cache = CachingPage { write_cache_enable: true, ..Default::default() };
    assert_eq!(cache.page()[..3], [0x08, 0x0A, 0x04]);
    let protect = TimeOutAndProtectPage {
        time_out_enable: true,
        group_1_minimum_s: 9,
        group_2_minimum_s: 10800,
        ..Default::default()
    };
    assert_eq!(protect.page(), [0x1D, 0x0A, 0, 0, 4, 0, 0, 9, 0x2A, 0x30, 0, 0]);
    let faults = FaultReportingPage { reporting_method: 4, interval_timer_100ms: 600, ..Default::default() };
    assert_eq!(faults.page()[..10], [0x1C, 0x0A, 0x00, 0x04, 0x00, 0x00, 0x02, 0x58, 0x00, 0x00]);
}

#[test]
fn rarer_pages_by_hand() {
    let device = DeviceParametersPage {
        inactivity_multiplier: InactivityTime::S_16,
        seconds_per_minute: 60,
        frames_per_second: 75,
    };
    assert_eq!(device.page(), [0x0D, 0x06, 0, 8, 0, 0x3C, 0, 0x4B]);
    assert_eq!(MrwPage { general_application_area: true }.page(), [0x03, 0x06, 0, 1, 0, 0, 0, 0]);
    let verify = VerifyRecoveryPage { post_error: true, verify_retry_count: 5, ..Default::default() };
    assert_eq!(verify.page(), [0x07, 0x0A, 0x04, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(ProtocolSpecificUnitPage { protocol: 5 }.page()[..3], [0x18, 0x06, 0x05]);
}

#[test]
fn an_answer_by_hand() {
    let caching = CachingPage { write_cache_enable: true, ..Default::default() };
    let power = PowerConditionPage::default();
    let write = |form| {
        encoded(|reply| {
            ModeData::encode(form, 0, reply, |reply| {
                caching.encode(reply);
                power.encode(reply);
            });
        })
    };
    let ten = write(ModeForm::Ten);
    assert_eq!(ten[..11], [0, 30, 0, 0, 0, 0, 0, 0, 0x08, 0x0A, 0x04]);
    let six = write(ModeForm::Six);
    assert_eq!(six[..7], [27, 0, 0, 0, 0x08, 0x0A, 0x04]);
    for (form, bytes) in [(ModeForm::Ten, &ten), (ModeForm::Six, &six)] {
        let data = ModeData::parse(form, bytes).unwrap();
        let codes: Vec<_> = data.pages().map(|page| page.unwrap().code).collect();
        assert_eq!(codes, [PageCode::CACHING, PageCode::POWER_CONDITION]);
        let page = data.page(PageCode::CACHING).unwrap();
        assert_eq!(CachingPage::parse(&page), Ok(caching));
        assert!(PowerConditionPage::parse(&page).is_err());
        assert!(data.page(PageCode::CAPABILITIES).is_none());
    }
}

#[test]
fn descriptors_subpages_and_contradictions() {
    let bytes = [0, 19, 0x41, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 8, 0, 0xDA, 0x01, 0, 1, 0xAA];
    let data = ModeData::parse(ModeForm::Ten, &bytes).unwrap();
    assert_eq!(data.header.medium_type, 0x41);
    assert_eq!(BlockDescriptor::parse(data.block_descriptors).unwrap().block_length, 2048);
    let page = data.pages().next().unwrap().unwrap();
    assert_eq!((page.code, page.subpage, page.saveable), (PageCode(0x1A), Some(1), true));
    assert_eq!(page.body(), [0xAA]);
    assert_eq!(data.page(PageCode(0x1A)), None, "a subpage is not the page");

    let too_short = [0, 6, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 8, 0];
    assert!(matches!(
        ModeData::parse(ModeForm::Ten, &too_short),
        Err(WireError::LengthMismatch { said: 8, .. })
    ));
    let sticking_out = [0, 9, 0, 0, 0, 0, 0, 0, 0x01, 0x0A, 0x80];
    let results: Vec<_> = ModeData::parse(ModeForm::Ten, &sticking_out).unwrap().pages().collect();
    assert!(matches!(results[..], [Err(WireError::LengthMismatch { said: 12, present: 3, .. })]));
    let cut = [0, 18, 0, 0, 0, 0, 0, 0, 0x01, 0x0A, 0x80];
    assert_eq!(ModeData::parse(ModeForm::Ten, &cut).unwrap().pages().count(), 0);
}

#[test]
fn parameter_lists_and_what_is_wrong_with_them() {
    let mut list = [0; 8].to_vec();
    list.extend(CachingPage::default().page());
    list.extend(PowerConditionPage::default().page());
    let parsed = ParameterList::parse(ModeForm::Ten, &list).unwrap();
    let pages: Vec<_> = parsed.pages().map(|(at, page)| (at, page.code)).collect();
    assert_eq!(pages, [(8, PageCode::CACHING), (20, PageCode::POWER_CONDITION)]);
    assert_eq!(parsed.block_descriptor, None);

    let cases: &[(&[u8], ParameterListError)] = &[
        (&list[..7], ParameterListError::CutOff { needed: 8, present: 7 }),
        (&list[..21], ParameterListError::CutOff { needed: 22, present: 21 }),
        (&list[..31], ParameterListError::CutOff { needed: 32, present: 31 }),
        (&[0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0], ParameterListError::InvalidField { byte: 6, bit: 7 }),
        (&[0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0], ParameterListError::CutOff { needed: 16, present: 12 }),
        (&[0, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x0A], ParameterListError::InvalidField { byte: 8, bit: 7 }),
    ];
    for (bytes, error) in cases {
        assert_eq!(ParameterList::parse(ModeForm::Ten, bytes), Err(*error), "{bytes:02X?}");
    }

    let six = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 2, 0];
    let parsed = ParameterList::parse(ModeForm::Six, &six).unwrap();
    assert_eq!(parsed.block_descriptor.unwrap().block_length, 512);
    assert_eq!(parsed.block_length_error(), ParameterListError::InvalidField { byte: 9, bit: 7 });
    assert_eq!(ParameterList::parse(ModeForm::Ten, &[]).unwrap().pages().count(), 0);
}

#[test]
fn what_may_change() {
    let current = CachingPage::default().page();
    let mask = CachingPage { write_cache_enable: true, ..Default::default() }.page();
    let wanted = CachingPage { write_cache_enable: true, ..Default::default() }.page();
    assert_eq!(first_difference(&wanted, &current, &mask), None);
    let illegal = CachingPage { read_cache_disable: true, ..Default::default() }.page();
    assert_eq!(first_difference(&illegal, &current, &mask), Some((2, 0)));
    let mut short = current.to_vec();
    short[1] = 8;
    short.truncate(10);
    assert_eq!(first_difference(&short, &current, &mask), Some((1, 7)), "the page length differs");
    assert_eq!(first_difference(&current[..10], &current, &mask), Some((1, 7)));
}

#[test]
fn typed_pages() {
    macro_rules! check {
        ($($page:ident),+ $(,)?) => {$(
            check_layout::<$page>($page::SIZE);
            assert!($page::SPANS.iter().all(|span| span.0 >= 2) && $page::RUNS.iter().all(|run| run.0 >= 2));
            proptest!(ProptestConfig::with_cases(16), |(mut bytes in prop::collection::vec(any::<u8>(), 2..60))| {
                bytes[0] = $page::CODE.0;
                let page = $page::parse(&ModePage::new(&bytes)).unwrap();
                let again = encoded(|reply| page.encode(reply));
                prop_assert_eq!(again.len(), usize::from(again[1]) + 2);
                prop_assert_eq!($page::parse(&ModePage::new(&again)), Ok(page));
            });
        )+};
    }
    check!(
        AudioControlPage,
        CachingPage,
        DeviceParametersPage,
        ErrorRecoveryPage,
        FaultReportingPage,
        MrwPage,
        PowerConditionPage,
        ProtocolSpecificUnitPage,
        TimeOutAndProtectPage,
        VerifyRecoveryPage,
        WriteParametersPage,
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..120), plain: bool, ten: bool) {
        let form = if ten { ModeForm::Ten } else { ModeForm::Six };
        if plain && bytes.len() >= 8 {
            bytes[..8].fill(0);
            bytes[if ten { 1 } else { 0 }] = 100;
        }
        if let Ok(data) = ModeData::parse(form, &bytes) {
            for page in data.pages().flatten() {
                let _ = (page.body(), CapabilitiesPage::write_speeds(&page).count());
                page.visit(&mut |_, value| assert!(!value.to_string().is_empty()));
            }
        }
        if let Ok(list) = ParameterList::parse(form, &bytes) {
            let mut end = 0;
            for (at, page) in list.pages() {
                prop_assert!(at >= end && !page.saveable);
                end = at + page.bytes.len();
                let _ = first_difference(page.bytes, &bytes, page.body());
            }
            prop_assert!(end == 0 || end == bytes.len(), "pages cover the list");
        }
    }

    #[test]
    fn capabilities_round_trip(mut bytes in prop::collection::vec(any::<u8>(), 32), speeds in prop::collection::vec(any::<u16>(), 0..50)) {
        bytes[0] = 0x2A;
        let speeds: Vec<_> = speeds.into_iter()
            .map(|write_speed| WriteSpeedDescriptor { rotation_control: RotationControl(1), write_speed })
            .collect();
        let page = CapabilitiesPage::parse(&ModePage::new(&bytes)).unwrap();
        let again = encoded(|reply| page.encode(&speeds, reply));
        let view = ModePage::new(&again);
        let expected = CapabilitiesPage { number_of_write_speeds: speeds.len() as u16, ..page };
        prop_assert_eq!(CapabilitiesPage::parse(&view), Ok(expected));
        prop_assert!(CapabilitiesPage::write_speeds(&view).eq(speeds));
    }
}
