//! `record.*`: every medium in every way of recording, by the commands that burning software sends.
//!
//! A scenario puts a blank disc into the drive, prepares as burners do, writes some hundred blocks, closes, reads every byte back (on CDs with
//! headers, EDC, ECC and sub-channels), and compares what each view of the disc says. Slugs are `record.<medium>.<way>`; [`matrix`] is the table
//! of both with the reasons why a way is none of a medium.

mod bd;
mod burner;
mod cd;
mod cd_forms;
mod cd_read;
mod cd_session;
mod cd_text;
mod defects;
mod dvd_minus;
mod dvd_plus;
mod full;
mod graphics;
mod laser;
mod layer_jump;
mod matrix;
mod media;
mod packets;
mod progress;
mod raw;
mod sector;
mod state;
mod underrun;
mod usual;

pub use matrix::{Cell, MediaTable, Way, media_tables};

use crate::scenario::{Body, Hazard, Level, Scenario};
use discrig_device::Medium;
use discrig_wire::cue::MainForm;
use discrig_wire::mode::DataBlockType;

/// The scenario of one medium and one way.
macro_rules! way {
    ($medium:ident $slug:literal $hazard:ident
        $way:literal [$($clause:literal),+] $module:ident::$body:ident $(($argument:expr))?, $summary:literal
    ) => {
        Scenario {
            slug: concat!("record.", $slug, ".", $way),
            clauses: &["mmc5-6.22", "mmc5-6.27", "mmc5-6.41", $($clause),+],
            level: Level::Must,
            needs: &[],
            hazard: Hazard::$hazard,
            summary: $summary,
            body: Body::Example(|stage| $module::$body(stage, Medium::$medium $(, $argument)?)),
        }
    };
}

/// The scenarios of one medium: its own ways, and what every medium has.
macro_rules! ways {
    ($medium:ident $slug:literal $hazard:ident: $(
        $way:literal [$($clause:literal),+] $module:ident::$body:ident $(($argument:expr))?, $summary:literal;
    )+) => {
        &[
            $(way! {
                $medium $slug $hazard
                $way [$($clause),+] $module::$body $(($argument))?, $summary
            },)+
            way! {
                $medium $slug $hazard "immed" ["mmc5-6.42", "mmc5-6.30", "mmc5-6.3", "mmc5-6.5"]
                progress::immediate, "long operations return at once, tell progress that never goes back, and come to their end"
            },
            way! {
                $medium $slug $hazard "disc-full" ["mmc5-6.44", "mmc5-6.31", "mmc5-6.19"]
                full::disc, "the very last block is written, what lies behind is refused, and the data stay readable"
            },
            way! {
                $medium $slug $hazard "opc" ["mmc5-6.36", "mmc5-6.44"]
                laser::calibration, "calibrating the laser leaves the disc as it was, and data are recorded after it"
            },
            way! {
                $medium $slug $hazard "speeds" ["mmc5-6.8", "mmc5-6.37", "mmc5-6.39", "mmc5-7.5"]
                laser::speeds, "data are recorded at the lowest and the highest of the speeds that the drive offers"
            },
            way! {
                $medium $slug $hazard "underrun-protected" ["mmc5-6.18", "mmc5-7.5", "mmc5-6.44"]
                underrun::protected, "recording goes on after the buffer has run empty as if nothing had happened"
            },
        ]
    };
}

macro_rules! cd_r {
    ($medium:ident $slug:literal $hazard:ident $($more:tt)*) => {
        ways! { $medium $slug $hazard:
            "tao-data" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3", "mmc5-6.20"]
                cd::track_at_once_data, "a data track written at once reads back, with right headers, EDC, ECC and Q";
            "tao-audio" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3", "mmc5-6.20"]
                cd::track_at_once_audio, "audio tracks written at once read back and lie two seconds apart";
            "tao-audio-codes" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3", "mmc5-6.20"]
                cd::track_at_once_codes, "audio tracks written at once carry the catalog number and ISRCs of page 05h";
            "tao-mode-2" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.20"]
                cd_forms::track(DataBlockType::MODE_2), "a track of mode 2 without forms reads back as it was written";
            "tao-xa" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.20"]
                cd_forms::track(DataBlockType::MODE_2_FORM_1), "form 1 sectors have the sub-header of page 05h, EDC and ECC";
            "tao-xa-subheaders" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.20"]
                cd_forms::track(DataBlockType::MODE_2_FORM_1_SUBHEADER), "form 1 sectors have the sub-headers that come with them";
            "tao-xa-form-2" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.20"]
                cd_forms::track(DataBlockType::MODE_2_FORM_2), "form 2 sectors have the sub-header of page 05h";
            "tao-xa-mixed" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.20"]
                cd_forms::track(DataBlockType::MODE_2_MIXED), "sectors have the form that their sub-headers say";
            "reserved" ["mmc5-6.31", "mmc5-6.44", "mmc5-6.3"]
                cd::reserved, "a reserved track is recorded after the one behind it";
            "sao-data" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.20"]
                cd_session::data, "a session with a data track is what its cue sheet says";
            "sao-audio" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.20"]
                cd_session::audio, "a session with audio tracks has the pauses, catalog number and ISRCs of its cue sheet";
            "sao-mixed" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.20"]
                cd_session::mixed_mode, "a session with a data and an audio track is what its cue sheet says";
            "sao-cd-text" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.26"]
                cd_session::text, "CD-Text written into the lead-in is what READ TOC/PMA/ATIP returns";
            "sao-mode-1-raw" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.20"]
                cd_forms::session(MainForm::MODE_1_RAW), "whole sectors of mode 1 read back as they were given";
            "sao-mode-2" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.20"]
                cd_forms::session(MainForm::MODE_2), "a session of mode 2 without forms reads back as it was written";
            "sao-mode-2-raw" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.20"]
                cd_forms::session(MainForm::MODE_2_RAW), "whole sectors of mode 2 read back as they were given";
            "sao-xa" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.20"]
                cd_forms::session(MainForm::XA), "a session of both forms has the sub-headers that were given";
            "sao-xa-raw" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.20"]
                cd_forms::session(MainForm::XA_RAW), "whole sectors of both forms read back as they were given";
            "sao-r-w" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.20"]
                graphics::raw, "R to W that come with the blocks are recorded beside the drive's P and Q";
            "sao-r-w-packs" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.20"]
                graphics::packed, "packs of R to W get parity and interleave";
            "raw-96" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.20"]
                raw::symbols, "a session written raw with 96 bytes of sub-channels has the contents that its lead-in says";
            "raw-16" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.20"]
                raw::p_and_q, "a session written raw with P and Q has the contents that its lead-in says";
            "raw-packs" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.20"]
                raw::packs, "packs of R to W that come with raw sectors get parity and interleave";
            "raw-data" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.20"]
                raw::data, "data sectors that were made whole and scrambled read back as data";
            "raw-cd-text" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.26"]
                raw::text, "CD-Text in the lead-in of a session written raw is what READ TOC/PMA/ATIP returns";
            "packet-variable" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3"]
                packets::variable, "packets of any size lie seven blocks apart and read back";
            "packet-xa" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3", "mmc5-6.20"]
                cd_forms::packets(DataBlockType::MODE_2_FORM_1), "packets of form 1 sectors have the sub-header of page 05h";
            "packet-xa-mixed" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3", "mmc5-6.20"]
                cd_forms::packets(DataBlockType::MODE_2_MIXED), "sectors of packets have the form that their sub-headers say";
            "packet-fixed" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3"]
                packets::fixed, "packets of 32 blocks read back without their links";
            "multi-session" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3", "mmc5-6.26"]
                cd::multi_session, "a second session is appended where it belongs, and both read back";
            "multi-session-sao" ["mmc5-6.33", "mmc5-6.44", "mmc5-6.26"]
                cd_session::sessions, "a second session at once is appended where it belongs, and both read back";
            "multi-session-xa" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3", "mmc5-6.26"]
                cd_forms::sessions(DataBlockType::MODE_2_FORM_1), "a CD-ROM XA with two sessions says what it is, and both read back";
            "test-write" ["mmc5-7.5", "mmc5-6.44"]
                cd::test_write, "a test write leaves the disc blank";
            "test-write-sao" ["mmc5-6.33", "mmc5-7.5", "mmc5-6.44"]
                cd_session::test_write, "a test write of a session at once leaves the disc blank";
            "underrun-unprotected" ["mmc5-6.18", "mmc5-7.5", "mmc5-6.44"]
                underrun::unprotected, "a recording whose buffer ran empty is said to be cut off, or nothing is lost";
            $($more)*
        }
    };
}

macro_rules! cd_rw {
    ($medium:ident $slug:literal $hazard:ident) => {
        cd_r! { $medium $slug $hazard
            "packet-formatted" ["mmc5-6.5", "mmc5-6.44"]
                packets::formatted, "a disc formatted in packets is overwritten in any order";
            "blank" ["mmc5-6.2", "mmc5-6.44"]
                cd::blanked, "a burnt disc is blanked and burnt again";
            "blank-tail" ["mmc5-6.2", "mmc5-6.44"]
                packets::blanked_tail, "the tail of a track is blanked, and other packets take its place";
        }
    };
}

macro_rules! bd_r {
    ($medium:ident $slug:literal $hazard:ident) => {
        ways! { $medium $slug $hazard:
            "srm" ["mmc5-6.45", "mmc5-6.3"]
                bd::sequential, "a disc recorded in sequence reads back and is complete when it is finalised";
            "srm-sessions" ["mmc5-6.45", "mmc5-6.3"]
                bd::sessions, "a second session follows the first without a gap";
            "reserved" ["mmc5-6.31", "mmc5-6.45", "mmc5-6.3"]
                bd::reserved, "reserved tracks are recorded after the one behind them, and each is closed";
            "defects" ["mmc5-6.5", "mmc5-6.23", "mmc5-6.43"]
                defects::bd_r, "a disc with spare areas has as many blocks less, and what is recorded is verified";
            "srm-pow" ["mmc5-6.5", "mmc5-6.45", "mmc5-6.3"]
                bd::pseudo_overwrite, "what was recorded in sequence is overwritten where it stands";
            "rrm" ["mmc5-6.5", "mmc5-6.45", "mmc5-6.3"]
                bd::random, "clusters are recorded in any order, each of them once";
        }
    };
}

macro_rules! bd_re {
    ($medium:ident $slug:literal $hazard:ident) => {
        ways! { $medium $slug $hazard:
            "spares" ["mmc5-6.5", "mmc5-6.45"]
                bd::with_spares, "a disc formatted with spare areas is overwritten in any order";
            "no-spares" ["mmc5-6.5", "mmc5-6.45"]
                bd::without_spares, "a disc formatted without spare areas is overwritten in any order";
            "defects" ["mmc5-6.5", "mmc5-6.23", "mmc5-6.43"]
                defects::bd_re, "each number of spares makes as many blocks less, and what is recorded is verified";
        }
    };
}

macro_rules! dvd_minus {
    ($medium:ident $slug:literal $hazard:ident $($more:tt)*) => {
        ways! { $medium $slug $hazard:
            "dao" ["mmc5-6.31", "mmc5-6.44"]
                dvd_minus::disc_at_once, "a disc written at once is complete and reads back";
            "incremental" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3"]
                dvd_minus::incremental, "an RZone recorded in pieces reads back";
            "reserved" ["mmc5-6.31", "mmc5-6.44", "mmc5-6.3"]
                dvd_minus::reserved, "a reserved RZone is recorded after what follows it";
            "reserved-several" ["mmc5-6.31", "mmc5-6.44", "mmc5-6.3"]
                dvd_minus::several_reserved, "two reserved RZones and the one behind them are recorded in turn";
            "test-write" ["mmc5-7.5", "mmc5-6.44"]
                dvd_minus::test_write, "a test write leaves the disc blank";
            "underrun-unprotected" ["mmc5-6.18", "mmc5-7.5", "mmc5-6.44"]
                underrun::unprotected, "a recording whose buffer ran empty is said to be cut off, or nothing is lost";
            $($more)*
        }
    };
}

macro_rules! dvd_r {
    ($medium:ident $slug:literal $hazard:ident) => {
        dvd_minus! { $medium $slug $hazard
            "multi-session" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3"]
                dvd_minus::multi_border, "a second border is appended, and both read back";
        }
    };
}

macro_rules! dvd_r_dl {
    ($medium:ident $slug:literal $hazard:ident) => {
        dvd_minus! { $medium $slug $hazard
            "multi-session" ["mmc5-6.34", "mmc5-6.44", "mmc5-6.3"]
                layer_jump::borders, "a second border is appended by layer jumps, and both read back";
            "layer-jump" ["mmc5-6.34", "mmc5-6.44", "mmc5-6.3"]
                layer_jump::at_intervals, "recording goes on above its beginning after a layer jump";
            "layer-jump-manual" ["mmc5-6.34", "mmc5-6.44", "mmc5-6.3"]
                layer_jump::manual, "recording jumps where the initiator wants it";
            "middle-area" ["mmc5-6.34", "mmc5-6.44", "mmc5-6.3"]
                layer_jump::shifted_middle_area, "the first layer ends where the middle area was shifted to";
        }
    };
}

macro_rules! dvd_rw {
    ($medium:ident $slug:literal $hazard:ident) => {
        dvd_minus! { $medium $slug $hazard
            "multi-session" ["mmc5-7.5", "mmc5-6.44", "mmc5-6.3"]
                dvd_minus::multi_border, "a second border is appended, and both read back";
            "overwrite-quick" ["mmc5-6.5", "mmc5-6.44", "mmc5-6.3"]
                dvd_minus::quick_format, "a quickly formatted disc is recorded, overwritten, closed and grown";
            "overwrite-full" ["mmc5-6.5", "mmc5-6.2", "mmc5-6.44"]
                dvd_minus::full_format, "a fully formatted disc is overwritten in any order, and is blanked again";
            "blank" ["mmc5-6.2", "mmc5-6.44"]
                dvd_minus::blanked, "a burnt disc is blanked and burnt again";
        }
    };
}

macro_rules! dvd_plus_r {
    ($medium:ident $slug:literal $hazard:ident $($more:tt)*) => {
        ways! { $medium $slug $hazard:
            "incremental" ["mmc5-6.44", "mmc5-6.3"]
                dvd_plus::sequential, "a disc recorded in sequence reads back and is complete when it is finalised";
            "reserved" ["mmc5-6.31", "mmc5-6.44", "mmc5-6.3"]
                dvd_plus::reserved, "a reserved fragment is recorded after what follows it, and padded when it is closed";
            "reserved-several" ["mmc5-6.31", "mmc5-6.44", "mmc5-6.3"]
                dvd_plus::several_reserved, "several reserved fragments are recorded from the last one to the first";
            "close-functions" ["mmc5-6.44", "mmc5-6.3"]
                dvd_plus::close_functions, "the other functions that close sessions and discs do so as well";
            "multi-session" ["mmc5-6.44", "mmc5-6.3"]
                dvd_plus::sessions, "a second session is appended, and both read back";
            $($more)*
        }
    };
}

macro_rules! dvd_plus_r_dl {
    ($medium:ident $slug:literal $hazard:ident) => {
        dvd_plus_r! { $medium $slug $hazard
            "layer-boundary" ["mmc5-6.34", "mmc5-6.44", "mmc5-6.3"]
                dvd_plus::layer_boundary, "data go over the end of layer 0 that was set";
        }
    };
}

macro_rules! dvd_plus_rw {
    ($medium:ident $slug:literal $hazard:ident) => {
        ways! { $medium $slug $hazard:
            "random" ["mmc5-6.5", "mmc5-6.44", "mmc5-6.3"]
                dvd_plus::background_format, "a disc is overwritten while it is formatted in the background, and after";
        }
    };
}

macro_rules! dvd_ram {
    ($medium:ident $slug:literal $hazard:ident) => {
        ways! { $medium $slug $hazard:
            "random" ["mmc5-6.5", "mmc5-6.44"]
                dvd_plus::random_overwrite, "a disc is formatted and overwritten in any order";
            "defects" ["mmc5-6.5", "mmc5-6.23", "mmc5-6.43"]
                defects::dvd_ram, "in each size the disc is checked, and what is recorded is verified";
        }
    };
}

macro_rules! media {
    ($($list:ident $rules:ident $medium:ident $slug:literal $hazard:ident;)+) => {
        $(pub(super) const $list: &[Scenario] = $rules!($medium $slug $hazard);)+

        /// Every medium with its name in slugs, and the scenarios that it has.
        const MEDIA: &[(Medium, &str, &[Scenario])] = &[$((Medium::$medium, $slug, $list)),+];
    };
}

media! {
    CD_R cd_r CdR "cd-r" Write;
    CD_R_74 cd_r CdR74 "cd-r-74" Write;
    CD_R_90 cd_r CdR90 "cd-r-90" Write;
    CD_RW cd_rw CdRw "cd-rw" Erase;
    CD_RW_74 cd_rw CdRw74 "cd-rw-74" Erase;
    DVD_R dvd_r DvdMinusR "dvd-r" Write;
    DVD_R_DL dvd_r_dl DvdMinusRDl "dvd-r-dl" Write;
    DVD_RW dvd_rw DvdMinusRw "dvd-rw" Erase;
    DVD_RAM dvd_ram DvdRam "dvd-ram" Erase;
    DVD_PLUS_R dvd_plus_r DvdPlusR "dvd-plus-r" Write;
    DVD_PLUS_R_DL dvd_plus_r_dl DvdPlusRDl "dvd-plus-r-dl" Write;
    DVD_PLUS_RW dvd_plus_rw DvdPlusRw "dvd-plus-rw" Erase;
    BD_R bd_r BdR "bd-r" Write;
    BD_R_DL bd_r BdRDl "bd-r-dl" Write;
    BD_R_XL bd_r BdRXl "bd-r-xl" Write;
    BD_R_XL_128 bd_r BdRXlQl "bd-r-xl-128" Write;
    BD_RE bd_re BdRe "bd-re" Erase;
    BD_RE_DL bd_re BdReDl "bd-re-dl" Erase;
    BD_RE_XL bd_re BdReXl "bd-re-xl" Erase;
}
