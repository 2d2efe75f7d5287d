//! Discs that are burnt with the commands that burning software sends.

use crate::rig::Rig;
use discrig_drive::MediumKind;

/// A CD-R in session at once: two audio tracks of ten seconds, with a catalogue number and a recording code; 22h all over.
pub(crate) fn audio() -> Rig {
    let mut rig = Rig::blank(MediumKind::CdR);
    rig.script(
        "select 42 00 00
         5D 00 00 00 00 00 00 00 48 00 [\
             02 31 32 33 34 35 36 37  02 38 39 30 31 32 33 00  01 00 00 01 00 00 00 00 \
             03 01 55 53 41 42 43 39  03 01 39 30 30 30 30 31 \
             01 01 00 00 00 00 00 00  01 01 01 00 00 00 02 00 \
             01 02 01 00 00 00 0C 00  01 AA 01 01 00 00 16 00] => GOOD
         fill FFFFFF6A 1650 22*2352
         35 00*9 => GOOD
         settle",
    );
    rig
}

/// A CD-R in session at once: a track of 300 blocks in mode 1 (11h), one of audio (22h) with a pause of two seconds and an index 2.
pub(crate) fn mixed() -> Rig {
    let mut rig = Rig::blank(MediumKind::CdR);
    rig.script(
        "select 42 00 00
         5D 00 00 00 00 00 00 00 38 00 [\
             41 00 00 14 00 00 00 00  41 01 00 10 00 00 00 00  41 01 01 10 00 00 02 00 \
             01 02 00 00 00 00 06 00  01 02 01 00 00 00 08 00  01 02 02 00 00 00 0A 00 \
             01 AA 01 01 00 00 0C 00] => GOOD
         fill FFFFFF6A 450 11*2048
         fill 12C 450 22*2352
         35 00*9 => GOOD
         settle",
    );
    rig
}

/// A CD-R with tracks at once, each of 300 blocks, which begin at blocks 0 (mode 1, 11h), 1C4h (audio, 22h), 388h (mode 2 form 1, 33h), 54Ch
/// (mode 2 form 2, 44h) and 710h (mode 2 formless, 55h, the second four bytes AAh), in a closed session after which another is possible.
pub(crate) fn every_mode() -> Rig {
    let mut rig = Rig::blank(MediumKind::CdR);
    rig.script(
        "select 41 C4 08
         fill 000 300 11*2048
         35 00*9 => GOOD
         select 41 C0 00
         fill 1C4 300 22*2352
         35 00*9 => GOOD
         select 41 C4 0A
         fill 388 300 33*2048
         35 00*9 => GOOD
         select 41 C4 0C
         fill 54C 300 44*2324
         35 00*9 => GOOD
         select 41 C4 09
         fill 710 300 55*4 AA*4 55*2328
         35 00*9 => GOOD
         5B 00 02 00*7 => GOOD
         settle",
    );
    rig
}

/// A CD-R with two sessions of one track each, at blocks 0 and 11702, which can take a third.
pub(crate) fn two_sessions() -> Rig {
    let mut rig = Rig::blank(MediumKind::CdR);
    rig.script(
        "select 41 C4 08
         fill 0 300 11*2048
         5B 00 01 00 00 01 00*4 => GOOD
         5B 00 02 00*7 => GOOD
         fill 2DB6 300 22*2048
         35 00*9 => GOOD
         5B 00 02 00*7 => GOOD
         settle",
    );
    rig
}
