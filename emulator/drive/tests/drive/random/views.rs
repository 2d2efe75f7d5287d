//! What READ DISC INFORMATION, READ TRACK INFORMATION, READ TOC, READ CAPACITY, READ FORMAT CAPACITIES and GET CONFIGURATION say of one disc.

use super::Chaos;
use crate::rig::ending;
use discrig_disc::{Family, Recording};
use discrig_wire::capacity::{Capacity, CapacityKind, FormatCapacities, FormatType, FormattableCapacity};
use discrig_wire::disc::{DiscInformation, DiscStatus, SessionStatus};
use discrig_wire::feature::{Configuration, FeatureCode, Profile};
use discrig_wire::mode::{CapabilitiesPage, ModeData, ModeForm, PageCode};
use discrig_wire::performance::PerformanceData;
use discrig_wire::structure::{DvdStructure, StructureListEntry};
use discrig_wire::toc::{LEAD_OUT, TocData};
use discrig_wire::track::{LayerJumpStatus, TrackInformation};

/// Features of which one is current while a disc can be recorded.
const WRITING: [FeatureCode; 12] = [
    FeatureCode::RANDOM_WRITABLE,
    FeatureCode::INCREMENTAL_STREAMING_WRITABLE,
    FeatureCode::WRITE_ONCE,
    FeatureCode::RESTRICTED_OVERWRITE,
    FeatureCode::DVD_PLUS_RW,
    FeatureCode::DVD_PLUS_R,
    FeatureCode::DVD_PLUS_R_DL,
    FeatureCode::RIGID_RESTRICTED_OVERWRITE,
    FeatureCode::CD_TRACK_AT_ONCE,
    FeatureCode::CD_MASTERING,
    FeatureCode::DVD_R_RW_WRITE,
    FeatureCode::BD_WRITE,
];

impl Chaos {
    fn track(&mut self, number: u16) -> Result<TrackInformation, String> {
        let [high, low] = number.to_be_bytes();
        let data = self.ask(&format!("52 01 00 00 {high:02X} {low:02X} 00 00 30 00"))?;
        Ok(TrackInformation::parse(&data).unwrap())
    }

    /// Everything that is reported of the disc fits together.
    pub(super) fn views_agree(&mut self) {
        for _ in 0..3 {
            let _ = self.ask("00 00 00 00 00 00");
        }
        if self.ask("00 00 00 00 00 00").is_err() {
            return;
        }
        let data = self.ask("51 00 00 00 00 00 00 00 22 00").unwrap();
        let disc = DiscInformation::parse(&data).unwrap();
        let tracks = self.tracks(&disc);
        self.toc(&disc, &tracks);
        self.capacity(&disc, &tracks);
        self.features(&disc);
        match self.chance.below(16) {
            0 | 1 => self.formats(),
            2 | 3 => self.speeds(),
            4 => self.structures(),
            _ => {}
        }
    }

    /// The tracks of the disc, one after the other.
    fn tracks(&mut self, disc: &DiscInformation) -> Vec<TrackInformation> {
        let random = matches!(self.disc().seen().recording, Recording::Random(_));
        let last = disc.last_track_in_last_session;
        let mut tracks: Vec<TrackInformation> = Vec::new();
        // A session at once may begin with any number.
        for number in u16::from(disc.first_track)..=last {
            let track = match self.track(number) {
                Ok(track) => track,
                // The one that would be next has no number of its own on CD.
                Err(ends) => {
                    assert!(
                        number == last && disc.last_session_status == SessionStatus::EMPTY,
                        "track {number}: {ends}"
                    );
                    break;
                }
            };
            assert_eq!(track.track, number);
            let start = track.start as i32;
            if let Some(before) = tracks.last() {
                assert!(
                    start >= before.start as i32 + before.size as i32
                        || track.layer_jump_status != LayerJumpStatus::NONE,
                    "{before:?} {track:?}"
                );
                assert!(track.session == before.session || track.session == before.session + 1);
            }
            if track.next_writable_valid && track.layer_jump_status == LayerJumpStatus::NONE {
                let next = track.next_writable as i32;
                // A session at once begins with the pause before its first track, or with its lead-in where that is given.
                let pause = match self.disc().kind.spec().family {
                    Family::Cd => 150.max(self.lead_in_before(start)),
                    _ => 0,
                };
                assert!(
                    next >= start - pause && next as i64 <= i64::from(track.start) + i64::from(track.size),
                    "{track:?}"
                );
                // What grows as it is written has its free blocks behind it.
                assert!(random || track.free_blocks <= track.size + pause as u32, "{track:?}");
                assert!(!track.last_recorded_valid || (track.last_recorded as i32) < next, "{track:?}");
            }
            assert!(!track.blank || !track.last_recorded_valid, "{track:?}");
            assert!(!random || number == 1);
            tracks.push(track);
        }
        assert!(self.track(last + 2).is_err() || last + 2 == 0xFF);
        if let Some(track) = tracks.iter().find(|track| track.track == disc.last_track_in_last_session) {
            assert_eq!(track.session, disc.sessions, "{disc:?} {track:?}");
        }
        if let Some(track) = tracks.iter().find(|track| track.track == disc.first_track_in_last_session) {
            assert_eq!(track.session, disc.sessions, "{disc:?} {track:?}");
        }
        if disc.disc_status == DiscStatus::COMPLETE && !random {
            assert!(tracks.iter().all(|track| !track.next_writable_valid));
        }
        tracks
    }

    /// Blocks of the lead-in and the pause before a track, where a cue sheet announced one.
    fn lead_in_before(&self, start: i32) -> i32 {
        let Recording::Sequential(sequence) = &self.disc().seen().recording else { return 0 };
        let lead_in = sequence.cue.as_ref().and_then(|cue| cue.entries.first());
        lead_in.map_or(0, |lead_in| start - lead_in.start)
    }

    fn toc(&mut self, disc: &DiscInformation, tracks: &[TrackInformation]) {
        let table = self.ask("43 00 00 00 00 00 00 03 FF 00");
        if disc.disc_status == DiscStatus::EMPTY {
            assert!(table.is_err(), "{table:?}");
        }
        if disc.disc_status == DiscStatus::COMPLETE {
            assert!(table.is_ok(), "{table:?}");
        }
        let Ok(table) = table else { return };
        let table = TocData::parse(&table).unwrap();
        let entries: Vec<_> = table.tracks().collect();
        assert_eq!(entries.len(), usize::from(table.header.last - table.header.first) + 2);
        assert_eq!(entries.last().unwrap().track, LEAD_OUT);
        let raw = matches!(&self.disc().seen().recording, Recording::Sequential(sequence) if sequence.sessions.iter().any(|session| session.raw));
        for pair in entries.windows(2) {
            assert!((pair[0].address as i32) < pair[1].address as i32, "{entries:?}");
            let track = tracks.iter().find(|track| track.track == u16::from(pair[0].track)).unwrap();
            if !raw {
                assert_eq!(track.start, pair[0].address);
            }
            assert!(!track.blank, "{track:?} is in the table");
        }
    }

    fn capacity(&mut self, disc: &DiscInformation, tracks: &[TrackInformation]) {
        let data = self.ask("25 00 00 00 00 00 00 00 00 00").unwrap();
        let capacity = Capacity::parse(&data).unwrap();
        let long = self.ask("9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00").unwrap();
        assert_eq!((&long[4..12], long.len()), (&data[..], 32));
        // With pseudo-overwrite all of the user area counts from the beginning.
        let overwrites = matches!(&self.disc().seen().recording, Recording::Sequential(sequence) if sequence.pow.is_some());
        if disc.disc_status == DiscStatus::EMPTY && !overwrites {
            assert_eq!(capacity.last_block, 0);
        }
        let data = self.ask("23 00 00 00 00 00 00 00 FF 00").unwrap();
        let formats = FormatCapacities::parse(&data).unwrap();
        let profile = self.disc().seen().profile();
        match &self.disc().seen().recording {
            // The intermediate state of DVD-RW has no capacity yet.
            Recording::Random(surface) if surface.open && profile == Profile::DVD_RW_RESTRICTED_OVERWRITE => {
                assert_eq!(formats.current.kind, CapacityKind::UNKNOWN);
            }
            Recording::Random(surface) if surface.blocks > 0 => {
                assert_eq!(formats.current.kind, CapacityKind::FORMATTED);
                assert_eq!(u64::from(formats.current.blocks), capacity.blocks());
                assert!(capacity.blocks() <= u64::from(tracks[0].size));
            }
            Recording::Random(_) => assert_eq!(formats.current.kind, CapacityKind::UNFORMATTED),
            Recording::Sequential(_) => {
                let end = tracks.iter().map(|track| u64::from(track.start.wrapping_add(track.size))).max();
                // Tracks with layer jumps lie on both layers, each after the other.
                let jumps = tracks.iter().any(|track| track.layer_jump_status != LayerJumpStatus::NONE);
                assert!(jumps || capacity.blocks() <= end.unwrap_or(0).max(1), "{capacity:?} {tracks:?}");
            }
        }
    }

    /// What READ FORMAT CAPACITIES offers FORMAT UNIT takes, and no other type; asked without formatting (try-out).
    fn formats(&mut self) {
        let data = self.ask("23 00 00 00 00 00 00 00 FF 00").unwrap();
        let offers: Vec<_> = FormatCapacities::parse(&data).unwrap().formattable().collect();
        let mut try_out = |offer: &FormattableCapacity| {
            let mut list = vec![0, 0x84, 0, 8];
            list.extend(offer.to_bytes());
            ending(&self.issue(&"04 11 00 00 00 00".parse().unwrap(), &list))
        };
        for offer in &offers {
            let ends = try_out(offer);
            // A background format that runs has to be stopped before another one begins.
            let permitted = ["GOOD", "07/27/02", "07/27/04", "05/2C/00"].contains(&ends.as_str());
            assert!(permitted, "{offer:?}: {ends}");
            assert!(ends != "05/2C/00" || offer.format_type == FormatType::DVD_PLUS_RW_BASIC, "{ends}");
        }
        for code in (0..0x40).filter(|code| offers.iter().all(|offer| offer.format_type.0 != *code)) {
            let other =
                FormattableCapacity { format_type: FormatType(code), blocks: 0x8000, parameter: 0x20 };
            let ends = try_out(&other);
            let refused = ["05/26/00", "05/30/06", "07/27/00", "07/27/02", "07/27/04"];
            assert!(refused.iter().any(|sense| ends.starts_with(sense)), "{other:?}: {ends}");
        }
    }

    /// Speeds of recording: the zones cover the disc, and write speeds are the same wherever they are told.
    fn speeds(&mut self) {
        let data = self.ask("AC 14 00 00 00 00 00 00 FF FF 00 00").unwrap();
        let zones: Vec<_> = PerformanceData::parse(&data).unwrap().nominal().collect();
        assert!(zones.first().is_none_or(|zone| zone.start_block == 0));
        assert!(zones.windows(2).all(|pair| pair[0].end_block + 1 == pair[1].start_block), "{zones:?}");
        let data = self.ask("AC 00 00 00 00 00 00 00 FF FF 03 00").unwrap();
        let speeds: Vec<_> = PerformanceData::parse(&data).unwrap().write_speeds().collect();
        assert!(speeds.windows(2).all(|pair| pair[0].write_speed > pair[1].write_speed), "{speeds:?}");
        assert_eq!(zones.last().map(|zone| zone.end_block), speeds.first().map(|speed| speed.end_block));
        let data = self.ask("5A 08 2A 00 00 00 00 02 00 00").unwrap();
        let page = ModeData::parse(ModeForm::Ten, &data).unwrap().page(PageCode::CAPABILITIES).unwrap();
        let in_page: Vec<_> = CapabilitiesPage::write_speeds(&page)
            .map(|speed| (speed.write_speed, speed.rotation_control))
            .collect();
        let narrow = |kb_s: u32| u16::try_from(kb_s).unwrap_or(u16::MAX);
        let told = speeds.iter().map(|speed| (narrow(speed.write_speed), speed.rotation_control));
        assert!(told.eq(in_page));
    }

    /// Each structure that is in the list can be read, and is as long as that says.
    fn structures(&mut self) {
        let media = u8::from(self.disc().kind.spec().family == Family::Bd);
        let Ok(list) = self.ask(&format!("AD {media:02X} 00 00 00 00 00 FF FF FF 00 00")) else { return };
        for row in list[4..].chunks_exact(4) {
            let entry = StructureListEntry::parse(row).unwrap();
            // Disc control blocks go by name: the list of them is shorter than they are.
            let named = media == 0 && entry.format == DvdStructure::DISC_CONTROL_BLOCK.0;
            let address = if named { "FF FF FF FF" } else { "00 00 00 00" };
            let data =
                self.ask(&format!("AD {media:02X} {address} 00 {:02X} FF FF 00 00", entry.format)).unwrap();
            assert!(data.len() == usize::from(entry.length) || named, "{entry:?}: {}", data.len());
        }
    }

    fn features(&mut self, disc: &DiscInformation) {
        let data = self.ask("46 01 00 00 00 00 00 10 00 00").unwrap();
        let configuration = Configuration::parse(&data).unwrap();
        let seen = self.disc().seen();
        assert_eq!(configuration.current_profile, seen.profile());
        let current: Vec<FeatureCode> =
            configuration.features().map(|feature| feature.unwrap().code).collect();
        let writes = WRITING.iter().any(|code| current.contains(code));
        let final_disc = disc.disc_status == DiscStatus::COMPLETE && !disc.erasable;
        let once = matches!(&seen.recording, Recording::Random(surface) if surface.once);
        assert!(!final_disc || !writes || once, "{current:04X?}");
        if disc.disc_status == DiscStatus::EMPTY {
            assert!(writes || current.contains(&FeatureCode::FORMATTABLE), "{current:04X?}");
        }
    }
}
