//! REPORT KEY and SEND KEY of a drive without licences (MMC-5 6.29 and 6.35).

use crate::rig::Rig;
use discrig_drive::MediumKind;

const STATE: &str = "A4 00 00 00 00 00 00 00 00 08 08 00";

/// Type of the region in bits 7-6, resets by the maker in 5-3, changes by the user in 2-0; then mask and scheme.
#[test]
fn the_region_can_be_set_five_times() {
    let mut rig = Rig::empty();
    rig.script(&format!(
        "{STATE} => 00 06 00 00 25 FF 01 00                        // none set
         A4 00 00 00 00 00 00 00 00 04 08 00 => 00 06 00 00
         A3 00 00 00 00 00 00 00 00 08 06 00 [00 06 00 00 FE 00 00 00] => GOOD
         {STATE} => 00 06 00 00 64 FE 01 00                        // set, region 1
         power
         {STATE} => 00 06 00 00 64 FE 01 00
         A3 00 00 00 00 00 00 00 00 08 06 00 [00 06 00 00 FD 00 00 00] => GOOD
         {STATE} => 00 06 00 00 63 FD 01 00
         A3 00 00 00 00 00 00 00 00 08 06 00 [00 06 00 00 FB 00 00 00] => GOOD
         {STATE} => 00 06 00 00 62 FB 01 00
         A3 00 00 00 00 00 00 00 00 08 06 00 [00 06 00 00 7F 00 00 00] => GOOD
         {STATE} => 00 06 00 00 A1 7F 01 00                        // one change left
         A3 00 00 00 00 00 00 00 00 08 06 00 [00 06 00 00 EF 00 00 00] => GOOD
         {STATE} => 00 06 00 00 E0 EF 01 00                        // for good
         A3 00 00 00 00 00 00 00 00 08 06 00 [00 06 00 00 FE 00 00 00] => 05/6F/05
         {STATE} => 00 06 00 00 E0 EF 01 00"
    ));
}

#[test]
fn regions_that_are_none() {
    Rig::loaded().script(&format!(
        "A3 00 00 00 00 00 00 00 00 08 06 00 [00 06 00 00 FF 00 00 00] => 05/26/00 list 4.7
         A3 00 00 00 00 00 00 00 00 08 06 00 [00 06 00 00 FC 00 00 00] => 05/26/00 list 4.7
         A3 00 00 00 00 00 00 00 00 08 06 00 [00 06 00 00 00 00 00 00] => 05/26/00 list 4.7
         A3 00 00 00 00 00 00 00 00 04 06 00 [00 06 00 00] => 05/1A/00
         A3 00 00 00 00 00 00 00 00 00 06 00 => 05/1A/00|05/24/00
         A3 00 00 00 00 00 00 00 00 08 06 00 [00 06 00 00] => 05/1A/00
         A3 00 00 00 00 00 00 00 00 08 06 00 [00 01 00 00 FE 00 00 00] => 05/1A/00|05/26/00
         {STATE} => 00 06 00 00 25 FF 01 00"
    ));
}

/// Neither CSS, CPRM, AACS nor VCPS is there: no grant, no challenge, no key (features 0106h, 010Bh, 010Dh).
#[test]
fn no_grants_and_no_keys() {
    for kind in [MediumKind::DvdMinusR, MediumKind::DvdRam, MediumKind::BdRe] {
        let mut rig = Rig::blank(kind);
        let mut script = String::new();
        for class in [0x00, 0x01, 0x02, 0x20, 0x21, 0xFF] {
            for format in [0x00, 0x01, 0x02, 0x04, 0x05, 0x11, 0x20, 0x21, 0x3E] {
                for grant in [0x00, 0xC0] {
                    script += &format!(
                        "A4 00 00 00 00 00 00 {class:02X} 00 10 {:02X} 00 => 05/24/00\n\
                         A3 00 00 00 00 00 00 {class:02X} 00 10 {:02X} 00 [00 0E 00*14] => 05/24/00\n",
                        grant | format,
                        grant | format
                    );
                }
            }
        }
        script += "A4 00 00 00 00 00 00 02 00 08 08 00 => 05/24/00    // a region in another class\n";
        for feature in ["01 06", "01 0B", "01 0D", "01 0E", "01 10", "01 13"] {
            script += &format!("46 02 {feature} 00 00 00 00 FF 00 => 00 00 00 04 00 00 .. ..\n");
        }
        rig.script(&script);
    }
}
