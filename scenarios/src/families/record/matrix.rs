//! The table of media and ways of recording.

use super::MEDIA;
use discrig_device::Medium;

/// A way of recording: a row.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// The last part of slugs.
    pub slug: &'static str,
    /// What it is, in words.
    pub title: &'static str,
}

/// What stands where a medium and a way meet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cell {
    /// The standard does not define it: the reason.
    NotDefined(&'static str),
    /// The slug of the scenario.
    Scenario(&'static str),
}

/// Media of one family and the ways of recording that the family has.
#[derive(Clone, Copy, Debug)]
pub struct MediaTable {
    /// The family.
    pub title: &'static str,
    /// The columns.
    pub media: &'static [Medium],
    /// The rows.
    pub ways: &'static [Way],
}

/// Ways of a family, with those that every medium has in the place of the dots.
macro_rules! ways {
    ($($slug:literal $title:literal;)+ .. $($more:literal $last:literal;)+) => {
        &[
            $(Way { slug: $slug, title: $title },)+
            Way { slug: "immed", title: "IMMED and progress" },
            Way { slug: "disc-full", title: "disc full" },
            Way { slug: "opc", title: "calibration of the laser (OPC)" },
            Way { slug: "speeds", title: "choice of the write speed" },
            Way { slug: "underrun-protected", title: "buffer under-run with protection" },
            $(Way { slug: $more, title: $last },)+
        ]
    };
}

const CD: MediaTable = MediaTable {
    title: "CD",
    media: &[Medium::CdR, Medium::CdR74, Medium::CdR90, Medium::CdRw, Medium::CdRw74],
    ways: ways! {
        "tao-data" "track at once, data";
        "tao-audio" "track at once, audio";
        "tao-audio-codes" "track at once, audio with MCN and ISRC";
        "tao-mode-2" "track at once, mode 2, 2336";
        "tao-xa" "track at once, XA form 1, 2048";
        "tao-xa-subheaders" "track at once, XA form 1 with sub-headers, 2056";
        "tao-xa-form-2" "track at once, XA form 2, 2324";
        "tao-xa-mixed" "track at once, XA mixed forms with sub-headers, 2332";
        "reserved" "reserved track";
        "sao-data" "session at once, data";
        "sao-audio" "session at once, audio with MCN and ISRC";
        "sao-mixed" "session at once, mixed mode";
        "sao-cd-text" "session at once with CD-Text";
        "sao-mode-1-raw" "session at once, mode 1, 2352";
        "sao-mode-2" "session at once, mode 2, 2336";
        "sao-mode-2-raw" "session at once, mode 2, 2352";
        "sao-xa" "session at once, XA mixed forms, 2336";
        "sao-xa-raw" "session at once, XA mixed forms, 2352";
        "sao-r-w" "session at once with raw R-W, 2352 + 96";
        "sao-r-w-packs" "session at once with packed R-W, 2352 + 96";
        "raw-96" "raw 2352 + 96";
        "raw-16" "raw 2352 + 16";
        "raw-packs" "raw 2352 + 96, packed R-W";
        "raw-data" "raw 2352 + 96, data";
        "raw-cd-text" "raw 2352 + 96 with CD-Text";
        "packet-variable" "variable packets";
        "packet-xa" "variable packets, XA form 1";
        "packet-xa-mixed" "variable packets, XA mixed forms";
        "packet-fixed" "fixed packets in sequence";
        "packet-formatted" "fixed packets, formatted and overwritten";
        "multi-session" "multi-session";
        "multi-session-sao" "multi-session, sessions at once";
        "multi-session-xa" "multi-session, CD-ROM XA";
        "test-write" "test write";
        "test-write-sao" "test write, session at once";
        "blank" "blanked and burnt again";
        "blank-tail" "tail of a track blanked";
        ..
        "underrun-unprotected" "buffer under-run without protection";
    },
};

const DVD: MediaTable = MediaTable {
    title: "DVD",
    media: &[
        Medium::DvdMinusR,
        Medium::DvdMinusRDl,
        Medium::DvdMinusRw,
        Medium::DvdRam,
        Medium::DvdPlusR,
        Medium::DvdPlusRDl,
        Medium::DvdPlusRw,
    ],
    ways: ways! {
        "dao" "disc at once";
        "incremental" "in sequence, incremental";
        "reserved" "reserved RZone or fragment";
        "reserved-several" "several reserved RZones or fragments";
        "multi-session" "several borders or sessions";
        "close-functions" "extended lead-out, and the other ways to finalise";
        "layer-jump" "layer jumps at intervals";
        "layer-jump-manual" "layer jumps by hand";
        "middle-area" "shifted middle area";
        "layer-boundary" "set layer boundary";
        "overwrite-quick" "restricted overwrite, quickly formatted and grown";
        "overwrite-full" "restricted overwrite, fully formatted";
        "random" "random overwrite";
        "defects" "defect management";
        "test-write" "test write";
        "blank" "blanked and burnt again";
        ..
        "underrun-unprotected" "buffer under-run without protection";
    },
};

const BD: MediaTable = MediaTable {
    title: "BD",
    media: &[
        Medium::BdR,
        Medium::BdRDl,
        Medium::BdRXl,
        Medium::BdRXlQl,
        Medium::BdRe,
        Medium::BdReDl,
        Medium::BdReXl,
    ],
    ways: ways! {
        "srm" "SRM";
        "srm-sessions" "SRM, several sessions";
        "reserved" "SRM, reserved tracks";
        "srm-pow" "SRM+POW";
        "rrm" "RRM";
        "spares" "random overwrite with spare areas";
        "no-spares" "random overwrite without spare areas";
        "defects" "defect management";
        ..
        "underrun-unprotected" "buffer under-run without protection";
    },
};

const TABLES: &[MediaTable] = &[CD, DVD, BD];

/// Why a way is none of some media.
struct Absence {
    ways: &'static [&'static str],
    media: &'static [Medium],
    reason: &'static str,
}

macro_rules! absences {
    ($([$($way:literal),+] [$($medium:ident),+] $reason:literal;)+) => {
        &[$(Absence { ways: &[$($way),+], media: &[$(Medium::$medium),+], reason: $reason }),+]
    };
}

const ABSENCES: &[Absence] = absences! {
    ["blank"] [CdR, CdR74, CdR90, DvdMinusR, DvdMinusRDl, DvdPlusR, DvdPlusRDl]
        "recorded once (MMC-5 6.2)";
    ["blank-tail"] [CdR, CdR74, CdR90]
        "recorded once (MMC-5 6.2)";
    ["packet-formatted"] [CdR, CdR74, CdR90]
        "recorded once (MMC-5 6.5)";
    ["underrun-unprotected"] [DvdPlusR, DvdPlusRDl, BdR, BdRDl, BdRXl, BdRXlQl]
        "page 05h does not apply: links are always possible (MMC-5 7.5)";
    ["underrun-unprotected"] [DvdPlusRw, DvdRam, BdRe, BdReDl, BdReXl]
        "recorded in blocks that may lie anywhere (MMC-5 5.3)";
    ["close-functions"] [DvdMinusR, DvdMinusRDl, DvdMinusRw, DvdRam, DvdPlusRw]
        "no such close functions (MMC-5 6.3)";
    ["defects"] [DvdMinusR, DvdMinusRDl, DvdMinusRw, DvdPlusR, DvdPlusRDl, DvdPlusRw]
        "no spare areas (MMC-5 5.3)";
    ["blank"] [DvdRam, DvdPlusRw]
        "formatted, not blanked (MMC-5 6.2)";
    ["dao"] [DvdPlusR, DvdPlusRDl, DvdPlusRw, DvdRam]
        "no write types (MMC-5 7.5)";
    ["test-write"] [DvdPlusR, DvdPlusRDl, DvdPlusRw, DvdRam]
        "no test write (MMC-5 7.5)";
    ["incremental", "reserved", "reserved-several", "multi-session"] [DvdPlusRw, DvdRam]
        "overwritten, not appended to (MMC-5 4.4)";
    ["layer-jump", "layer-jump-manual", "middle-area"] [DvdMinusR, DvdMinusRw, DvdRam, DvdPlusR, DvdPlusRw]
        "one layer";
    ["layer-jump", "layer-jump-manual", "middle-area"] [DvdPlusRDl]
        "opposite track path in sequence (MMC-5 4.4)";
    ["layer-boundary"] [DvdMinusR, DvdMinusRw, DvdRam, DvdPlusR, DvdPlusRw]
        "one layer";
    ["layer-boundary"] [DvdMinusRDl]
        "set by the size that is reserved (MMC-5 6.31)";
    ["overwrite-quick", "overwrite-full"] [DvdMinusR, DvdMinusRDl, DvdPlusR, DvdPlusRDl]
        "recorded once";
    ["overwrite-quick", "overwrite-full"] [DvdRam, DvdPlusRw]
        "overwritten at random (MMC-5 5.3)";
    ["random"] [DvdMinusR, DvdMinusRDl, DvdPlusR, DvdPlusRDl]
        "recorded once";
    ["random"] [DvdMinusRw]
        "overwritten in ECC blocks (MMC-5 5.3)";
    ["spares", "no-spares"] [BdR, BdRDl, BdRXl, BdRXlQl]
        "recorded once";
    ["srm", "srm-sessions", "reserved", "srm-pow", "rrm"] [BdRe, BdReDl, BdReXl]
        "overwritten at random (MMC-5 4.5)";
};

/// The tables of media and ways of recording, one to a family.
#[must_use]
pub fn media_tables() -> &'static [MediaTable] {
    TABLES
}

impl MediaTable {
    /// What stands where `medium` and `way` meet, or `None` where the table has a gap.
    #[must_use]
    pub fn cell(&self, medium: Medium, way: &Way) -> Option<Cell> {
        let (_, name, scenarios) = MEDIA.iter().find(|row| row.0 == medium)?;
        let judged = scenarios.iter().find(|scenario| {
            scenario.slug.strip_prefix("record.").and_then(|rest| rest.strip_prefix(name))
                == Some(&format!(".{}", way.slug))
        });
        let absence =
            || ABSENCES.iter().find(|row| row.media.contains(&medium) && row.ways.contains(&way.slug));
        judged
            .map(|scenario| Cell::Scenario(scenario.slug))
            .or_else(|| absence().map(|row| Cell::NotDefined(row.reason)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_empty_and_none_is_filled_twice() {
        for table in media_tables() {
            for (medium, way) in
                table.media.iter().flat_map(|medium| table.ways.iter().map(move |way| (*medium, way)))
            {
                let absences = ABSENCES
                    .iter()
                    .filter(|row| row.media.contains(&medium) && row.ways.contains(&way.slug))
                    .count();
                match table.cell(medium, way) {
                    None => panic!("{medium} by {} is neither judged nor explained", way.title),
                    Some(Cell::Scenario(slug)) => {
                        assert_eq!(absences, 0, "{slug} is judged and said not to be")
                    }
                    Some(Cell::NotDefined(_)) => assert_eq!(absences, 1, "{medium} by {}", way.title),
                }
            }
        }
    }

    #[test]
    fn every_medium_and_every_scenario_is_in_a_table() {
        let columns: usize = media_tables().iter().map(|table| table.media.len()).sum();
        assert_eq!(columns, Medium::ALL.len());
        let scenarios: usize = MEDIA.iter().map(|(_, _, scenarios)| scenarios.len()).sum();
        let cells = media_tables().iter().flat_map(|table| {
            table
                .media
                .iter()
                .flat_map(move |medium| table.ways.iter().map(move |way| table.cell(*medium, way)))
        });
        assert_eq!(cells.filter(|cell| matches!(cell, Some(Cell::Scenario(_)))).count(), scenarios);
    }
}
