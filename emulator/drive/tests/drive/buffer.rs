//! READ BUFFER, WRITE BUFFER and READ BUFFER CAPACITY (SPC-3 6.15 and 6.35, MMC-5 6.18).

use crate::rig::Rig;
use discrig_drive::MediumKind;

#[test]
fn what_is_written_to_the_buffer_is_read_from_it() {
    Rig::loaded().script(
        "// descriptor: offset boundary of one byte, capacity; all zeros where there is no such buffer
         3C 03 00 00 00 00 00 00 04 00 => 00 00 10 00
         3C 03 00 00 00 00 00 00 02 00 => 00 00
         3C 03 01 00 00 00 00 00 04 00 => 00 00 00 00
         3C 02 00 00 00 00 00 00 08 00 => 00*8
         3B 02 00 00 00 10 00 00 04 00 [DE AD BE EF] => GOOD
         3C 02 00 00 00 0F 00 00 06 00 => 00 DE AD BE EF 00
         // with a header of four bytes before the data
         3C 00 00 00 00 10 00 00 08 00 => 00 00 10 00 DE AD BE EF
         3C 00 00 00 00 00 00 00 04 00 => 00 00 10 00
         3B 02 00 00 0F FE 00 00 02 00 [12 34] => GOOD
         3C 02 00 00 0F FE 00 00 FF 00 => 12 34
         3C 02 00 00 10 00 00 00 FF 00 => empty
         3B 02 00 00 00 00 00 00 00 00 => GOOD
         3C 02 00 00 00 00 00 00 00 00 => empty",
    );
}

#[test]
fn beyond_the_buffer_and_other_modes() {
    Rig::loaded().script(
        "3C 02 00 00 10 01 00 00 01 00 => 05/24/00 cdb 3.7
         3C 02 01 00 00 00 00 00 01 00 => 05/24/00 cdb 2.7
         3C 01 00 00 00 00 00 00 01 00 => 05/24/00 cdb 1.4
         3C 1F 00 00 00 00 00 00 01 00 => 05/24/00 cdb 1.4
         3C 20 00 00 00 00 00 00 01 00 => 05/24/00 cdb 1.5
         3B 02 00 00 0F FF 00 00 02 00 [12 34] => 05/24/00
         3B 02 00 00 10 01 00 00 00 00 => 05/24/00
         3B 02 01 00 00 00 00 00 01 00 [12] => 05/24/00 cdb 2.7
         // no microcode is taken: feature 0104h is not there
         3B 04 00 00 00 00 00 00 01 00 [12] => 05/24/00 cdb 1.4
         3B 05 00 00 00 00 00 00 01 00 [12] => 05/24/00 cdb 1.4
         3B 07 00 00 00 00 00 00 01 00 [12] => 05/24/00 cdb 1.4
         46 02 01 04 00 00 00 00 FF 00 => 00 00 00 04 00 00 00 08
         3C 02 00 00 00 00 00 00 04 00 => 00*4",
    );
}

#[test]
fn without_a_medium() {
    Rig::empty().script(
        "3B 02 00 00 00 00 00 00 02 00 [55 AA] => GOOD
         3C 02 00 00 00 00 00 00 02 00 => 55 AA",
    );
}

/// Ten bytes follow the length: a reserved one, the BLOCK bit, the size of the buffer and what is free of it, or the free blocks alone.
#[test]
fn capacity() {
    for mut rig in [Rig::empty(), Rig::loaded(), Rig::blank(MediumKind::BdR)] {
        rig.script(
            "5C 00 00 00 00 00 00 00 0C 00 => 00 0A 00 00 00 40 00 00 00 40 00 00
             5C 01 00 00 00 00 00 00 0C 00 => 00 0A 00 01 00 00 00 00 00 00 08 00
             5C 00 00 00 00 00 00 00 02 00 => 00 0A
             5C 00 00 00 00 00 00 00 00 00 => empty
             5C 02 00 00 00 00 00 00 0C 00 => 05/24/00 cdb 1.1",
        );
    }
    let mut rig = Rig::blank(MediumKind::DvdPlusR);
    rig.script(
        "fill 0 32 11*2048
         35 00*9 => GOOD
         5C 00 00 00 00 00 00 00 0C 00 => 00 0A 00 00 00 40 00 00 00 40 00 00",
    );
}
