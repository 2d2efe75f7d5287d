//! `identity.configuration.*`, `identity.events.*`: features and profiles, and the header of events.

use super::sets::{CONFIGURES, POLLS, RESERVED_TYPE};
use super::exact_length;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::Capability;
use discrig_wire::command::{GetConfiguration, GetEventStatusNotification};
use discrig_wire::event::{EventClass, EventClasses};
use discrig_wire::feature::{
    Configuration, ConfigurationHeader, FeatureCode, FeatureDescriptor, RequestedType,
};

pub(in crate::families) const CONFIGURATION: &[Scenario] = &[
    Scenario {
        slug: "identity.configuration.length-consistent",
        clauses: &["mmc5-6.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the data length counts what follows it, also when the allocation length cuts the answer",
        body: Body::Example(length_consistent),
    },
    Scenario {
        slug: "identity.configuration.features-ascend",
        clauses: &["mmc5-6.6", "mmc5-5.2.2"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "every feature stands once, in ascending order, whole, and persistent ones are current",
        body: Body::Example(features_ascend),
    },
    Scenario {
        slug: "identity.configuration.from-starting-feature",
        clauses: &["mmc5-6.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "features are returned from the starting feature on, whether or not the drive has that one",
        body: Body::Example(from_starting_feature),
    },
    Scenario {
        slug: "identity.configuration.current-features-only",
        clauses: &["mmc5-6.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "requested type 1 gives the features that are current, and all of them",
        body: Body::Example(current_only),
    },
    Scenario {
        slug: "identity.configuration.one-feature",
        clauses: &["mmc5-6.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "requested type 2 gives the named feature alone, and the bare header for one that is not there",
        body: Body::Example(one_feature),
    },
    Scenario {
        slug: "identity.configuration.reserved-type-refused",
        clauses: &["mmc5-6.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "requested type 3 is refused",
        body: Body::Example(reserved_type),
    },
    Scenario {
        slug: "identity.configuration.profile-listed",
        clauses: &["mmc5-6.6", "mmc5-5.3.1"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "the current profile is in the list of profiles and is marked current there",
        body: Body::Example(profile_listed),
    },
    Scenario {
        slug: "identity.configuration.readable-with-data-disc",
        clauses: &["mmc5-5.2.2", "mmc5-6.6"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "the feature of random reading is current, with blocks of 2048 bytes, while a disc with data is in",
        body: Body::Example(readable),
    },
    Scenario {
        slug: "identity.events.length-consistent",
        clauses: &["mmc5-6.7"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the length of an event answer counts what follows it",
        body: Body::Example(event_length),
    },
];

/// Code, whether it is current, and the size of a descriptor.
type Seen = (FeatureCode, bool);

fn configure(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    kind: RequestedType,
    start: FeatureCode,
) -> Result<Vec<u8>, Stop> {
    let (answer, bytes) = unit::configuration(stage, seat, kind.0, start.0);
    stage.expect(&CONFIGURES, answer)?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    exact_length(stage, "GET CONFIGURATION", configuration.data_length as usize + 4, &bytes)?;
    Ok(bytes)
}

fn whole<'a>(bytes: &'a [u8]) -> Result<Vec<FeatureDescriptor<'a>>, Stop> {
    let configuration = unit::understood(Configuration::parse(bytes))?;
    unit::understood(configuration.features().collect())
}

fn seen(bytes: &[u8]) -> Result<Vec<Seen>, Stop> {
    Ok(whole(bytes)?.iter().map(|feature| (feature.code, feature.current)).collect())
}

fn all(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Vec<Seen>, Stop> {
    seen(&configure(stage, seat, RequestedType::ALL, FeatureCode::PROFILE_LIST)?)
}

fn length_consistent(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = configure(stage, &mut seat, RequestedType::ALL, FeatureCode::PROFILE_LIST)?;
    let command = GetConfiguration {
        requested_type: RequestedType::ALL.0,
        starting_feature_number: 0,
        allocation_length: ConfigurationHeader::SIZE as u16,
    };
    let (answer, cut) = stage.read(&mut seat, command);
    stage.expect(&CONFIGURES, answer)?;
    stage.ensure(cut == bytes[..ConfigurationHeader::SIZE], || {
        format!("the header alone is {cut:02X?}, with the features {:02X?}", &bytes[..ConfigurationHeader::SIZE])
    })
}

fn features_ascend(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = configure(stage, &mut seat, RequestedType::ALL, FeatureCode::PROFILE_LIST)?;
    let features = whole(&bytes)?;
    stage.ensure(features.is_sorted_by(|one, next| one.code < next.code), || {
        let codes: Vec<_> = features.iter().map(|feature| format!("{:04X}", feature.code.0)).collect();
        format!("the order of the features is {codes:?}")
    })?;
    for feature in &features {
        let code = feature.code.0;
        stage.ensure(feature.current || !feature.persistent, || {
            format!("feature {code:04X}h is persistent and not current")
        })?;
        stage.ensure(feature.payload.len().is_multiple_of(4), || {
            format!("feature {code:04X}h has {} bytes of payload", feature.payload.len())
        })?;
    }
    for mandatory in [FeatureCode::PROFILE_LIST, FeatureCode::CORE, FeatureCode::REMOVABLE_MEDIUM] {
        stage.ensure(features.iter().any(|feature| feature.code == mandatory), || {
            format!("feature {:04X}h is not there", mandatory.0)
        })?;
    }
    Ok(())
}

fn from_starting_feature(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let features = all(stage, &mut seat)?;
    // One that is there, one before a gap, and one beyond all that are assigned.
    for start in [FeatureCode::REMOVABLE_MEDIUM, FeatureCode(0x00FF), FeatureCode(0xFFFF)] {
        let tail = seen(&configure(stage, &mut seat, RequestedType::ALL, start)?)?;
        let wanted: Vec<_> = features.iter().copied().filter(|(code, _)| *code >= start).collect();
        stage.ensure(tail == wanted, || format!("from {:04X}h on: {tail:?}, of {features:?}", start.0))?;
    }
    Ok(())
}

fn current_only(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let features = all(stage, &mut seat)?;
    for start in [FeatureCode::PROFILE_LIST, FeatureCode::REMOVABLE_MEDIUM] {
        let current = seen(&configure(stage, &mut seat, RequestedType::CURRENT, start)?)?;
        let wanted: Vec<_> =
            features.iter().copied().filter(|(code, current)| *current && *code >= start).collect();
        stage.ensure(current == wanted, || {
            format!("current from {:04X}h on: {current:?}, of {features:?}", start.0)
        })?;
    }
    Ok(())
}

fn one_feature(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let features = all(stage, &mut seat)?;
    let unassigned = FeatureCode(0x00FF);
    for code in features.iter().map(|(code, _)| *code).chain([unassigned]) {
        let one = seen(&configure(stage, &mut seat, RequestedType::ONE, code)?)?;
        let wanted: Vec<_> = features.iter().copied().filter(|(other, _)| *other == code).collect();
        stage.ensure(one == wanted, || format!("feature {:04X}h alone: {one:?}", code.0))?;
    }
    Ok(())
}

fn reserved_type(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (answer, _) = unit::configuration(stage, &mut seat, 3, 0);
    stage.expect(&RESERVED_TYPE, answer)?;
    Ok(())
}

fn profile_listed(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = configure(stage, &mut seat, RequestedType::ALL, FeatureCode::PROFILE_LIST)?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    let profile = configuration.current_profile;
    let list = configuration.feature(FeatureCode::PROFILE_LIST);
    let mut profiles = list.as_ref().and_then(FeatureDescriptor::profiles).into_iter().flatten();
    stage.ensure(profile.0 != 0, || "a disc is in, and there is no current profile".into())?;
    stage.ensure(profiles.any(|entry| entry == (profile, true)), || {
        format!("the current profile {profile} is not in the list as a current one")
    })
}

fn readable(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = configure(stage, &mut seat, RequestedType::CURRENT, FeatureCode::PROFILE_LIST)?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    let feature = configuration.feature(FeatureCode::RANDOM_READABLE);
    let feature = feature.ok_or_else(|| Stop::fail("feature 0010h is not current with a disc with data"))?;
    let readable = unit::understood(discrig_wire::feature::RandomReadable::parse(&feature))?;
    stage.ensure(readable.block_size == 2048, || {
        format!("feature 0010h says blocks of {} bytes", readable.block_size)
    })
}

fn event_length(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let all = EventClasses::all().bits();
    for classes in [all, EventClasses::of(EventClass::MEDIA).bits()] {
        let command = GetEventStatusNotification {
            polled: true,
            notification_class_request: classes,
            allocation_length: 64,
        };
        let (answer, bytes) = stage.read(&mut seat, command);
        stage.expect(&POLLS, answer)?;
        let [high, low, ..] = bytes[..] else {
            return Err(Stop::fail(format!("an event answer has {} bytes", bytes.len())));
        };
        let said = 2 + usize::from(u16::from_be_bytes([high, low]));
        exact_length(stage, "GET EVENT STATUS NOTIFICATION", said, &bytes)?;
    }
    Ok(())
}
