//! INQUIRY, REPORT LUNS, REQUEST SENSE, and unit attentions as they are reported.

use crate::rig::{A, B, Rig, TEST_UNIT_READY, hex};
use discrig_drive::{HostEvent, NexusId, Quirk};
use discrig_wire::sense::codes;

#[test]
fn standard_inquiry() {
    let data = Rig::empty().data(A, "12 00 00 00 60 00");
    assert_eq!(data.len(), 96);
    assert_eq!(hex(&data[..8]), "05 80 05 02 5B 00 00 00");
    assert_eq!(&data[8..36], b"DISCRIG BD-RE EMULATOR  1.00");
    assert_eq!(hex(&data[58..66]), "00 A0 03 00 04 E0 00 00");
    assert_eq!(Rig::empty().data(A, "12 00 00 00 05 00").len(), 5);
    assert_eq!(Rig::empty().data(A, "12 00 00 00 00 00").len(), 0);
}

#[test]
fn vital_product_data() {
    let mut rig = Rig::empty();
    assert_eq!(hex(&rig.data(A, "12 01 00 00 FF 00")), "05 00 00 03 00 80 83");
    assert_eq!(rig.data(A, "12 01 80 00 FF 00"), *b"\x05\x80\x00\x0CDR0000000001");
    let designators = rig.data(A, "12 01 83 00 FF 00");
    assert_eq!(designators.len(), 4 + 12 + 4 + 8 + 16 + 12);
    assert_eq!(hex(&designators[..8]), "05 83 00 34 01 03 00 08");
    assert_eq!(designators[8] >> 4, 3, "locally assigned");
    assert_eq!(&designators[20..], b"DISCRIG BD-RE EMULATOR  DR0000000001");
}

#[test]
fn pages_that_are_not_there() {
    let mut rig = Rig::empty();
    assert_eq!(rig.ask(A, "12 01 B0 00 FF 00"), "05/24/00 cdb 2.7");
    assert_eq!(rig.ask(A, "12 00 80 00 FF 00"), "05/24/00 cdb 2.7");
}

#[test]
fn logical_units() {
    let mut rig = Rig::empty();
    let list = "00 00 00 08 00 00 00 00 00 00 00 00 00 00 00 00";
    assert_eq!(hex(&rig.data(A, "A0 00 00 00 00 00 00 00 00 10 00 00")), list);
    assert_eq!(hex(&rig.data(A, "A0 00 01 00 00 00 00 00 00 10 00 00")), "00 00 00 00 00 00 00 00");
    assert_eq!(rig.ask(A, "A0 00 03 00 00 00 00 00 00 10 00 00"), "05/24/00 cdb 2.7");
    assert_eq!(rig.ask(A, "A0 00 00 00 00 00 00 00 00 0F 00 00"), "05/24/00 cdb 6.7");
}

#[test]
fn request_sense_tells_unit_attentions_then_the_state() {
    let mut rig = Rig::fresh(Default::default());
    let sense = |rig: &mut Rig| hex(&rig.data(A, "03 00 00 00 12 00")[..14]);
    assert_eq!(sense(&mut rig), "70 00 06 00 00 00 00 0A 00 00 00 00 29 00");
    assert_eq!(sense(&mut rig), "70 00 02 00 00 00 00 0A 00 00 00 00 3A 01");
    let mut rig = Rig::loaded();
    assert_eq!(sense(&mut rig), "70 00 00 00 00 00 00 0A 00 00 00 00 00 00");
    assert_eq!(rig.data(A, "03 00 00 00 04 00").len(), 4);
}

#[test]
fn request_sense_in_descriptor_format() {
    let mut rig = Rig::empty();
    assert_eq!(hex(&rig.data(A, "03 01 00 00 FF 00")), "72 02 3A 01 00 00 00 00");
    let mut rig = Rig::slow(Some(crate::rig::data_disc(10)));
    rig.ask(A, "1B 01 00 00 02 00");
    rig.wait(core::time::Duration::from_millis(750));
    assert_eq!(
        hex(&rig.data(A, "03 01 00 00 FF 00")),
        "72 02 04 07 00 00 00 08 02 06 00 00 80 80 08 00",
        "half of the way, and the time that the command itself took"
    );
}

#[test]
fn each_nexus_has_its_own_power_on_unit_attention() {
    let mut rig = Rig::fresh(Default::default());
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "06/29/00");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "02/3A/01 ".trim());
    assert_eq!(rig.ask(B, TEST_UNIT_READY), "06/29/00");
}

#[test]
fn quirks_of_unit_attentions() {
    let attention = |rig: &mut Rig| {
        for nexus in [A, B] {
            let code = codes::MODE_PARAMETERS_CHANGED;
            rig.happen(HostEvent::EstablishUnitAttention { nexus: NexusId(nexus), code });
        }
    };
    let mut shared = Rig::quirky(Quirk::SharedUnitAttention);
    attention(&mut shared);
    assert_eq!(shared.ask(A, TEST_UNIT_READY), "06/2A/01");
    assert_eq!(shared.ask(B, TEST_UNIT_READY), "GOOD");
    let mut kept = Rig::quirky(Quirk::RequestSenseKeepsUnitAttention);
    kept.ask(A, TEST_UNIT_READY);
    kept.ask(A, TEST_UNIT_READY);
    attention(&mut kept);
    assert_eq!(kept.data(A, "03 00 00 00 12 00")[12], 0x2A);
    assert_eq!(kept.ask(A, TEST_UNIT_READY), "06/2A/01");
    let mut silent = Rig::fresh(discrig_drive::DriveConfig {
        quirks: [Quirk::NoPowerOnUnitAttention].into(),
        ..Default::default()
    });
    assert_eq!(silent.ask(A, TEST_UNIT_READY), "02/3A/01");
    silent.happen(HostEvent::PowerCycle);
    assert_eq!(silent.ask(A, TEST_UNIT_READY), "02/3A/01");
}
