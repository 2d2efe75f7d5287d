//! Test writing: everything goes as if it were written, and the disc is as before (MMC-5 7.5.4.8).

use crate::rig::{A, Rig};
use discrig_drive::MediumKind;
use rstest::rstest;

const DISC: &str = "51 00 00 00 00 00 00 00 22 00";
const TRACK: &str = "52 01 00 00 00 01 00 00 30 00";

/// With the test write bit set from the prologue to the epilogue, the views of the disc come back when it is cleared.
#[rstest]
#[case(MediumKind::CdR, "51 C4 08", "", "5B 00 02 00*7 => GOOD|05/2C/00")]
#[case(MediumKind::CdRw, "51 C4 08", "", "5B 00 02 00*7 => GOOD|05/2C/00")]
#[case(MediumKind::CdR, "50 C5 08", "", "5B 00 01 00 00 01 00*4 => GOOD|05/2C/00")]
#[case(MediumKind::DvdMinusR, "50 C5 08", "", "5B 00 02 00*7 => GOOD|05/2C/00")]
#[case(MediumKind::DvdMinusRw, "50 C5 08", "", "5B 00 02 00*7 => GOOD|05/2C/00")]
#[case(MediumKind::DvdMinusR, "52 05 08", "53 00*6 02 00 00 => GOOD", "35 00*9 => GOOD")]
#[case(MediumKind::DvdMinusRDl, "50 C5 08", "", "5B 00 02 00*7 => GOOD|05/2C/00")]
fn the_disc_is_as_before(
    #[case] kind: MediumKind,
    #[case] page: &str,
    #[case] before: &str,
    #[case] after: &str,
) {
    let mut rig = Rig::blank(kind);
    let views = (rig.data(A, DISC), rig.data(A, TRACK));
    rig.script(&format!(
        "select {page}
         {before}
         fill 0 512 11*2048
         // the next writable address moves on, and nothing can be read
         2A 00 00 00 00 00 00 00 10 00 [00*32768] => 05/21/02|05/21/00
         35 00*9 => GOOD
         {after}
         select 41 C4 08
         28 00 00 00 00 00 00 00 01 00 => 05/21/00"
    ));
    assert_eq!((rig.data(A, DISC), rig.data(A, TRACK)), views);
    rig.script("25 00*9 => 00 00 00 00 00 00 08 00");
}

/// Session at once: the cue sheet is rehearsed too.
#[test]
fn session_at_once() {
    let mut rig = Rig::blank(MediumKind::CdR);
    let views = (rig.data(A, DISC), rig.data(A, TRACK));
    rig.script(
        "select 52 00 00
         5D 00 00 00 00 00 00 00 20 00 [41 00 00 14 00 00 00 00 41 01 00 10 00 00 00 00 41 01 01 10 00 00 02 00 41 AA 01 14 00 00 06 00] => GOOD
         fill FFFFFF6A 450 11*2048
         35 00*9 => GOOD
         select 41 C4 08
         28 00 00 00 00 00 00 00 01 00 => 05/21/00
         43 00 00 00 00 00 00 00 FF 00 => 05/24/00",
    );
    assert_eq!((rig.data(A, DISC), rig.data(A, TRACK)), views);
    rig.script(
        "// and the disc can be recorded as ever
         fill 0 300 22*2048
         35 00*9 => GOOD
         28 00 00 00 00 00 00 00 01 00 => 22*2048",
    );
}

/// A rehearsal behind what is recorded leaves that alone, and ends with power, a reset or a new disc.
#[rstest]
#[case("power")]
#[case("reset")]
#[case("eject")]
fn it_ends_with(#[case] what: &str) {
    Rig::blank(MediumKind::CdR).script(&format!(
        "select 41 C4 08
         fill 0 300 11*2048
         35 00*9 => GOOD
         select 51 C4 08
         fill 1C4 300 22*2048
         {what}
         28 00 00 00 00 00 00 00 01 00 => 11*2048
         28 00 00 00 01 C4 00 00 01 00 => 05/21/00
         52 01 00 00 00 FF 00 00 24 00 => 00 22 02 01 00 .. .. 01 00 00 01 C4 00 00 01 C4 *"
    ));
}

/// Media without test writing ignore the bit with the rest of the page.
#[rstest]
#[case(MediumKind::DvdPlusR)]
#[case(MediumKind::BdR)]
#[case(MediumKind::DvdRam)]
fn media_that_are_written_all_the_same(#[case] kind: MediumKind) {
    Rig::blank(kind).script(
        "select 50 C5 08
         fill 0 32 11*2048
         35 00*9 => GOOD
         select 40 C5 08
         28 00 00 00 00 00 00 00 01 00 => 11*2048",
    );
}
