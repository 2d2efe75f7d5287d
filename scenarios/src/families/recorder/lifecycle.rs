//! `recorder.initialize.*`, `recorder.uninitialized.*`, `recorder.shut-out.*`: from the binding of an object to what a foreign lock leaves of it.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::families::locking::{
    NAME, NO_HANDLE, OTHER_NAME, SHUT_OUT, acquired, locked, released, send_ready, unlocked,
};
use crate::families::sets::{RELEASE_AT_ZERO, SUCCEEDS};
use crate::families::{ELSEWHERE, HERE, HOST};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{RecorderSeat, Stage};
use crate::stop::Verdict;
use discrig_device::Capability;
use discrig_recorder::{Hresult, ModePageRequestType, Recorder, TrackAddressType};

/// InitializeDiscRecorder without an identifier, or with one that no drive has.
const NO_SUCH_DRIVE: Allowed = allowed!("initialize without the identifier of a drive":
    Pattern::Failed(Hresult::E_INVALIDARG) => "imapi2-initialize",
);
/// InitializeDiscRecorder of an object that has exclusive access.
const REBOUND: Allowed = allowed!("initialize while holding the device":
    Pattern::Failed(Hresult::E_FAIL) => "decision-35",
    Pattern::Ok => "decision-35",
);
/// A property of an object that was not initialized.
const NO_PROPERTY: Allowed = allowed!("a property before initialize":
    Pattern::Failed(Hresult::E_FAIL) => "decision-36",
);

pub(in crate::families) const LIFECYCLE: &[Scenario] = &[
    Scenario {
        slug: "recorder.initialize.on-locked-drive",
        clauses: &["imapi2-initialize", "decision-21"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "an object can be initialized while another client has the device, and takes it once that is over",
        body: Body::Example(on_locked_drive),
    },
    Scenario {
        slug: "recorder.initialize.identifier",
        clauses: &["imapi2-active", "imapi2-initialize"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the active recorder is exactly the identifier that was given to initialize",
        body: Body::Example(identifier),
    },
    Scenario {
        slug: "recorder.initialize.no-such-drive",
        clauses: &["imapi2-initialize"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "no identifier, an empty one and that of no drive are invalid arguments, and bind to nothing",
        body: Body::Example(no_such_drive),
    },
    Scenario {
        slug: "recorder.initialize.again",
        clauses: &["imapi2-initialize"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "an object that holds nothing can be initialized again",
        body: Body::Example(again),
    },
    Scenario {
        slug: "recorder.initialize.while-holding",
        clauses: &["decision-35"],
        level: Level::May,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "initialized again while it holds the device, an object either refuses and keeps it, or gives it free",
        body: Body::Example(while_holding),
    },
    Scenario {
        slug: "recorder.uninitialized.lock-members",
        clauses: &["imapi2-initialize", "decision-36"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "before initialize the members that act are ERROR_INVALID_HANDLE",
        body: Body::Example(uninitialized_acts),
    },
    Scenario {
        slug: "recorder.uninitialized.getters",
        clauses: &["imapi2-initialize", "decision-36"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "before initialize the properties are E_FAIL and leave the result as it was",
        body: Body::Example(uninitialized_getters),
    },
    Scenario {
        slug: "recorder.shut-out.identity-is-known",
        clauses: &["decision-22", "drvdoc-exclusive-access", "imapi2-identity"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "vendor, product, revision and the host's own properties are known while another client has the device",
        body: Body::Example(identity_is_known),
    },
    Scenario {
        slug: "recorder.shut-out.members-are-locked",
        clauses: &["decision-23", "imapi2-typed", "drvdoc-exclusive-access"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked, Capability::MandatoryLock],
        hazard: Hazard::Observe,
        summary: "every member that needs the drive is LOCKED while another client has it, and works again afterwards",
        body: Body::Example(members_are_locked),
    },
    Scenario {
        slug: "recorder.shut-out.owner-is-not",
        clauses: &["drvdoc-exclusive-access", "imapi2-send-command"],
        level: Level::Must,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "the owner itself uses every member that needs the drive, at any depth of the count",
        body: Body::Example(owner_is_not),
    },
];

/// A member under its name.
type Member = (&'static str, fn(&mut dyn Recorder) -> Result<(), Hresult>);

/// Members that need the drive and that every drive can answer.
const BY_DRIVE: &[Member] = &[
    ("get_SupportedFeaturePages", |it| it.supported_feature_pages(Some(&mut Vec::new()))),
    ("get_CurrentFeaturePages", |it| it.current_feature_pages(Some(&mut Vec::new()))),
    ("get_SupportedProfiles", |it| it.supported_profiles(Some(&mut Vec::new()))),
    ("get_CurrentProfiles", |it| it.current_profiles(Some(&mut Vec::new()))),
    ("get_SupportedModePages", |it| it.supported_mode_pages(Some(&mut Vec::new()))),
    ("GetFeaturePage", |it| it.get_feature_page(1, false, Some(&mut Vec::new()))),
    ("GetSupportedFeaturePages", |it| it.get_supported_feature_pages(true, Some(&mut Vec::new()))),
    ("GetSupportedProfiles", |it| it.get_supported_profiles(true, Some(&mut Vec::new()))),
    ("GetSupportedModePages", |it| {
        it.get_supported_mode_pages(ModePageRequestType::CurrentValues, Some(&mut Vec::new()))
    }),
];

/// Further ones, whose answer depends on drive and disc.
const BY_DISC: &[Member] = &[
    ("ReadDvdStructure", |it| it.read_dvd_structure(0, 0, 0, 0, Some(&mut Vec::new()))),
    ("GetDiscInformation", |it| it.get_disc_information(Some(&mut Vec::new()))),
    ("GetTrackInformation", |it| it.get_track_information(1, TrackAddressType::Track, Some(&mut Vec::new()))),
    ("GetModePage", |it| it.get_mode_page(0x2A, ModePageRequestType::CurrentValues, Some(&mut Vec::new()))),
    ("SendDvdStructure", |it| it.send_dvd_structure(0x04, Some(&[0; 4]))),
    ("EjectMedia", |it| it.eject_media()),
    ("CloseTray", |it| it.close_tray()),
];

/// The members that a foreign lock shuts out although no command is sent for them.
const BY_HOST: &[Member] = &[("DisableMcn", |it| it.disable_mcn()), ("EnableMcn", |it| it.enable_mcn())];

/// Properties that the host knows.
const KNOWN: &[Member] = &[
    ("get_ActiveDiscRecorder", |it| it.active_disc_recorder(Some(&mut String::new()))),
    ("get_VendorId", |it| it.vendor_id(Some(&mut String::new()))),
    ("get_ProductId", |it| it.product_id(Some(&mut String::new()))),
    ("get_ProductRevision", |it| it.product_revision(Some(&mut String::new()))),
    ("get_VolumeName", |it| it.volume_name(Some(&mut String::new()))),
    ("get_VolumePathNames", |it| it.volume_path_names(Some(&mut Vec::new()))),
    ("get_LegacyDeviceNumber", |it| it.legacy_device_number(Some(&mut 0))),
    ("GetAdapterDescriptor", |it| it.get_adapter_descriptor(Some(&mut Vec::new()))),
    ("GetDeviceDescriptor", |it| it.get_device_descriptor(Some(&mut Vec::new()))),
    ("GetByteAlignmentMask", |it| it.get_byte_alignment_mask(Some(&mut 0))),
    ("GetMaximumNonPageAlignedTransferSize", |it| {
        it.get_maximum_non_page_aligned_transfer_size(Some(&mut 0))
    }),
    ("GetMaximumPageAlignedTransferSize", |it| it.get_maximum_page_aligned_transfer_size(Some(&mut 0))),
];

/// Calls each member, whose answer must be in the set.
fn each(stage: &mut Stage<'_>, seat: &mut RecorderSeat, members: &[Member], allowed: &Allowed) -> Verdict {
    members.iter().try_for_each(|(name, call)| {
        let answer = stage.recorder_call(seat, name, call);
        stage.expect(allowed, answer).map(|_| ())
    })
}

fn on_locked_drive(stage: &mut Stage<'_>) -> Verdict {
    let mut other = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut other)?;
    let mut mine = stage.recorder(HOST, HERE)?;
    let answer = stage.initialize(&mut mine);
    stage.expect(&SUCCEEDS, answer)?;
    stage.expect_owner(&mut other, Some(OTHER_NAME))?;
    unlocked(stage, &mut other)?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)
}

fn identifier(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut seen = String::from("what was there before");
    let answer = stage.recorder_call(&mut mine, "get_ActiveDiscRecorder", |recorder| {
        recorder.active_disc_recorder(Some(&mut seen))
    });
    stage.expect(&SUCCEEDS, answer)?;
    stage.ensure(seen == mine.unique_id, || {
        format!("the identifier is {seen:?}, given was {:?}", mine.unique_id)
    })
}

fn no_such_drive(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.recorder(HOST, HERE)?;
    for id in [None, Some(""), Some("no drive has this identifier")] {
        let name = format!("InitializeDiscRecorder({id:?})");
        let answer = stage.recorder_call(&mut mine, &name, |recorder| recorder.initialize_disc_recorder(id));
        stage.expect(&NO_SUCH_DRIVE, answer)?;
        let answer = stage.acquire(&mut mine, false, NAME);
        stage.expect(&NO_HANDLE, answer)?;
    }
    let answer = stage.initialize(&mut mine);
    stage.expect(&SUCCEEDS, answer).map(|_| ())
}

fn again(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    for _ in 0..3 {
        acquired(stage, &mut mine)?;
        released(stage, &mut mine)?;
        let answer = stage.initialize(&mut mine);
        stage.expect(&SUCCEEDS, answer)?;
    }
    Ok(())
}

fn while_holding(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    acquired(stage, &mut mine)?;
    let answer = stage.initialize(&mut mine);
    stage.expect(&REBOUND, answer)?;
    if answer == Answer::Ok {
        stage.expect_owner(&mut witness, None)?;
    } else {
        stage.expect_owner(&mut witness, Some(NAME))?;
        released(stage, &mut mine)?;
        released(stage, &mut mine)?;
    }
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer).map(|_| ())
}

fn uninitialized_acts(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.recorder(HOST, HERE)?;
    let answers =
        [stage.acquire(&mut mine, false, NAME), stage.release(&mut mine), send_ready(stage, &mut mine)];
    answers.into_iter().try_for_each(|answer| stage.expect(&NO_HANDLE, answer).map(|_| ()))?;
    each(stage, &mut mine, BY_HOST, &NO_HANDLE)?;
    let tray: &[Member] = &[("EjectMedia", |it| it.eject_media()), ("CloseTray", |it| it.close_tray())];
    each(stage, &mut mine, tray, &NO_HANDLE)
}

fn uninitialized_getters(stage: &mut Stage<'_>) -> Verdict {
    const UNTOUCHED: &str = "untouched";
    let mut mine = stage.recorder(HOST, HERE)?;
    let properties: Vec<Member> =
        KNOWN.iter().chain(BY_DRIVE).filter(|(name, _)| name.starts_with("get_")).copied().collect();
    each(stage, &mut mine, &properties, &NO_PROPERTY)?;
    let mut text = UNTOUCHED.to_owned();
    let answer = stage.recorder_call(&mut mine, "get_VendorId", |it| it.vendor_id(Some(&mut text)));
    stage.expect(&NO_PROPERTY, answer)?;
    stage.ensure(text == UNTOUCHED, || format!("a getter that failed wrote {text:?}"))
}

fn identity_is_known(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    let before = identity(stage, &mut mine)?;
    locked(stage, &mut other)?;
    each(stage, &mut mine, KNOWN, &SUCCEEDS)?;
    let during = identity(stage, &mut mine)?;
    stage.ensure(before == during, || {
        format!("the identity is {during:?} during a lock, {before:?} before")
    })?;
    unlocked(stage, &mut other)
}

fn identity(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Result<[String; 3], crate::stop::Stop> {
    let mut texts = [const { String::new() }; 3];
    let [vendor, product, revision] = &mut texts;
    let answer = stage.recorder_call(seat, "identity", |recorder| {
        recorder.vendor_id(Some(vendor))?;
        recorder.product_id(Some(product))?;
        recorder.product_revision(Some(revision))
    });
    stage.expect(&SUCCEEDS, answer)?;
    Ok(texts)
}

fn members_are_locked(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut other)?;
    for members in [BY_DRIVE, BY_DISC] {
        each(stage, &mut mine, members, &SHUT_OUT)?;
    }
    if stage.bench.capabilities().has(Capability::NotificationSwitch) {
        each(stage, &mut mine, BY_HOST, &SHUT_OUT)?;
    }
    let answer = send_ready(stage, &mut mine);
    stage.expect(&SHUT_OUT, answer)?;
    unlocked(stage, &mut other)?;
    each(stage, &mut mine, BY_DRIVE, &SUCCEEDS)
}

fn owner_is_not(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    for _ in 0..2 {
        acquired(stage, &mut mine)?;
        each(stage, &mut mine, BY_DRIVE, &SUCCEEDS)?;
        each(stage, &mut mine, KNOWN, &SUCCEEDS)?;
    }
    released(stage, &mut mine)?;
    released(stage, &mut mine)
}
