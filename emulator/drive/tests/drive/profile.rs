//! What a model of drive says in its own bytes.

use crate::rig::{A, Rig, data_disc, hex};
use discrig_drive::{DriveConfig, HostEvent, Profile};
use discrig_wire::feature::{Configuration, FeatureCode};

/// A drive of a model that these lines make, with a CD-ROM in it.
fn drive_of(lines: &str) -> Rig {
    let profile: Profile = toml::from_str(lines).unwrap();
    let mut rig = Rig::fresh(DriveConfig { profile, ..DriveConfig::default() });
    rig.happen(HostEvent::SwapDisc(Some(data_disc(100))));
    rig.settle();
    rig
}

#[test]
fn commands_that_a_model_lacks_are_unknown_to_it() {
    let mut rig = drive_of("commands = [0x00, 0x03, 0x12]");
    assert_eq!(rig.ask(A, "00 00 00 00 00 00"), "GOOD");
    for unknown in ["25 00 00 00 00 00 00 00 00 00", "1E 00 00 00 01 00"] {
        assert_eq!(rig.ask(A, unknown), "05/20/00", "{unknown}");
    }
}

#[test]
fn inquiry_data_are_as_long_and_as_old_as_the_model_says() {
    let mut rig = drive_of("[inquiry]\nversion = 0\nresponse-format = 1\nadditional-length = 31");
    let data = rig.data(A, "12 00 00 00 60 00");
    assert_eq!((data.len(), &data[2..5]), (36, &[0, 1, 31][..]));
}

#[test]
fn a_feature_descriptor_is_sent_as_the_model_has_it() {
    let mut rig = drive_of(
        "features = [0x001E]\n[feature-data]\n001E = { version = 1, data = '03 00 00 00' }\n\
         010A = { version = 0, data = '46 44 43 00' }",
    );
    let data = rig.data(A, "46 00 00 00 00 00 00 FF FF 00");
    let configuration = Configuration::parse(&data).unwrap();
    let features: Vec<_> = configuration.features().map(Result::unwrap).collect();
    let codes: Vec<_> = features.iter().map(|feature| feature.code).collect();
    let dcb = FeatureCode::DISC_CONTROL_BLOCKS;
    assert_eq!(codes, [FeatureCode::PROFILE_LIST, FeatureCode::CD_READ, dcb]);
    assert_eq!((features[1].version, features[1].current, features[1].payload), (1, true, &[3, 0, 0, 0][..]));
    assert_eq!((features[2].current, features[2].payload), (false, &b"FDC\0"[..]));
}

#[test]
fn mode_pages_begin_with_the_models_values_and_change_where_its_mask_says() {
    let mut rig = drive_of(
        "[mode-pages.01]\ndefault = '01 0A 00 20 00 00 00 00 05 00 00 00'\n\
         changeable = '01 0A 00 0F 00 00 00 00 00 00 00 00'",
    );
    for control in ["01", "81"] {
        let data = rig.data(A, &format!("5A 08 {control} 00 00 00 00 00 40 00"));
        assert_eq!(data[8..], [1, 0x0A, 0, 0x20, 0, 0, 0, 0, 5, 0, 0, 0], "{control}");
    }
    assert_eq!(rig.data(A, "5A 08 41 00 00 00 00 00 40 00")[11], 0x0F);
    let header = [0; 8];
    let mut select =
        |page: [u8; 12]| rig.tell(A, "55 10 00 00 00 00 00 00 14 00", &[&header[..], &page].concat());
    assert_eq!(select([1, 0x0A, 0, 0x2F, 0, 0, 0, 0, 5, 0, 0, 0]), "GOOD");
    assert_eq!(select([1, 0x0A, 0, 0x4F, 0, 0, 0, 0, 5, 0, 0, 0]), "05/26/00 list 11.6");
}

/// Byte 7 of page 0Eh was the blocks of a second once, and drives still fill it in.
#[test]
fn bits_that_have_no_field_stay_as_the_model_has_them() {
    let own = "0E 0E 04 00 00 00 00 4B 01 FF 02 FF 00 00 00 00";
    let mut rig = drive_of(&format!("[mode-pages.0E]\ndefault = '{own}'"));
    let data = rig.data(A, "5A 08 0E 00 00 00 00 00 40 00");
    assert_eq!(hex(&data[8..]), own);
    let mut list = data.clone();
    list[..8].fill(0);
    list[8 + 9] = 0x80;
    assert_eq!(rig.tell(A, "55 10 00 00 00 00 00 00 18 00", &list), "GOOD");
    list[8 + 7] = 0;
    assert_eq!(rig.tell(A, "55 10 00 00 00 00 00 00 18 00", &list), "05/26/00 list 15.6");
    let data = rig.data(A, "5A 08 0E 00 00 00 00 00 40 00");
    assert_eq!((data[8 + 7], data[8 + 9]), (0x4B, 0x80));
}

#[test]
fn page_2a_is_filled_up_and_claims_what_the_model_does() {
    let mut rig =
        drive_of("capabilities-length = 66\n[capabilities]\nc2_pointers = true\ntest_write = false");
    let data = rig.data(A, "5A 08 2A 00 00 00 00 01 00 00");
    assert_eq!((data.len(), data[8], data[9]), (8 + 68, 0x2A, 66));
    assert_eq!((data[8 + 5] & 0x10, data[8 + 3] & 0x04), (0x10, 0));
    assert_eq!(rig.data(A, "5A 08 6A 00 00 00 00 01 00 00").len(), 8 + 68);
}

#[test]
fn write_parameters_of_a_way_that_the_model_lacks_are_refused() {
    let mut rig = drive_of("cd-write-modes = ['tao', 'sao', 'raw-raw-rw']");
    let now = rig.data(A, "5A 08 05 00 00 00 00 00 3C 00");
    let mut with = |write: u8, block: u8| {
        let mut list = now.clone();
        list[..8].fill(0);
        list[8] &= 0x3F;
        list[10] = list[10] & 0xF0 | write;
        list[12] = block;
        rig.tell(A, "55 10 00 00 00 00 00 00 3C 00", &list)
    };
    for (write, block, answer) in [
        (1, 8, "GOOD"),
        (2, 8, "GOOD"),
        (3, 3, "GOOD"),
        (0, 8, "05/26/00 list 10.3"),
        (2, 3, "05/26/00 list 10.3"),
        (3, 1, "05/26/00 list 10.3"),
    ] {
        assert_eq!(with(write, block), answer, "write type {write}, data block type {block}");
    }
}
