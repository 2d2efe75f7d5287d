//! GET EVENT STATUS NOTIFICATION: header, priorities, polling (MMC-5 6.7; codes of MMC-6).

use crate::rig::Rig;
use discrig_drive::HostEvent;

/// Asynchronous notification is not there; reserved bits are reserved.
#[test]
fn only_polled() {
    Rig::loaded().script(
        "4A 00 00 00 10 00 00 00 08 00 => 05/24/00 cdb 1.0
         4A 00 00 00 7E 00 00 00 08 00 => 05/24/00 cdb 1.0
         4A 00 00 00 00 00 00 00 08 00 => 05/24/00 cdb 1.0
         4A 03 00 00 10 00 00 00 08 00 => 05/24/00 cdb 1.1
         46 02 00 02 00 00 00 00 FF 00 => 00 00 00 0C 00 00 .. .. 00 02 .. 04 02 00 00 00",
    );
}

/// Length, NEA and class, supported classes; nothing has happened.
#[test]
fn the_lowest_class_that_was_asked_for_answers() {
    Rig::loaded().script(
        "4A 01 00 00 02 00 00 00 08 00 => 00 06 01 7E 00 00 00 00
         4A 01 00 00 04 00 00 00 08 00 => 00 06 02 7E 00 01 00 00
         4A 01 00 00 08 00 00 00 08 00 => 00 06 03 7E 00 00 00 00
         4A 01 00 00 10 00 00 00 08 00 => 00 06 04 7E 00 02 00 00
         4A 01 00 00 20 00 00 00 08 00 => 00 06 05 7E 00 00 00 00
         4A 01 00 00 40 00 00 00 08 00 => 00 06 06 7E 00 00 00 00
         4A 01 00 00 7E 00 00 00 08 00 => 00 06 01 7E 00 00 00 00
         4A 01 00 00 70 00 00 00 08 00 => 00 06 04 7E 00 02 00 00
         4A 01 00 00 60 00 00 00 08 00 => 00 06 05 7E 00 00 00 00
         // classes that are none: no event available, in four bytes
         4A 01 00 00 80 00 00 00 08 00 => 00 02 80 7E
         4A 01 00 00 01 00 00 00 08 00 => 00 02 80 7E
         4A 01 00 00 00 00 00 00 08 00 => 00 02 80 7E
         4A 01 00 00 90 00 00 00 08 00 => 00 06 04 7E 00 02 00 00
         4A 01 00 00 10 00 00 00 06 00 => 00 06 04 7E 00 02
         4A 01 00 00 10 00 00 00 04 00 => 00 06 04 7E
         4A 01 00 00 10 00 00 00 00 00 => empty",
    );
}

/// A short allocation length cuts the answer and not the length in it, with an event as well. Whether the event is gone then is left open; the
/// status stays what it is.
#[test]
fn short_answers_with_an_event() {
    for allocation in ["00", "02", "04", "05", "08"] {
        let mut rig = Rig::empty();
        rig.happen(HostEvent::SwapDisc(Some(crate::rig::data_disc(100))));
        let answer = match allocation {
            "00" => "empty",
            "02" => "00 06",
            "04" => "00 06 04 7E",
            "05" => "00 06 04 7E 02",
            _ => "00 06 04 7E 02 02 00 00",
        };
        rig.script(&format!(
            "4A 01 00 00 10 00 00 00 {allocation} 00 => {answer}
             4A 01 00 00 10 00 00 00 08 00 => 00 06 04 7E .. 02 00 00
             4A 01 00 00 10 00 00 00 08 00 => 00 06 04 7E .. 02 00 00
             4A 01 00 00 10 00 00 00 08 00 => 00 06 04 7E 00 02 00 00"
        ));
    }
}

/// A class that has an event comes before a lower one that has none; one event at a time, each once, for each nexus.
#[test]
fn events_come_by_class() {
    let mut rig = Rig::empty();
    rig.happen(HostEvent::SwapDisc(Some(crate::rig::data_disc(100))));
    rig.script(
        "4A 01 00 00 7E 00 00 00 08 00 => 00 06 01 7E 02 00 00 01    // the features changed
         4A 01 00 00 7E 00 00 00 08 00 => 00 06 04 7E 02 02 00 00    // a new medium, and it is there
         4A 01 00 00 7E 00 00 00 08 00 => 00 06 01 7E 00 00 00 00
         4A 01 00 00 10 00 00 00 08 00 => 00 06 04 7E 00 02 00 00
         B> 4A 01 00 00 10 00 00 00 08 00 => 00 06 04 7E 02 02 00 00
         B> 4A 01 00 00 10 00 00 00 08 00 => 00 06 04 7E 00 02 00 00
         B> 4A 01 00 00 02 00 00 00 08 00 => 00 06 01 7E 02 00 00 01
         // the unit attention is another matter
         00 00 00 00 00 00 => 06/28/00
         B> 00 00 00 00 00 00 => 06/28/00
         settle
         1E 00 00 00 01 00 => GOOD",
    );
    rig.happen(HostEvent::ButtonPressed);
    rig.script(
        "4A 01 00 00 7E 00 00 00 08 00 => 00 06 04 7E 01 02 00 00    // somebody wants it out
         B> 4A 01 00 00 7E 00 00 00 08 00 => 00 06 04 7E 01 02 00 00
         1E 00 00 00 00 00 => GOOD
         1B 00 00 00 02 00 => GOOD
         4A 01 00 00 10 00 00 00 08 00 => 00 06 04 7E 03 01 00 00    // gone, and the tray is open
         4A 01 00 00 10 00 00 00 08 00 => 00 06 04 7E 00 01 00 00",
    );
}

/// Power conditions that another nexus commands, and none that this one does.
#[test]
fn power_changes_of_others() {
    Rig::loaded().script(
        "1B 00 00 00 30 00 => GOOD
         4A 01 00 00 04 00 00 00 08 00 => 00 06 02 7E 00 03 00 00
         B> 4A 01 00 00 04 00 00 00 08 00 => 00 06 02 7E 01 03 00 00
         B> 4A 01 00 00 04 00 00 00 08 00 => 00 06 02 7E 00 03 00 00
         1B 00 00 00 20 00 => GOOD
         B> 4A 01 00 00 04 00 00 00 08 00 => 00 06 02 7E 01 02 00 00",
    );
}
