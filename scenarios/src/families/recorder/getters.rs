//! `recorder.property.*` in the interface's sense are called `recorder.getter.*` here: what they say agrees with the drive's own answers.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::families::sets::SUCCEEDS;
use crate::families::{HERE, HOST, unit};
use crate::stage::{HandleSeat, RecorderSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_recorder::{Hresult, ModePageRequestType, Recorder, TrackAddressType};
use discrig_wire::command::{Inquiry, ModeSense10, ReadDiscInformation, ReadTrackInformation};
use discrig_wire::feature::{Configuration, FeatureCode, RemovableMedium};
use discrig_wire::inquiry::StandardInquiry;
use discrig_wire::mode::{ModeData, ModeForm};
use std::collections::BTreeSet;

const NO_POINTER: Allowed = allowed!("no place for the result":
    Pattern::Failed(Hresult::E_POINTER) => "imapi2-pointers",
);
const NO_SUCH_FEATURE: Allowed = allowed!("a feature that the drive does not have":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_NO_SUCH_FEATURE) => "imapi2-typed",
);
const NOT_CURRENT: Allowed = allowed!("a feature that is not current":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT) => "imapi2-typed",
);
const NO_SUCH_PAGE: Allowed = allowed!("a mode page that the drive does not have":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE) => "imapi2-typed",
);
const NO_MEDIA: Allowed = allowed!("a typed member that needs a disc, without one":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA) => "imapi2-typed",
);

rows! {
    /// Properties and typed members.
    GETTERS:
    "recorder.getter.null-pointers" ["imapi2-pointers", "decision-52"] Must [] Observe
        null_pointers,
        "every member with a result is E_POINTER without a place for it";
    "recorder.getter.identity" ["imapi2-identity"] Must [OpenWhileLocked] Observe
        identity,
        "vendor, product and revision are those of the drive's INQUIRY data, without padding";
    "recorder.getter.features" ["imapi2-features", "mmc5-6.6"] Must [OpenWhileLocked] Observe
        features,
        "supported and current features are those of GET CONFIGURATION, in ascending order, by both interfaces";
    "recorder.getter.profiles" ["imapi2-profiles", "mmc5-5.3.1"] Must [OpenWhileLocked] Observe
        profiles,
        "supported and current profiles are those of the profile list, by both interfaces";
    "recorder.getter.mode-pages" ["imapi2-mode-pages", "mmc5-6.13"] Must [OpenWhileLocked] Observe
        mode_pages,
        "supported mode pages are those of MODE SENSE for all pages, and each can be fetched without its header";
    "recorder.getter.feature-page" ["imapi2-typed", "mmc5-5.2.2"] Must [OpenWhileLocked] Observe
        feature_page,
        "each supported feature can be fetched without the header of the answer, its own first; others are NO_SUCH_FEATURE";
    "recorder.getter.feature-not-current" ["imapi2-typed"] Must [OpenWhileLocked] Observe
        feature_not_current,
        "a feature that the drive has and that is not current is FEATURE_IS_NOT_CURRENT where only current ones are wanted";
    "recorder.getter.no-such-mode-page" ["imapi2-typed"] Must [OpenWhileLocked] Observe
        no_such_mode_page,
        "a mode page that the drive does not have is NO_SUCH_MODE_PAGE";
    "recorder.getter.disc-and-track" ["imapi2-typed", "mmc5-6.22", "mmc5-6.27"] Should [DataDisc, OpenWhileLocked] Observe
        disc_and_track,
        "disc and track information are the drive's answers as they came";
    "recorder.getter.no-media" ["imapi2-typed"] Should [Changer] Tray
        no_media,
        "without a disc the members that need one are MEDIA_NO_MEDIA";
    "recorder.getter.can-load" ["imapi2-can-load", "mmc5-5.3.4"] Should [OpenWhileLocked] Observe
        can_load,
        "whether the tray can be closed by command is what the removable medium feature says";
    "recorder.getter.transfer-limits" ["imapi2-descriptors"] Must [] Observe
        transfer_limits,
        "the alignment is a power of two, and an aligned transfer may be at least as large as any other";
    "recorder.getter.descriptors" ["imapi2-descriptors"] Should [] Observe
        descriptors,
        "the storage descriptors say their own size, and the device's holds the identity";
}

/// A member under its name.
type Member = (&'static str, fn(&mut dyn Recorder) -> Result<(), Hresult>);

/// Every member with a result, without a place for it.
const NOWHERE: &[Member] = &[
    ("get_ActiveDiscRecorder", |it| it.active_disc_recorder(None)),
    ("get_VendorId", |it| it.vendor_id(None)),
    ("get_ProductId", |it| it.product_id(None)),
    ("get_ProductRevision", |it| it.product_revision(None)),
    ("get_VolumeName", |it| it.volume_name(None)),
    ("get_VolumePathNames", |it| it.volume_path_names(None)),
    ("get_DeviceCanLoadMedia", |it| it.device_can_load_media(None)),
    ("get_LegacyDeviceNumber", |it| it.legacy_device_number(None)),
    ("get_SupportedFeaturePages", |it| it.supported_feature_pages(None)),
    ("get_CurrentFeaturePages", |it| it.current_feature_pages(None)),
    ("get_SupportedProfiles", |it| it.supported_profiles(None)),
    ("get_CurrentProfiles", |it| it.current_profiles(None)),
    ("get_SupportedModePages", |it| it.supported_mode_pages(None)),
    ("get_ExclusiveAccessOwner", |it| it.exclusive_access_owner(None)),
    ("ReadDvdStructure", |it| it.read_dvd_structure(0, 0, 0, 0, None)),
    ("SendDvdStructure", |it| it.send_dvd_structure(4, None)),
    ("GetAdapterDescriptor", |it| it.get_adapter_descriptor(None)),
    ("GetDeviceDescriptor", |it| it.get_device_descriptor(None)),
    ("GetDiscInformation", |it| it.get_disc_information(None)),
    ("GetTrackInformation", |it| it.get_track_information(1, TrackAddressType::Track, None)),
    ("GetFeaturePage", |it| it.get_feature_page(0, false, None)),
    ("GetModePage", |it| it.get_mode_page(1, ModePageRequestType::CurrentValues, None)),
    ("SetModePage", |it| it.set_mode_page(ModePageRequestType::CurrentValues, None)),
    ("GetSupportedFeaturePages", |it| it.get_supported_feature_pages(false, None)),
    ("GetSupportedProfiles", |it| it.get_supported_profiles(false, None)),
    ("GetSupportedModePages", |it| it.get_supported_mode_pages(ModePageRequestType::CurrentValues, None)),
    ("GetByteAlignmentMask", |it| it.get_byte_alignment_mask(None)),
    ("GetMaximumNonPageAlignedTransferSize", |it| it.get_maximum_non_page_aligned_transfer_size(None)),
    ("GetMaximumPageAlignedTransferSize", |it| it.get_maximum_page_aligned_transfer_size(None)),
];

/// Calls a member that fills something, which has to succeed.
fn got<T: Default>(
    stage: &mut Stage<'_>,
    seat: &mut RecorderSeat,
    name: &str,
    get: impl FnOnce(&mut dyn Recorder, Option<&mut T>) -> Result<(), Hresult>,
) -> Result<T, Stop> {
    let mut value = T::default();
    let answer = stage.recorder_call(seat, name, |recorder| get(recorder, Some(&mut value)));
    stage.expect(&SUCCEEDS, answer)?;
    Ok(value)
}

/// The drive by its commands and by a recorder.
fn both(stage: &mut Stage<'_>) -> Result<(HandleSeat, RecorderSeat), Stop> {
    Ok((unit::seat(stage, HOST)?, stage.ready_recorder(HOST, HERE)?))
}

fn null_pointers(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    NOWHERE.iter().try_for_each(|(name, call)| {
        let answer = stage.recorder_call(&mut mine, name, call);
        stage.expect(&NO_POINTER, answer).map(|_| ())
    })
}

fn identity(stage: &mut Stage<'_>) -> Verdict {
    let (mut drive, mut mine) = both(stage)?;
    let bytes = unit::fetch(stage, &mut drive, Inquiry { allocation_length: 96, ..Inquiry::default() })?;
    let inquiry = unit::understood(StandardInquiry::parse(&bytes))?;
    let wanted = [inquiry.vendor.to_string(), inquiry.product.to_string(), inquiry.revision.to_string()];
    let seen = [
        got(stage, &mut mine, "get_VendorId", |it, to| it.vendor_id(to))?,
        got(stage, &mut mine, "get_ProductId", |it, to| it.product_id(to))?,
        got(stage, &mut mine, "get_ProductRevision", |it, to| it.product_revision(to))?,
    ];
    stage.ensure(seen == wanted, || format!("the drive says {wanted:?}, the recorder {seen:?}"))
}

fn features(stage: &mut Stage<'_>) -> Verdict {
    let (mut drive, mut mine) = both(stage)?;
    let (_, bytes) = unit::configuration(stage, &mut drive, 0, 0);
    let wanted = feature_codes(&bytes)?;
    let current: Vec<u16> = wanted.iter().filter(|(_, current)| *current).map(|(code, _)| *code).collect();
    let all: Vec<u16> = wanted.iter().map(|(code, _)| *code).collect();
    let rows: [(_, [Vec<u16>; 2]); 2] = [
        (
            all,
            [
                got(stage, &mut mine, "get_SupportedFeaturePages", |it, to| it.supported_feature_pages(to))?,
                got(stage, &mut mine, "GetSupportedFeaturePages(all)", |it, to| {
                    it.get_supported_feature_pages(false, to)
                })?,
            ],
        ),
        (
            current,
            [
                got(stage, &mut mine, "get_CurrentFeaturePages", |it, to| it.current_feature_pages(to))?,
                got(stage, &mut mine, "GetSupportedFeaturePages(current)", |it, to| {
                    it.get_supported_feature_pages(true, to)
                })?,
            ],
        ),
    ];
    rows.into_iter().try_for_each(|(wanted, seen)| {
        stage.ensure(seen.iter().all(|seen| *seen == wanted), || {
            format!("the drive has the features {wanted:04X?}, the recorder says {seen:04X?}")
        })
    })
}

fn feature_codes(bytes: &[u8]) -> Result<Vec<(u16, bool)>, Stop> {
    let configuration = unit::understood(Configuration::parse(bytes))?;
    configuration
        .features()
        .map(|feature| unit::understood(feature).map(|feature| (feature.code.0, feature.current)))
        .collect()
}

fn profiles(stage: &mut Stage<'_>) -> Verdict {
    let (mut drive, mut mine) = both(stage)?;
    let (_, bytes) = unit::configuration(stage, &mut drive, 2, 0);
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    let list = configuration.feature(FeatureCode::PROFILE_LIST);
    let list = list.as_ref().and_then(|feature| feature.profiles());
    let list: Vec<_> = list.ok_or_else(|| Stop::fail("the drive has no profile list"))?.collect();
    let all: Vec<u16> = list.iter().map(|(profile, _)| profile.0).collect();
    let current: Vec<u16> =
        list.iter().filter(|(_, current)| *current).map(|(profile, _)| profile.0).collect();
    let seen = [
        got(stage, &mut mine, "get_SupportedProfiles", |it, to| it.supported_profiles(to))?,
        got(stage, &mut mine, "GetSupportedProfiles(all)", |it, to| it.get_supported_profiles(false, to))?,
        got(stage, &mut mine, "get_CurrentProfiles", |it, to| it.current_profiles(to))?,
        got(stage, &mut mine, "GetSupportedProfiles(current)", |it, to| it.get_supported_profiles(true, to))?,
    ];
    let wanted: [Vec<u16>; 4] = [all.clone(), all, current.clone(), current];
    stage.ensure(seen == wanted, || {
        format!("the drive has the profiles {wanted:04X?}, the recorder says {seen:04X?}")
    })
}

/// MODE SENSE(10) of all pages: their codes.
fn pages_of(stage: &mut Stage<'_>, drive: &mut HandleSeat) -> Result<Vec<u8>, Stop> {
    let command = ModeSense10 { page_code: 0x3F, allocation_length: 4_096, ..ModeSense10::default() };
    let bytes = unit::fetch(stage, drive, command)?;
    let data = unit::understood(ModeData::parse(ModeForm::Ten, &bytes))?;
    data.pages().map(|page| unit::understood(page).map(|page| page.code.0)).collect()
}

fn mode_pages(stage: &mut Stage<'_>) -> Verdict {
    let (mut drive, mut mine) = both(stage)?;
    let wanted: BTreeSet<u8> = pages_of(stage, &mut drive)?.into_iter().collect();
    let seen: [Vec<u8>; 2] = [
        got(stage, &mut mine, "get_SupportedModePages", |it, to| it.supported_mode_pages(to))?,
        got(stage, &mut mine, "GetSupportedModePages", |it, to| {
            it.get_supported_mode_pages(ModePageRequestType::CurrentValues, to)
        })?,
    ];
    for seen in seen {
        let unique: BTreeSet<u8> = seen.iter().copied().collect();
        stage.ensure(unique == wanted && unique.len() == seen.len(), || {
            format!("the drive has the mode pages {wanted:02X?}, the recorder says {seen:02X?}")
        })?;
    }
    for code in wanted {
        let page: Vec<u8> = got(stage, &mut mine, "GetModePage", |it, to| {
            it.get_mode_page(code, ModePageRequestType::CurrentValues, to)
        })?;
        stage.ensure(page.first().is_some_and(|byte| byte & 0x3F == code), || {
            format!("mode page {code:02X}h begins with {:02X?}", page.first())
        })?;
    }
    Ok(())
}

fn feature_page(stage: &mut Stage<'_>) -> Verdict {
    let (mut drive, mut mine) = both(stage)?;
    let (_, bytes) = unit::configuration(stage, &mut drive, 0, 0);
    let has = feature_codes(&bytes)?;
    for (code, _) in &has {
        let page: Vec<u8> =
            got(stage, &mut mine, "GetFeaturePage", |it, to| it.get_feature_page(*code, false, to))?;
        let whole = page.len() >= 4 && page.len() == 4 + usize::from(page[3]);
        stage.ensure(whole && page[..2] == code.to_be_bytes(), || {
            format!("the page of feature {code:04X}h is {page:02X?}")
        })?;
    }
    for code in (0x00F0..=0x00F3).filter(|code| has.iter().all(|(had, _)| had != code)) {
        let answer = stage.recorder_call(&mut mine, "GetFeaturePage", |it| {
            it.get_feature_page(code, false, Some(&mut Vec::new()))
        });
        stage.expect(&NO_SUCH_FEATURE, answer)?;
    }
    Ok(())
}

fn feature_not_current(stage: &mut Stage<'_>) -> Verdict {
    let (mut drive, mut mine) = both(stage)?;
    let (_, bytes) = unit::configuration(stage, &mut drive, 0, 0);
    let idle = feature_codes(&bytes)?.into_iter().find(|(_, current)| !current);
    let Some((code, _)) = idle else {
        return Err(Stop::Skip("every feature of the drive is current".to_owned()));
    };
    let _: Vec<u8> = got(stage, &mut mine, "GetFeaturePage", |it, to| it.get_feature_page(code, false, to))?;
    let answer = stage.recorder_call(&mut mine, "GetFeaturePage(current)", |it| {
        it.get_feature_page(code, true, Some(&mut Vec::new()))
    });
    stage.expect(&NOT_CURRENT, answer).map(|_| ())
}

fn no_such_mode_page(stage: &mut Stage<'_>) -> Verdict {
    let (mut drive, mut mine) = both(stage)?;
    let has = pages_of(stage, &mut drive)?;
    for code in [0x09, 0x10, 0x17].into_iter().filter(|code| !has.contains(code)) {
        let answer = stage.recorder_call(&mut mine, "GetModePage", |it| {
            it.get_mode_page(code, ModePageRequestType::CurrentValues, Some(&mut Vec::new()))
        });
        stage.expect(&NO_SUCH_PAGE, answer)?;
    }
    Ok(())
}

fn disc_and_track(stage: &mut Stage<'_>) -> Verdict {
    let (mut drive, mut mine) = both(stage)?;
    let disc = ReadDiscInformation { allocation_length: 2_048, ..ReadDiscInformation::default() };
    let track = ReadTrackInformation {
        address_type: 1,
        address: 1,
        allocation_length: 2_048,
        ..ReadTrackInformation::default()
    };
    let (disc, track) = (unit::fetch(stage, &mut drive, disc)?, unit::fetch(stage, &mut drive, track)?);
    let seen: [Vec<u8>; 2] = [
        got(stage, &mut mine, "GetDiscInformation", |it, to| it.get_disc_information(to))?,
        got(stage, &mut mine, "GetTrackInformation(track 1)", |it, to| {
            it.get_track_information(1, TrackAddressType::Track, to)
        })?,
    ];
    stage.ensure(seen[0] == disc, || {
        format!("disc information is {:02X?}, the drive says {disc:02X?}", seen[0])
    })?;
    stage.ensure(seen[1] == track, || {
        format!("track information is {:02X?}, the drive says {track:02X?}", seen[1])
    })
}

fn no_media(stage: &mut Stage<'_>) -> Verdict {
    let mut drive = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut drive)?;
    unit::change_disc(stage, &mut drive, None)?;
    drop(drive);
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let members: [Member; 2] = [
        ("GetDiscInformation", |it| it.get_disc_information(Some(&mut Vec::new()))),
        ("GetTrackInformation", |it| {
            it.get_track_information(1, TrackAddressType::Track, Some(&mut Vec::new()))
        }),
    ];
    members.iter().try_for_each(|(name, call)| {
        let answer = stage.recorder_call(&mut mine, name, call);
        stage.expect(&NO_MEDIA, answer).map(|_| ())
    })
}

fn can_load(stage: &mut Stage<'_>) -> Verdict {
    let (mut drive, mut mine) = both(stage)?;
    let Some((version, RemovableMedium { load, .. })) = unit::removable_medium(stage, &mut drive)? else {
        return Err(Stop::Skip("the drive does not return the removable medium feature".to_owned()));
    };
    if version == 0 {
        return Err(Stop::Skip("version 0 of the feature does not say whether the drive loads".to_owned()));
    }
    let says: bool = got(stage, &mut mine, "get_DeviceCanLoadMedia", |it, to| it.device_can_load_media(to))?;
    // The page of the property warns that it may say yes wrongly, and of nothing else.
    stage.ensure(says || !load, || {
        "the drive says that it loads, the recorder says that it does not".to_owned()
    })
}

fn transfer_limits(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let alignment: u32 =
        got(stage, &mut mine, "GetByteAlignmentMask", |it, to| it.get_byte_alignment_mask(to))?;
    let any: u32 = got(stage, &mut mine, "GetMaximumNonPageAlignedTransferSize", |it, to| {
        it.get_maximum_non_page_aligned_transfer_size(to)
    })?;
    let aligned: u32 = got(stage, &mut mine, "GetMaximumPageAlignedTransferSize", |it, to| {
        it.get_maximum_page_aligned_transfer_size(to)
    })?;
    stage.ensure(alignment.is_power_of_two(), || format!("the alignment {alignment} is no power of two"))?;
    stage.ensure(0 < any && any <= aligned, || {
        format!("a transfer may have {any} bytes, an aligned one {aligned}")
    })
}

fn descriptors(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let vendor: String = got(stage, &mut mine, "get_VendorId", |it, to| it.vendor_id(to))?;
    let adapter: Vec<u8> =
        got(stage, &mut mine, "GetAdapterDescriptor", |it, to| it.get_adapter_descriptor(to))?;
    let device: Vec<u8> =
        got(stage, &mut mine, "GetDeviceDescriptor", |it, to| it.get_device_descriptor(to))?;
    for descriptor in [&adapter, &device] {
        // Bytes 4 to 7: the whole size, little-endian.
        let size = descriptor.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
        stage.ensure(size == u32::try_from(descriptor.len()).ok(), || {
            format!("a descriptor of {} bytes says that it has {size:?}", descriptor.len())
        })?;
    }
    stage.ensure(device.windows(vendor.len().max(1)).any(|window| window == vendor.as_bytes()), || {
        format!("the device's descriptor does not name {vendor:?}")
    })
}
