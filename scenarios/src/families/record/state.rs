//! What the drive must say of a disc: every view of the one state.

use super::burner::Burner;
use crate::families::unit;
use crate::stop::Verdict;
use discrig_wire::capacity::Capacity;
use discrig_wire::command::{GetConfiguration, ReadCapacity, ReadToc};
use discrig_wire::disc::{BackgroundFormat, DiscStatus, SessionStatus};
use discrig_wire::feature::{Configuration, FeatureCode, Profile};
use discrig_wire::toc::{LEAD_OUT, TocData};

/// What the views must show.
#[derive(Clone, Copy, Debug)]
pub(super) struct State<'t> {
    /// How far the disc is recorded.
    pub(super) disc: DiscStatus,
    /// How far its last session is.
    pub(super) session: SessionStatus,
    /// How many sessions there are; an empty one at the end counts.
    pub(super) sessions: u16,
    /// The last track of the last session.
    pub(super) last_track: u16,
    /// The current profile.
    pub(super) profile: Profile,
    /// How far background formatting is.
    pub(super) background: BackgroundFormat,
    /// Tracks whose information is judged.
    pub(super) tracks: &'t [TrackState],
    /// Blocks that can be read, where READ CAPACITY is judged.
    pub(super) capacity: Option<u32>,
    /// The tracks and the lead-out of the table of contents, where it is judged: control nibble and first block.
    pub(super) toc: Option<(&'t [(u8, u32)], u32)>,
    /// Features that are current.
    pub(super) current: &'t [FeatureCode],
    /// Features that are not.
    pub(super) idle: &'t [FeatureCode],
}

/// What READ TRACK INFORMATION must show of a track.
#[derive(Clone, Copy, Debug)]
pub(super) struct TrackState {
    /// Its number.
    pub(super) number: u16,
    /// The number of its session.
    pub(super) session: u16,
    /// Its first block.
    pub(super) start: u32,
    /// How many blocks it has, where that is judged.
    pub(super) size: Option<u32>,
    /// The next writable address; nothing where no block can be written.
    pub(super) next: Option<u32>,
}

impl TrackState {
    /// A track that is complete.
    pub(super) const fn complete(number: u16, session: u16, start: u32, size: u32) -> TrackState {
        TrackState { number, session, start, size: Some(size), next: None }
    }

    /// A track that goes on at `next`.
    pub(super) const fn open(number: u16, session: u16, start: u32, next: u32) -> TrackState {
        TrackState { number, session, start, size: None, next: Some(next) }
    }
}

impl<'t> State<'t> {
    /// A disc to which nothing can be appended.
    pub(super) const fn complete(profile: Profile, sessions: u16, last_track: u16) -> State<'t> {
        State {
            disc: DiscStatus::COMPLETE,
            session: SessionStatus::COMPLETE,
            sessions,
            last_track,
            profile,
            background: BackgroundFormat::NONE,
            tracks: &[],
            capacity: None,
            toc: None,
            current: &[FeatureCode::RANDOM_READABLE],
            idle: &[],
        }
    }

    /// A disc with an empty session at its end, whose one track will be `last_track`.
    pub(super) const fn appendable(profile: Profile, sessions: u16, last_track: u16) -> State<'t> {
        State {
            disc: DiscStatus::INCOMPLETE,
            session: SessionStatus::EMPTY,
            ..State::complete(profile, sessions, last_track)
        }
    }

    /// A disc with a session that is not closed.
    pub(super) const fn open(profile: Profile, sessions: u16, last_track: u16) -> State<'t> {
        State { session: SessionStatus::INCOMPLETE, ..State::appendable(profile, sessions, last_track) }
    }

    /// A disc that nothing was written to.
    pub(super) const fn blank(profile: Profile) -> State<'t> {
        State {
            disc: DiscStatus::EMPTY,
            session: SessionStatus::EMPTY,
            current: &[],
            ..State::complete(profile, 1, 1)
        }
    }
}

impl Burner<'_, '_> {
    /// Every view must show `state`.
    pub(super) fn expect_state(&mut self, when: &str, state: &State<'_>) -> Verdict {
        let information = self.information()?;
        let seen = (
            information.disc_status,
            information.last_session_status,
            information.sessions,
            information.last_track_in_last_session,
            information.background_format,
            information.erasable,
        );
        let wanted = (
            state.disc,
            state.session,
            state.sessions,
            state.last_track,
            state.background,
            self.traits.rewritable,
        );
        self.ensure(seen == wanted, || {
            format!("{when}: disc, session, sessions, last track, background, erasable are {seen:?}, to be {wanted:?}")
        })?;
        state.tracks.iter().try_for_each(|track| self.expect_track(when, track))?;
        self.expect_features(when, state)?;
        if let Some(blocks) = state.capacity {
            let bytes = self.fetch(ReadCapacity::default())?;
            let seen = unit::understood(Capacity::parse(&bytes))?;
            self.ensure(seen.last_block + 1 == blocks && seen.block_length == 2048, || {
                format!("{when}: the capacity is {} blocks, to be {blocks}", seen.blocks())
            })?;
        }
        match state.toc {
            Some((tracks, lead_out)) => self.expect_toc(when, tracks, lead_out),
            None => Ok(()),
        }
    }

    fn expect_track(&mut self, when: &str, wanted: &TrackState) -> Verdict {
        let track = self.track(wanted.number)?;
        let seen = TrackState {
            number: track.track,
            session: track.session,
            start: track.start,
            size: wanted.size.map(|_| track.size),
            next: track.nwa(),
        };
        let fits = seen.number == wanted.number
            && seen.session == wanted.session
            && seen.start == wanted.start
            && seen.size == wanted.size
            && seen.next == wanted.next;
        self.ensure(fits, || format!("{when}: the track is {seen:?}, to be {wanted:?}"))
    }

    fn expect_features(&mut self, when: &str, state: &State<'_>) -> Verdict {
        let bytes =
            self.fetch(GetConfiguration { allocation_length: 0xFF00, ..GetConfiguration::default() })?;
        let configuration = unit::understood(Configuration::parse(&bytes))?;
        let profile = configuration.current_profile;
        self.ensure(profile == state.profile, || {
            format!("{when}: the current profile is {profile}, to be {}", state.profile)
        })?;
        let judged = [(state.current, true), (state.idle, false)];
        for (code, wanted) in
            judged.iter().flat_map(|(codes, wanted)| codes.iter().map(|code| (*code, *wanted)))
        {
            let current = configuration.feature(code).is_some_and(|feature| feature.current);
            self.ensure(current == wanted, || {
                format!("{when}: feature {code} is {}current", if current { "" } else { "not " })
            })?;
        }
        Ok(())
    }

    fn expect_toc(&mut self, when: &str, tracks: &[(u8, u32)], lead_out: u32) -> Verdict {
        let bytes = self.fetch(ReadToc { allocation_length: 1024, ..ReadToc::default() })?;
        let seen: Vec<_> = unit::understood(TocData::parse(&bytes))?
            .tracks()
            .map(|entry| (entry.track, entry.control, entry.address))
            .collect();
        let mut wanted: Vec<_> =
            (1..).zip(tracks).map(|(number, (control, start))| (number, *control, *start)).collect();
        let (found, end) = seen.split_at(wanted.len().min(seen.len()));
        let ends = matches!(end, [(LEAD_OUT, _, address)] if *address == lead_out);
        let fits = found == wanted && ends;
        self.ensure(fits, || {
            wanted.push((LEAD_OUT, 0, lead_out));
            format!("{when}: tracks (number, control, address) of the TOC are {seen:?}, to be {wanted:?}")
        })
    }
}
