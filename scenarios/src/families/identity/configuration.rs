//! `identity.configuration.*`: GET CONFIGURATION, features and profiles.

use super::sets::{CONFIGURES, RESERVED_TYPE};
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::Capability;
use discrig_wire::command::GetConfiguration;
use discrig_wire::feature::{Configuration, FeatureCode, Profile, RandomReadable};

pub(in crate::families) const CONFIGURATION: &[Scenario] = &[
    Scenario {
        slug: "identity.configuration.data-length",
        clauses: &["mmc5-6.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the data length counts what follows it, whatever the allocation length cut off",
        body: Body::Example(data_length),
    },
    Scenario {
        slug: "identity.configuration.one-feature",
        clauses: &["mmc5-6.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a request for one feature returns that one alone, exactly as the request for all does",
        body: Body::Example(one_feature),
    },
    Scenario {
        slug: "identity.configuration.absent-feature",
        clauses: &["mmc5-6.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a request for one feature that the drive does not have returns the header alone",
        body: Body::Example(absent_feature),
    },
    Scenario {
        slug: "identity.configuration.current-features",
        clauses: &["mmc5-6.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a request for current features returns exactly those that the request for all marks as current",
        body: Body::Example(current_features),
    },
    Scenario {
        slug: "identity.configuration.starting-feature",
        clauses: &["mmc5-6.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the starting feature number leaves out the features below it and nothing else",
        body: Body::Example(starting_feature),
    },
    Scenario {
        slug: "identity.configuration.reserved-type",
        clauses: &["mmc5-6.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the reserved request type is refused",
        body: Body::Example(reserved_type),
    },
    Scenario {
        slug: "identity.configuration.ascending",
        clauses: &["mmc5-6.6", "mmc5-5.2.2"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "features come in ascending order, each once, with payloads of whole four bytes",
        body: Body::Example(ascending),
    },
    Scenario {
        slug: "identity.configuration.persistent-is-current",
        clauses: &["mmc5-5.2.2"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a feature that is persistent is current",
        body: Body::Example(persistent_is_current),
    },
    Scenario {
        slug: "identity.configuration.profile-list-and-core",
        clauses: &["mmc5-5.3.1", "mmc5-5.3.2"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "every drive has the profile list and the core feature",
        body: Body::Example(profile_list_and_core),
    },
    Scenario {
        slug: "identity.configuration.removable-medium",
        clauses: &["mmc5-5.3.4"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a drive whose INQUIRY data tell of a removable medium has the feature for it",
        body: Body::Example(has_removable_medium),
    },
    Scenario {
        slug: "identity.configuration.current-profile-is-listed",
        clauses: &["mmc5-5.3.1", "mmc5-6.6"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "the current profile of the header is in the profile list and marked there",
        body: Body::Example(current_profile_is_listed),
    },
    Scenario {
        slug: "identity.configuration.no-profile-without-medium",
        clauses: &["mmc5-5.3.1", "mmc5-6.6"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "with the tray open no profile is current, in the header and in the list",
        body: Body::Example(no_profile_without_medium),
    },
    Scenario {
        slug: "identity.configuration.random-readable",
        clauses: &["mmc5-5.3.6"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "with a data disc in, random readable is current with blocks of 2048 bytes",
        body: Body::Example(random_readable),
    },
];

/// A feature as it came: number, current, persistent, payload.
#[derive(Clone, Debug, PartialEq)]
struct Feature {
    code: FeatureCode,
    current: bool,
    persistent: bool,
    payload: Vec<u8>,
}

/// The current profile and the features of an answer that has to come and be understood.
fn features(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    requested_type: u8,
    start: u16,
) -> Result<(Profile, Vec<Feature>), Stop> {
    let (answer, bytes) = unit::configuration(stage, seat, requested_type, start);
    stage.expect(&CONFIGURES, answer)?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    let features = configuration.features().map(|feature| {
        let feature = unit::understood(feature)?;
        Ok(Feature {
            code: feature.code,
            current: feature.current,
            persistent: feature.persistent,
            payload: feature.payload.to_vec(),
        })
    });
    Ok((configuration.current_profile, features.collect::<Result<_, Stop>>()?))
}

fn all(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Vec<Feature>, Stop> {
    features(stage, seat, 0, 0).map(|(_, features)| features)
}

fn codes_of(features: &[Feature]) -> Vec<FeatureCode> {
    features.iter().map(|feature| feature.code).collect()
}

fn data_length(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let announced = |bytes: &[u8]| bytes.first_chunk().map_or(0, |length| u32::from_be_bytes(*length));
    let (answer, bytes) = unit::configuration(stage, &mut seat, 0, 0);
    stage.expect(&CONFIGURES, answer)?;
    let whole = announced(&bytes);
    let walked = 8 + all(stage, &mut seat)?.iter().map(|feature| 4 + feature.payload.len()).sum::<usize>();
    stage.ensure(whole as usize + 4 == walked, || {
        format!("header and features have {walked} bytes, the data length says {whole} after its own four")
    })?;
    for allocation_length in [8, 16] {
        let command = GetConfiguration { allocation_length, ..GetConfiguration::default() };
        let bytes = unit::fetch(stage, &mut seat, command)?;
        let cut = announced(&bytes);
        stage.ensure(cut == whole, || {
            format!("the data length is {whole}, and {cut} under an allocation length of {allocation_length}")
        })?;
    }
    Ok(())
}

fn one_feature(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for feature in all(stage, &mut seat)? {
        let (_, one) = features(stage, &mut seat, 2, feature.code.0)?;
        stage.ensure(one == [feature.clone()], || {
            format!("{} alone was asked for, {:?} came", feature.code, codes_of(&one))
        })?;
    }
    Ok(())
}

fn absent_feature(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let present = codes_of(&all(stage, &mut seat)?);
    // Numbers that no document assigns; one below and one above those that drives have.
    for code in [0x000F, 0x7FFF].map(FeatureCode).into_iter().filter(|code| !present.contains(code)) {
        let (answer, bytes) = unit::configuration(stage, &mut seat, 2, code.0);
        stage.expect(&CONFIGURES, answer)?;
        stage.ensure(bytes.starts_with(&[0, 0, 0, 4]), || {
            format!("{code} is not there; the header begins {:02X?}", bytes.get(..4).unwrap_or(&bytes))
        })?;
    }
    Ok(())
}

fn current_features(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let mut marked = all(stage, &mut seat)?;
    marked.retain(|feature| feature.current);
    let (_, current) = features(stage, &mut seat, 1, 0)?;
    stage.ensure(current == marked, || {
        format!("marked as current: {:?}; returned as current: {:?}", codes_of(&marked), codes_of(&current))
    })
}

fn starting_feature(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let whole = all(stage, &mut seat)?;
    for start in [0x0002, 0x0011, 0x0100, 0xFFFF] {
        let mut expected = whole.clone();
        expected.retain(|feature| feature.code.0 >= start);
        let (_, from) = features(stage, &mut seat, 0, start)?;
        stage.ensure(from == expected, || {
            format!("from {start:04X}h on there are {:?}, {:?} came", codes_of(&expected), codes_of(&from))
        })?;
    }
    Ok(())
}

fn reserved_type(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (answer, _) = unit::configuration(stage, &mut seat, 3, 0);
    stage.expect(&RESERVED_TYPE, answer)?;
    Ok(())
}

fn ascending(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let whole = all(stage, &mut seat)?;
    stage.ensure(whole.is_sorted_by(|a, b| a.code < b.code), || {
        format!("the features are not in ascending order, each once: {:?}", codes_of(&whole))
    })?;
    let odd = whole.iter().find(|feature| !feature.payload.len().is_multiple_of(4));
    stage.ensure(odd.is_none(), || format!("a payload is not a multiple of four bytes: {odd:?}"))
}

fn persistent_is_current(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let whole = all(stage, &mut seat)?;
    let odd = whole.iter().find(|feature| feature.persistent && !feature.current);
    stage.ensure(odd.is_none(), || format!("persistent and not current: {odd:?}"))
}

fn require_feature(stage: &mut Stage<'_>, seat: &mut HandleSeat, code: FeatureCode) -> Result<Feature, Stop> {
    let whole = all(stage, seat)?;
    let feature = whole.iter().find(|feature| feature.code == code).cloned();
    stage.ensure(feature.is_some(), || format!("{code} is not among {:?}", codes_of(&whole)))?;
    feature.ok_or_else(|| Stop::fail(format!("{code} is missing")))
}

fn profile_list_and_core(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for code in [FeatureCode::PROFILE_LIST, FeatureCode::CORE] {
        let feature = require_feature(stage, &mut seat, code)?;
        stage.ensure(feature.persistent && feature.current, || {
            format!("{code} is always current, and not marked so")
        })?;
    }
    Ok(())
}

fn has_removable_medium(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let feature = require_feature(stage, &mut seat, FeatureCode::REMOVABLE_MEDIUM)?;
    stage.ensure(feature.persistent && feature.payload.len() >= 4, || format!("feature 0003h: {feature:?}"))
}

/// Header and list: the current profile, and those that the list marks.
fn profiles(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<(Profile, Vec<Profile>), Stop> {
    let (answer, bytes) = unit::configuration(stage, seat, 2, FeatureCode::PROFILE_LIST.0);
    stage.expect(&CONFIGURES, answer)?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    let list = configuration.feature(FeatureCode::PROFILE_LIST);
    stage.ensure(list.is_some(), || "the profile list does not come".into())?;
    let marked = list.and_then(|list| list.profiles()).into_iter().flatten();
    let marked = marked.filter(|(_, current)| *current).map(|(profile, _)| profile).collect();
    Ok((configuration.current_profile, marked))
}

fn current_profile_is_listed(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (current, marked) = profiles(stage, &mut seat)?;
    stage.ensure(current != Profile::NONE && marked.contains(&current), || {
        format!("the header says {current}, the list marks {marked:?}")
    })
}

fn no_profile_without_medium(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    unit::insist(unit::eject(stage, &mut seat), "eject")?;
    unit::settle(stage, &mut seat)?;
    let (current, marked) = profiles(stage, &mut seat)?;
    stage.ensure(current == Profile::NONE && marked.is_empty(), || {
        format!("the tray is open; the header says {current}, the list marks {marked:?}")
    })
}

fn random_readable(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let feature = require_feature(stage, &mut seat, FeatureCode::RANDOM_READABLE)?;
    stage.ensure(feature.current, || "feature 0010h is not current with a data disc in".into())?;
    let (answer, bytes) = unit::configuration(stage, &mut seat, 2, FeatureCode::RANDOM_READABLE.0);
    stage.expect(&CONFIGURES, answer)?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    let readable = configuration.feature(FeatureCode::RANDOM_READABLE);
    let Some(readable) = readable.as_ref().map(RandomReadable::parse) else { return Ok(()) };
    let readable = unit::understood(readable)?;
    stage.ensure(readable.block_size == 2048, || {
        format!("feature 0010h says that blocks have {} bytes", readable.block_size)
    })
}
