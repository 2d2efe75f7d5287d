//! What CLOSE TRACK/SESSION closes and what BLANK makes blank (MMC-5 6.3 and 6.2).

use crate::layout::codes;

codes! {
    /// What CLOSE TRACK/SESSION does. Which functions a medium has depends on it; others are illegal fields.
    pub struct CloseFunction(u8) {
        STOP_BACKGROUND_FORMAT = 0 "stop the background format of DVD+RW or MRW",
        TRACK = 1 "close the track, RZone or fragment",
        SESSION = 2 "close the session or border; write the lead-out of DVD+RW and formatted DVD-RW",
        QUICK_FINALIZE = 3 "finalise quickly, or make DVD+RW readable elsewhere",
        SESSION_EXTENDED_LEAD_OUT = 4 "close the session of DVD+R DL with an extended lead-out",
        FINALIZE_MINIMUM_RADIUS = 5 "finalise DVD+R with the least radius that players need",
        FINALIZE = 6 "finalise the disc",
    }

    /// What BLANK does.
    pub struct BlankingType(u8) {
        DISC = 0 "blank the whole disc",
        MINIMAL = 1 "blank only PMA, first TOC and first pregap, or lead-in and RMA",
        TRACK = 2 "blank a track",
        UNRESERVE_TRACK = 3 "give up the reservation of a track",
        TRACK_TAIL = 4 "blank the end of a track",
        UNCLOSE_LAST_SESSION = 5 "reopen the last session",
        ERASE_LAST_SESSION = 6 "blank the last session",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_hand() {
        assert_eq!(CloseFunction(2), CloseFunction::SESSION);
        assert_eq!(CloseFunction(7).name(), None);
        assert_eq!(BlankingType(1).to_string().split(' ').next(), Some("01h"));
        assert_eq!(BlankingType(7).to_string(), "07h");
    }
}
