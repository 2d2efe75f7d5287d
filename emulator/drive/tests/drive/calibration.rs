//! SEND OPC INFORMATION (MMC-5 6.36).

use crate::burnt;
use crate::rig::Rig;
use discrig_drive::MediumKind;
use rstest::rstest;

/// A calibration takes its time and cannot be sent into the background; it leaves what is recorded as it is.
#[rstest]
#[case(MediumKind::CdR)]
#[case(MediumKind::CdRw)]
#[case(MediumKind::DvdMinusR)]
#[case(MediumKind::DvdMinusRw)]
fn power_is_calibrated(#[case] kind: MediumKind) {
    Rig::blank(kind).script(
        "54 01 00 00 00 00 00 00 00 00 => GOOD
         54 01 00 00 00 00 00 00 00 00 => GOOD
         // speed and six values of the initiator's own
         54 00 00 00 00 00 00 00 08 00 [02 C2 00*6] => GOOD
         54 00 00 00 00 00 00 00 10 00 [02 C2 00*6 05 84 00*6] => GOOD
         54 00 00 00 00 00 00 00 07 00 [02 C2 00*5] => 05/1A/00
         54 00 00 00 00 00 00 00 08 00 [02 C2 00*5] => 05/1A/00
         54 00 00 00 00 00 00 00 00 00 => GOOD
         54 08 00 00 00 00 00 00 00 00 => 05/24/00 cdb 1.3
         51 00 00 00 00 00 00 00 22 00 => 00 .. .. 01 01 01 01 *",
    );
}

/// A full disc that can be erased is calibrated as well, for erasing it; a full one that cannot be is not.
#[test]
fn a_full_cd_rw() {
    let full = "select 41 04 08
         fill 0 300 11*2048
         35 00*9 => GOOD
         5B 00 02 00*7 => GOOD
         51 00 00 00 00 00 00 00 03 00 => 00 20 .E";
    Rig::blank(MediumKind::CdRw).script(&full.replace(".E", "1E")).script(
        "54 01 00 00 00 00 00 00 00 00 => GOOD
         51 00 00 00 00 00 00 00 03 00 => 00 20 1E
         28 00 00 00 00 00 00 00 01 00 => 11*2048
         A1 01 00*10 => GOOD
         54 01 00 00 00 00 00 00 00 00 => GOOD
         51 00 00 00 00 00 00 00 03 00 => 00 20 10",
    );
    Rig::blank(MediumKind::CdR)
        .script(&full.replace(".E", "0E"))
        .script("54 01 00 00 00 00 00 00 00 00 => 05/30/05|05/30/02|07/27/00|05/2C/00|05/24/00");
}

/// What cannot be written needs none: a finalized disc, a pressed one, none at all.
#[test]
fn nothing_to_calibrate_for() {
    let refused = "54 01 00 00 00 00 00 00 00 00 => 05/30/05|05/30/02|07/27/00|05/2C/00|05/24/00";
    Rig::loaded().script(refused);
    burnt::audio().script(refused);
    Rig::empty().script("54 01 00 00 00 00 00 00 00 00 => 02/3A/01");
}
