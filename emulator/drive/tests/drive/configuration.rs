//! GET CONFIGURATION.

use crate::rig::{A, EJECT, Rig, hex, plain_disc};
use discrig_drive::{MediumKind, Quirk};
use discrig_wire::event::EventClasses;
use discrig_wire::feature::{Configuration, FeatureCode, FeatureSpec, Profile};
use rstest::rstest;

const ALL: &str = "46 00 00 00 00 00 00 10 00 00";
const CURRENT: &str = "46 01 00 00 00 00 00 10 00 00";

fn codes(data: &[u8]) -> Vec<u16> {
    Configuration::parse(data).unwrap().features().map(|feature| feature.unwrap().code.0).collect()
}

#[test]
fn one_feature_is_one_feature() {
    let mut rig = Rig::loaded();
    assert_eq!(
        hex(&rig.data(A, "46 02 00 03 00 00 00 00 FF 00")),
        "00 00 00 0C 00 00 00 08 00 03 0B 04 3B 00 00 00"
    );
    assert_eq!(hex(&rig.data(A, "46 02 00 05 00 00 00 00 FF 00")), "00 00 00 04 00 00 00 08");
    assert_eq!(rig.ask(A, "46 03 00 00 00 00 00 00 FF 00"), "05/24/00 cdb 1.1");
}

#[test]
fn the_data_length_is_whole_however_short_the_answer_is() {
    let mut rig = Rig::loaded();
    let whole = rig.data(A, ALL);
    assert_eq!(u32::from_be_bytes(whole[..4].try_into().unwrap()) as usize, whole.len() - 4);
    for cut in ["46 00 00 00 00 00 00 00 08 00", "46 00 00 00 00 00 00 00 0D 00"] {
        let data = rig.data(A, cut);
        assert_eq!(data, whole[..data.len()]);
    }
}

#[test]
fn what_is_wrong_with_other_emulators() {
    let mut counts = Rig::quirky(Quirk::GetConfigurationLengthCountsItself);
    assert_eq!(hex(&counts.data(A, "46 02 00 05 00 00 00 00 FF 00")), "00 00 00 08 00 00 00 08");
    assert_eq!(counts.data(A, "46 02 00 05 00 00 00 00 02 00"), [0, 0]);
    let mut rest = Rig::quirky(Quirk::GetConfigurationRt2ReturnsRest);
    assert!(codes(&rest.data(A, "46 02 00 10 00 00 00 10 00 00")).len() > 10);
}

#[test]
fn features_without_a_medium() {
    let mut rig = Rig::empty();
    let data = rig.data(A, CURRENT);
    assert_eq!(Configuration::parse(&data).unwrap().current_profile, Profile::NONE);
    assert_eq!(codes(&data), [0x0000, 0x0001, 0x0002, 0x0003, 0x0100, 0x0105, 0x0108, 0x010C]);
    let all = rig.data(A, ALL);
    assert!(codes(&all).windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(
        codes(&rig.data(A, "46 00 01 00 00 00 00 10 00 00")),
        [0x0100, 0x0103, 0x0105, 0x0107, 0x0108, 0x010A, 0x010C]
    );
    for feature in Configuration::parse(&all).unwrap().features() {
        let feature = feature.unwrap();
        let persistent = FeatureSpec::of(feature.code).unwrap().persistent;
        assert_eq!((feature.persistent, feature.current), (persistent, persistent), "{}", feature.code);
    }
}

#[rstest]
#[case(MediumKind::CdR, 0x0009, &[0x0004, 0x0010, 0x001D, 0x001E, 0x0021, 0x002D, 0x002E, 0x0103, 0x0107])]
#[case(MediumKind::DvdMinusR, 0x0011, &[0x0004, 0x0010, 0x001F, 0x0021, 0x002F, 0x0107])]
#[case(MediumKind::DvdPlusR, 0x001B, &[0x0004, 0x0010, 0x001F, 0x0021, 0x002B, 0x0107, 0x010A])]
#[case(MediumKind::DvdPlusRDl, 0x002B, &[0x0004, 0x0010, 0x001F, 0x0021, 0x003B, 0x0107, 0x010A])]
#[case(MediumKind::BdR, 0x0041, &[0x0004, 0x0010, 0x0021, 0x0023, 0x0040, 0x0041, 0x0107])]
fn features_with_a_blank(#[case] kind: MediumKind, #[case] profile: u16, #[case] media: &[u16]) {
    let data = Rig::blank(kind).data(A, CURRENT);
    let configuration = Configuration::parse(&data).unwrap();
    assert_eq!(configuration.current_profile, Profile(profile));
    let persistent = |code: &u16| FeatureSpec::of(FeatureCode(*code)).unwrap().persistent;
    let others: Vec<u16> = codes(&data).into_iter().filter(|code| !persistent(code)).collect();
    assert_eq!(others, media);
    let list = configuration.feature(FeatureCode::PROFILE_LIST).unwrap();
    let current: Vec<u16> = list.profiles().unwrap().filter(|entry| entry.1).map(|entry| entry.0.0).collect();
    assert_eq!(current, [profile]);
}

#[test]
fn features_with_a_pressed_disc_go_when_it_goes() {
    let mut rig = Rig::with(plain_disc(400_000), &[]);
    assert_eq!(hex(&rig.data(A, "46 02 00 1F 00 00 00 00 10 00")[6..]), "00 10 00 1F 05 04 01 00 01 00");
    assert_eq!(
        hex(&rig.data(A, "46 02 00 10 00 00 00 00 FF 00")[8..]),
        "00 10 01 08 00 00 08 00 00 10 01 00"
    );
    rig.ask(A, EJECT);
    assert_eq!(hex(&rig.data(A, "46 02 00 1F 00 00 00 00 10 00")[6..]), "00 00 00 1F 04 04 01 00 01 00");
}

#[test]
fn what_features_say_of_events_follows_the_classes() {
    let profile = discrig_drive::Profile { event_classes: EventClasses::MEDIA, ..Default::default() };
    let mut rig = Rig::fresh(discrig_drive::DriveConfig { profile, ..Default::default() });
    assert_eq!(hex(&rig.data(A, "46 02 00 01 00 00 00 00 FF 00")[16..]), "02 00 00 00");
    assert_eq!(hex(&rig.data(A, "46 02 00 02 00 00 00 00 FF 00")[12..]), "00 00 00 00");
    assert_eq!(hex(&rig.data(A, "46 02 00 03 00 00 00 00 FF 00")[12..]), "39 00 00 00");
    assert_eq!(hex(&rig.data(A, "4A 01 00 00 7E 00 00 00 08 00")), "00 06 04 10 00 00 00 00");
}

#[test]
fn captured_forms() {
    let mut rig = Rig::empty();
    assert_eq!(
        hex(&rig.data(A, "46 02 00 01 00 00 00 00 FF 00")[8..]),
        "00 01 0B 08 00 00 00 01 03 00 00 00"
    );
    assert_eq!(rig.data(A, "46 02 01 08 00 00 00 00 FF 00")[8..], *b"\x01\x08\x03\x0CDR0000000001");
    assert_eq!(rig.data(A, "46 02 01 0C 00 00 00 00 FF 00")[8..], *b"\x01\x0C\x03\x1020261101000000\0\0");
}
