//! Binding, identity, removal, and the end of an object.

use crate::world::{ID, Op, World, acquire, owner};
use discrig_device::ErrorKind;
use discrig_recorder::policy::Reinitialize;
use discrig_recorder::{
    CountingRecorder, DiscRecorder2, DiscRecorder2Ex, Hresult, Member, ModePageRequestType, Policy,
    TrackAddressType, documented,
};
use rstest::rstest;
use std::collections::BTreeMap;

const GONE: Hresult = Hresult::ERROR_DEV_NOT_EXIST;
const LOCKED: Hresult = Hresult::E_IMAPI_RECORDER_LOCKED;
const CURRENT: ModePageRequestType = ModePageRequestType::CurrentValues;

type Call = fn(&mut CountingRecorder) -> Result<(), Hresult>;

/// A call of every member, with sound arguments but for initialization.
fn calls() -> BTreeMap<Member, Call> {
    fn text(get: impl FnOnce(Option<&mut String>) -> Result<(), Hresult>) -> Result<(), Hresult> {
        get(Some(&mut String::new()))
    }
    fn data<T>(get: impl FnOnce(Option<&mut Vec<T>>) -> Result<(), Hresult>) -> Result<(), Hresult> {
        get(Some(&mut Vec::new()))
    }
    fn word(get: impl FnOnce(Option<&mut u32>) -> Result<(), Hresult>) -> Result<(), Hresult> {
        get(Some(&mut 0))
    }
    let rows: [(Member, Call); 38] = [
        (Member::EjectMedia, |r| r.eject_media()),
        (Member::CloseTray, |r| r.close_tray()),
        (Member::AcquireExclusiveAccess, acquire),
        (Member::ReleaseExclusiveAccess, |r| r.release_exclusive_access()),
        (Member::DisableMcn, |r| r.disable_mcn()),
        (Member::EnableMcn, |r| r.enable_mcn()),
        (Member::ActiveDiscRecorder, |r| text(|v| r.active_disc_recorder(v))),
        (Member::VendorId, |r| text(|v| r.vendor_id(v))),
        (Member::ProductId, |r| text(|v| r.product_id(v))),
        (Member::ProductRevision, |r| text(|v| r.product_revision(v))),
        (Member::VolumeName, |r| text(|v| r.volume_name(v))),
        (Member::VolumePathNames, |r| data(|v| r.volume_path_names(v))),
        (Member::DeviceCanLoadMedia, |r| r.device_can_load_media(Some(&mut false))),
        (Member::LegacyDeviceNumber, |r| r.legacy_device_number(Some(&mut 0))),
        (Member::SupportedFeaturePages, |r| data(|v| r.supported_feature_pages(v))),
        (Member::CurrentFeaturePages, |r| data(|v| r.current_feature_pages(v))),
        (Member::SupportedProfiles, |r| data(|v| r.supported_profiles(v))),
        (Member::CurrentProfiles, |r| data(|v| r.current_profiles(v))),
        (Member::SupportedModePages, |r| data(|v| r.supported_mode_pages(v))),
        (Member::ExclusiveAccessOwner, |r| text(|v| r.exclusive_access_owner(v))),
        (Member::SendCommandNoData, |r| r.send_command_no_data(&[0; 6], &mut [0; 18], 1).map(drop)),
        (Member::SendCommandSendDataToDevice, |r| {
            r.send_command_send_data_to_device(&[0; 6], &mut [0; 18], 1, Some(&[0])).map(drop)
        }),
        (Member::SendCommandGetDataFromDevice, |r| {
            let (sense, fetched) = (&mut [0; 18], Some(&mut 0));
            r.send_command_get_data_from_device(&[0; 6], sense, 1, Some(&mut [0]), fetched).map(drop)
        }),
        (Member::ReadDvdStructure, |r| data(|v| r.read_dvd_structure(0, 0, 0, 0, v))),
        (Member::SendDvdStructure, |r| r.send_dvd_structure(0, Some(&[0]))),
        (Member::GetAdapterDescriptor, |r| data(|v| r.get_adapter_descriptor(v))),
        (Member::GetDeviceDescriptor, |r| data(|v| r.get_device_descriptor(v))),
        (Member::GetDiscInformation, |r| data(|v| r.get_disc_information(v))),
        (Member::GetTrackInformation, |r| data(|v| r.get_track_information(0, TrackAddressType::Lba, v))),
        (Member::GetFeaturePage, |r| data(|v| r.get_feature_page(0, false, v))),
        (Member::GetModePage, |r| data(|v| r.get_mode_page(1, CURRENT, v))),
        (Member::SetModePage, |r| r.set_mode_page(CURRENT, Some(&[1, 0]))),
        (Member::GetSupportedFeaturePages, |r| data(|v| r.get_supported_feature_pages(false, v))),
        (Member::GetSupportedProfiles, |r| data(|v| r.get_supported_profiles(false, v))),
        (Member::GetSupportedModePages, |r| data(|v| r.get_supported_mode_pages(CURRENT, v))),
        (Member::GetByteAlignmentMask, |r| word(|v| r.get_byte_alignment_mask(v))),
        (Member::GetMaximumNonPageAlignedTransferSize, |r| {
            word(|v| r.get_maximum_non_page_aligned_transfer_size(v))
        }),
        (Member::GetMaximumPageAlignedTransferSize, |r| {
            word(|v| r.get_maximum_page_aligned_transfer_size(v))
        }),
    ];
    let rows = BTreeMap::from(rows);
    assert_eq!(rows.len() + 1, Member::ALL.len(), "all but initialization");
    rows
}

/// Members that are answered by the host alone, from what it knows.
const CACHED: [Member; 12] = [
    Member::ActiveDiscRecorder,
    Member::VendorId,
    Member::ProductId,
    Member::ProductRevision,
    Member::VolumeName,
    Member::VolumePathNames,
    Member::LegacyDeviceNumber,
    Member::GetAdapterDescriptor,
    Member::GetDeviceDescriptor,
    Member::GetByteAlignmentMask,
    Member::GetMaximumNonPageAlignedTransferSize,
    Member::GetMaximumPageAlignedTransferSize,
];

#[test]
fn decision_04_access_denied_is_about_opening() {
    for kind in [ErrorKind::AccessDenied, ErrorKind::Busy] {
        let world = World::new();
        world.fail(Op::Open, kind);
        let mut recorder = world.unbound();
        assert_eq!(recorder.initialize_disc_recorder(Some(ID)), Err(Hresult::E_ACCESSDENIED));
        assert_eq!(acquire(&mut recorder), Err(Hresult::ERROR_INVALID_HANDLE), "it is not initialized");
    }
}

#[test]
fn decision_21_a_locked_drive_can_be_bound_to() {
    let world = World::new();
    world.steal("other");
    let mut recorder = world.recorder();
    assert_eq!(owner(&mut recorder).as_deref(), Ok("other"));
    assert_eq!(acquire(&mut recorder), Err(LOCKED));
}

#[rstest]
#[case(ErrorKind::AlreadyLocked)]
#[case(ErrorKind::Locked)]
fn decision_21_also_where_the_lock_forbids_opening(#[case] kind: ErrorKind) {
    let world = World::new();
    for _ in 0..3 {
        world.fail(Op::Open, kind);
    }
    let mut recorder = world.recorder();
    assert_eq!(recorder.eject_media(), Err(LOCKED));
    assert_eq!(recorder.release_exclusive_access(), Err(Hresult::ERROR_INVALID_HANDLE), "it holds nothing");
    assert_eq!(acquire(&mut recorder), Ok(()), "opened as soon as that is possible");
}

#[test]
fn decision_22_identity_comes_from_the_cache() {
    let world = World::new();
    let mut recorder = world.recorder();
    world.steal("other");
    for (member, call) in calls().into_iter().filter(|(member, _)| CACHED.contains(member)) {
        assert_eq!(call(&mut recorder), Ok(()), "{member}");
    }
    assert_eq!(world.take_sent(), []);
}

#[test]
fn decision_23_a_foreign_lock_refuses_what_reaches_the_drive() {
    let world = World::new();
    let mut recorder = world.recorder();
    world.steal("other");
    let owns_nothing = [Member::ExclusiveAccessOwner, Member::ReleaseExclusiveAccess];
    for (member, call) in calls() {
        if !CACHED.contains(&member) && !owns_nothing.contains(&member) {
            assert_eq!(call(&mut recorder), Err(LOCKED), "{member}");
        }
    }
    assert_eq!(world.take_sent(), []);
}

#[test]
fn decision_30_dropping_closes_the_handle() {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    acquire(&mut recorder).unwrap();
    recorder.disable_mcn().unwrap();
    world.take_log();
    drop(recorder);
    assert_eq!(world.take_log(), [Op::Close], "one close; its order is the host's");
    assert_eq!((world.owner(), world.state().switched_off.len()), (None, 0));
}

#[test]
fn decision_33_a_drive_that_is_gone_takes_the_count_with_it() {
    for held in [0, 1, 2] {
        for (first, call) in calls() {
            if first == Member::ActiveDiscRecorder {
                continue;
            }
            let world = World::new();
            let mut recorder = world.recorder();
            for _ in 0..held {
                acquire(&mut recorder).unwrap();
            }
            world.pull();
            assert_eq!(call(&mut recorder), Err(GONE), "{first} with a count of {held}");
            assert_eq!(recorder.lock_count(), 0, "{first}");
            for (member, call) in calls() {
                let result = call(&mut recorder);
                let expected = if member == Member::ActiveDiscRecorder { Ok(()) } else { Err(GONE) };
                assert_eq!(result, expected, "{member} after {first}");
            }
        }
    }
}

#[test]
fn decision_34_a_drive_that_comes_back_is_another() {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    world.pull();
    world.put_back();
    assert_eq!(recorder.release_exclusive_access(), Err(GONE));
    assert_eq!(acquire(&mut recorder), Err(GONE), "the old object stays dead");
    assert_eq!(world.owner(), None);
    recorder.initialize_disc_recorder(Some(ID)).unwrap();
    assert_eq!(acquire(&mut recorder), Ok(()));
}

#[rstest]
#[case(Reinitialize::Refuse, Err(Hresult::E_FAIL), 1)]
#[case(Reinitialize::Rebind, Ok(()), 0)]
fn decision_35_initializing_while_holding(
    #[case] reinitialize: Reinitialize,
    #[case] result: Result<(), Hresult>,
    #[case] count: u32,
) {
    let world = World::new();
    let mut recorder = world.with(Policy { reinitialize, ..Policy::default() });
    acquire(&mut recorder).unwrap();
    assert_eq!(recorder.initialize_disc_recorder(Some(ID)), result);
    assert_eq!((recorder.lock_count(), world.owner().is_some()), (count, count == 1));
    assert_eq!(acquire(&mut recorder), Ok(()));
}

#[test]
fn decision_36_members_before_initialization() {
    for (member, call) in calls() {
        let getter = member.name().starts_with("get_");
        let listed = documented(member).contains(&Hresult::ERROR_INVALID_HANDLE);
        let code = if getter || !listed { Hresult::E_FAIL } else { Hresult::ERROR_INVALID_HANDLE };
        assert_eq!(call(&mut World::new().unbound()), Err(code), "{member}");
        assert!(documented(member).contains(&code), "{member}: each is listed for its member");
    }
}

#[test]
fn decision_52_null_pointers() {
    let world = World::new();
    for mut recorder in [world.unbound(), world.recorder()] {
        let r = &mut recorder;
        let results = [
            r.active_disc_recorder(None),
            r.vendor_id(None),
            r.product_id(None),
            r.product_revision(None),
            r.volume_name(None),
            r.volume_path_names(None),
            r.device_can_load_media(None),
            r.legacy_device_number(None),
            r.supported_feature_pages(None),
            r.current_feature_pages(None),
            r.supported_profiles(None),
            r.current_profiles(None),
            r.supported_mode_pages(None),
            r.exclusive_access_owner(None),
            r.send_command_send_data_to_device(&[0; 6], &mut [0; 18], 1, None).map(drop),
            r.send_command_get_data_from_device(&[0; 6], &mut [0; 18], 1, None, Some(&mut 0)).map(drop),
            r.send_command_get_data_from_device(&[0; 6], &mut [0; 18], 1, Some(&mut [0]), None).map(drop),
            r.read_dvd_structure(0, 0, 0, 0, None),
            r.send_dvd_structure(0, None),
            r.get_adapter_descriptor(None),
            r.get_device_descriptor(None),
            r.get_disc_information(None),
            r.get_track_information(0, TrackAddressType::Track, None),
            r.get_feature_page(0, false, None),
            r.get_mode_page(1, CURRENT, None),
            r.set_mode_page(CURRENT, None),
            r.get_supported_feature_pages(false, None),
            r.get_supported_profiles(false, None),
            r.get_supported_mode_pages(CURRENT, None),
            r.get_byte_alignment_mask(None),
            r.get_maximum_non_page_aligned_transfer_size(None),
            r.get_maximum_page_aligned_transfer_size(None),
        ];
        for (index, result) in results.iter().enumerate() {
            assert_eq!(*result, Err(Hresult::E_POINTER), "row {index}");
        }
    }
    assert_eq!(world.take_sent(), []);
}

#[test]
fn decision_60_unlisted_codes_are_passed_on() {
    let world = World::new();
    world.state().tray_calls = true;
    let mut recorder = world.recorder();
    world.fail(Op::Eject, ErrorKind::Busy);
    assert_eq!(recorder.eject_media(), Err(Hresult::ERROR_BUSY));
    assert!(!documented(Member::EjectMedia).contains(&Hresult::ERROR_BUSY));
}

#[test]
fn the_identifier_must_be_the_drives() {
    let world = World::new();
    let mut recorder = world.unbound();
    for id in [None, Some(""), Some("drive-2")] {
        assert_eq!(recorder.initialize_disc_recorder(id), Err(Hresult::E_INVALIDARG));
    }
    assert_eq!(world.take_log(), [], "nothing is opened");
    recorder.initialize_disc_recorder(Some(ID)).unwrap();
    let mut id = String::new();
    recorder.active_disc_recorder(Some(&mut id)).unwrap();
    assert_eq!(id, ID);
}

#[test]
fn a_failed_initialization_changes_nothing() {
    let world = World::new();
    let mut recorder = world.recorder();
    recorder.disable_mcn().unwrap();
    for (op, kind, code) in
        [(Op::Open, ErrorKind::OutOfMemory, Hresult::E_OUTOFMEMORY), (Op::Properties, ErrorKind::Gone, GONE)]
    {
        world.fail(op, kind);
        assert_eq!(recorder.initialize_disc_recorder(Some(ID)), Err(code));
        assert_eq!(world.state().switched_off.values().sum::<u32>(), 1);
    }
    recorder.initialize_disc_recorder(Some(ID)).unwrap();
    assert_eq!(world.state().switched_off.values().sum::<u32>(), 0, "the old handle is closed");
}

#[test]
fn identity_by_value() {
    let world = World::new();
    let mut recorder = world.recorder();
    let mut texts = [const { String::new() }; 4];
    let [vendor, product, revision, volume] = &mut texts;
    recorder.vendor_id(Some(vendor)).unwrap();
    recorder.product_id(Some(product)).unwrap();
    recorder.product_revision(Some(revision)).unwrap();
    recorder.volume_name(Some(volume)).unwrap();
    assert_eq!(texts, ["DISCRIG", "EMULATED DRIVE", "1.00", r"\\?\Volume{1}\"]);
    let (mut paths, mut number) = (Vec::new(), 0);
    recorder.volume_path_names(Some(&mut paths)).unwrap();
    recorder.legacy_device_number(Some(&mut number)).unwrap();
    assert_eq!((paths, number), (vec![r"D:\".to_owned(), r"C:\disc\".to_owned()], 2));
    let (mut mask, mut any, mut aligned) = (0, 0, 0);
    recorder.get_byte_alignment_mask(Some(&mut mask)).unwrap();
    recorder.get_maximum_non_page_aligned_transfer_size(Some(&mut any)).unwrap();
    recorder.get_maximum_page_aligned_transfer_size(Some(&mut aligned)).unwrap();
    assert_eq!((mask, any, aligned), (1, 0x1_F000, 0x2_0000));
}

#[test]
fn properties_that_do_not_fit_are_a_failure() {
    let world = World::new();
    let mut recorder = world.recorder();
    world.state().properties.inquiry = vec![5, 0x80];
    world.state().properties.legacy_device_number = u32::MAX;
    world.state().properties.alignment_mask = u32::MAX;
    assert_eq!(recorder.vendor_id(Some(&mut String::new())), Err(Hresult::E_FAIL));
    assert_eq!(recorder.get_device_descriptor(Some(&mut Vec::new())), Err(Hresult::E_FAIL));
    assert_eq!(recorder.legacy_device_number(Some(&mut 0)), Err(Hresult::E_FAIL));
    assert_eq!(recorder.get_byte_alignment_mask(Some(&mut 0)), Err(Hresult::E_FAIL));
}
