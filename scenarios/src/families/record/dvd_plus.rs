//! DVD+R, DVD+R DL, DVD+RW and DVD-RAM.

use super::burner::{BLOCK, Burner, pattern};
use super::state::{State, TrackState};
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::{Capability, Medium};
use discrig_wire::capacity::FormatType;
use discrig_wire::close::CloseFunction;
use discrig_wire::command::ReserveTrack;
use discrig_wire::disc::{BackgroundFormat, SessionStatus};
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::format::FormatDescriptor;
use discrig_wire::structure::{DvdStructure, LayerBoundary};

/// How DVD+R is finalised: dual layer discs with the least radius, others plainly.
pub(super) fn finalization(medium: Medium) -> CloseFunction {
    if medium == Medium::DvdPlusRDl {
        CloseFunction::FINALIZE_MINIMUM_RADIUS
    } else {
        CloseFunction::FINALIZE
    }
}

fn writing(medium: Medium) -> [FeatureCode; 1] {
    [if medium == Medium::DvdPlusRDl { FeatureCode::DVD_PLUS_R_DL } else { FeatureCode::DVD_PLUS_R }]
}

/// One session with one fragment, then finalised.
pub(super) fn sequential(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    one_session(&mut burner, medium, &pattern(40, 320, BLOCK))
}

/// The end of layer 0 is set so that the data go over it.
pub(super) fn layer_boundary(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let body = LayerBoundary { fixed: false, layer_0_blocks: 160 }.to_bytes();
    burner.send_structure(DvdStructure::LAYER_BOUNDARY, &body)?;
    one_session(&mut burner, medium, &pattern(41, 304, BLOCK))
}

fn one_session(burner: &mut Burner<'_, '_>, medium: Medium, data: &[u8]) -> Verdict {
    let profile = burner.traits.profile;
    let (current, blocks) = (writing(medium), (data.len() / BLOCK) as u32);
    burner.write(0, data)?;
    burner.synchronize()?;
    let open = State {
        tracks: &[TrackState::open(1, 1, 0, blocks)],
        current: &current,
        ..State::open(profile, 1, 1)
    };
    burner.expect_state("after the write", &open)?;
    burner.close(CloseFunction::TRACK, 1)?;
    burner.close(finalization(medium), 0)?;
    let complete = State {
        tracks: &[TrackState::complete(1, 1, 0, blocks)],
        capacity: Some(blocks),
        toc: Some((&[(4, 0)], blocks)),
        idle: &current,
        ..State::complete(profile, 1, 1)
    };
    burner.expect_state("after finalising", &complete)?;
    burner.read_back(0, data)?;
    burner.refused_at_end(blocks, &data[..16 * BLOCK])
}

/// A session is closed and another one follows.
pub(super) fn sessions(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let data = pattern(42, 256, BLOCK);
    let (first, second) = data.split_at(160 * BLOCK);
    let (profile, current) = (burner.traits.profile, writing(medium));
    burner.write(0, first)?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 1)?;
    burner.close(CloseFunction::SESSION, 1)?;
    let next = burner.next_writable()?;
    burner.ensure(next > 160 && next.is_multiple_of(16), || {
        format!("the session of 160 blocks is closed and the next block is {next}")
    })?;
    let appendable = State {
        tracks: &[TrackState::complete(1, 1, 0, 160), TrackState::open(2, 2, next, next)],
        capacity: Some(160),
        current: &current,
        ..State::appendable(profile, 2, 2)
    };
    burner.expect_state("after the first session", &appendable)?;
    burner.read_back(0, first)?;
    burner.write(next, second)?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 2)?;
    burner.close(finalization(medium), 0)?;
    let complete = State {
        tracks: &[TrackState::complete(1, 1, 0, 160), TrackState::complete(2, 2, next, 96)],
        capacity: Some(next + 96),
        idle: &current,
        ..State::complete(profile, 2, 2)
    };
    burner.expect_state("after finalising", &complete)?;
    burner.read_back(0, first)?;
    burner.read_back(next, second)
}

/// A fragment is reserved and only partly written: closing it pads it with zeros.
pub(super) fn reserved(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let data = pattern(43, 256, BLOCK);
    burner.send(ReserveTrack::of_size(160))?;
    let reserved = burner.track(1)?;
    burner.ensure(reserved.reserved && reserved.nwa() == Some(0) && reserved.size >= 160, || {
        format!("fragment 1 is reserved for 160 blocks, and is {reserved:?}")
    })?;
    let next = burner.next_writable()?;
    burner.ensure(next >= reserved.size, || format!("after the reserved fragment comes block {next}"))?;
    burner.write(next, &data[160 * BLOCK..])?;
    burner.write(0, &data[..96 * BLOCK])?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 1)?;
    burner.close(CloseFunction::TRACK, 2)?;
    burner.close(finalization(medium), 0)?;
    let complete = State {
        tracks: &[TrackState::complete(1, 1, 0, reserved.size), TrackState::complete(2, 1, next, 96)],
        capacity: Some(next + 96),
        idle: &writing(medium),
        ..State::complete(burner.traits.profile, 1, 2)
    };
    burner.expect_state("after finalising", &complete)?;
    let mut first = data[..96 * BLOCK].to_vec();
    first.resize(160 * BLOCK, 0);
    burner.read_back(0, &first)?;
    burner.read_back(next, &data[160 * BLOCK..])
}

/// Several fragments are reserved, and recorded from the last one to the first.
pub(super) fn several_reserved(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let mut fragments = Vec::new();
    for n in 0..3 {
        burner.send(ReserveTrack::of_size(96))?;
        let fragment = burner.track(n + 1)?;
        burner.ensure(
            fragment.reserved && fragment.size >= 96 && fragment.nwa() == Some(fragment.start),
            || format!("fragment {} is reserved for 96 blocks, and is {fragment:?}", n + 1),
        )?;
        fragments.push((fragment.start, pattern(44 + u32::from(n), 96, BLOCK)));
    }
    fragments.push((burner.next_writable()?, pattern(47, 64, BLOCK)));
    let ascends = fragments.windows(2).all(|pair| pair[0].0.saturating_add(96) <= pair[1].0);
    burner.ensure(ascends, || "fragments lie in each other".to_owned())?;
    for (start, data) in fragments.iter().rev() {
        burner.write(*start, data)?;
    }
    burner.synchronize()?;
    (1..=4).try_for_each(|track| burner.close(CloseFunction::TRACK, track))?;
    burner.close(finalization(medium), 0)?;
    let complete = State { idle: &writing(medium), ..State::complete(burner.traits.profile, 1, 4) };
    burner.expect_state("after finalising", &complete)?;
    fragments.iter().try_for_each(|(start, data)| burner.read_back(*start, data))
}

/// The close functions that the other ways do without: a session with an extended lead-out, where there are two layers, and the other way to
/// finalise a disc.
pub(super) fn close_functions(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let dual = medium == Medium::DvdPlusRDl;
    let (session, disc) = if dual {
        (CloseFunction::SESSION_EXTENDED_LEAD_OUT, CloseFunction::FINALIZE)
    } else {
        (CloseFunction::SESSION, CloseFunction::FINALIZE_MINIMUM_RADIUS)
    };
    let mut burner = Burner::with_blank(stage, medium)?;
    let (first, second) = (pattern(48, 160, BLOCK), pattern(49, 96, BLOCK));
    burner.write(0, &first)?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 1)?;
    burner.close(session, 0)?;
    let (profile, next) = (burner.traits.profile, burner.next_writable()?);
    let appendable = State { current: &writing(medium), ..State::appendable(profile, 2, 2) };
    burner.expect_state("after the first session", &appendable)?;
    burner.read_back(0, &first)?;
    burner.write(next, &second)?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 2)?;
    burner.close(disc, 0)?;
    let complete = State { idle: &writing(medium), ..State::complete(profile, 2, 2) };
    burner.expect_state("after finalising", &complete)?;
    burner.read_back(0, &first)?;
    burner.read_back(next, &second)?;
    burner.refused_at_end(next + 96, &first[..16 * BLOCK])
}

// --- rewritable --------------------------------------------------------------------------------------------------

/// Single blocks and stretches anywhere on `blocks` blocks, read back at once.
fn overwrite(burner: &mut Burner<'_, '_>, seed: u32, blocks: u32) -> Verdict {
    let mut data = pattern(seed, 256, BLOCK);
    burner.write(0, &data)?;
    for (n, first, some) in [(1, 5, 1), (2, 15, 3), (3, 100, 77)] {
        let again = pattern(seed + n, some, BLOCK);
        burner.write(first as u32, &again)?;
        data[first * BLOCK..(first + some) * BLOCK].copy_from_slice(&again);
    }
    let last = pattern(seed + 4, 1, BLOCK);
    burner.write(blocks - 1, &last)?;
    burner.synchronize()?;
    burner.read_back(0, &data)?;
    burner.read_back(blocks - 1, &last)
}

/// DVD+RW: formatting goes on in the background while data are written, is stopped, started again, and comes to its end.
pub(super) fn background_format(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    const CURRENT: [FeatureCode; 3] =
        [FeatureCode::RANDOM_WRITABLE, FeatureCode::FORMATTABLE, FeatureCode::DVD_PLUS_RW];
    let mut burner = Burner::with_blank(stage, medium)?;
    let blank = State { current: &CURRENT[2..], ..State::blank(Profile::DVD_PLUS_RW) };
    burner.expect_state("before formatting", &blank)?;
    let whole = FormatDescriptor {
        blocks: u32::MAX,
        format_type: FormatType::DVD_PLUS_RW_BASIC,
        ..FormatDescriptor::default()
    };
    burner.format_as(whole)?;
    let of = |background| State {
        background,
        current: &CURRENT,
        session: SessionStatus::COMPLETE,
        ..State::complete(Profile::DVD_PLUS_RW, 1, 1)
    };
    // A drive that takes no time has nothing left to stop.
    let goes_on = burner.background_goes_on()?;
    let data = pattern(50, 256, BLOCK);
    burner.write(0, &data)?;
    burner.synchronize()?;
    burner.close(CloseFunction::STOP_BACKGROUND_FORMAT, 0)?;
    if goes_on {
        burner.expect_background(BackgroundFormat::SUSPENDED)?;
    }
    burner.close(CloseFunction::SESSION, 0)?;
    burner.read_back(0, &data)?;
    if goes_on {
        burner.format_as(FormatDescriptor { parameter: 1, ..whole })?;
        burner.background_goes_on()?;
    }
    if burner.stage.bench.capabilities().has(Capability::VirtualTime) {
        burner.stage.wait(Duration::from_secs(4 * 3600));
        let blocks = 2_295_104;
        let formatted = State {
            capacity: Some(blocks),
            toc: Some((&[(4, 0)], blocks)),
            ..of(BackgroundFormat::COMPLETE)
        };
        burner.expect_state("after formatting", &formatted)?;
        overwrite(&mut burner, 51, blocks)?;
    }
    burner.synchronize()?;
    burner.close(CloseFunction::STOP_BACKGROUND_FORMAT, 0)
}

impl Burner<'_, '_> {
    /// Whether formatting goes on, which a command has just begun; it may be complete already.
    fn background_goes_on(&mut self) -> Result<bool, Stop> {
        let seen = self.information()?.background_format;
        let fits = matches!(seen, BackgroundFormat::RUNNING | BackgroundFormat::COMPLETE);
        self.ensure(fits, || format!("background formatting has begun and is {seen}"))?;
        Ok(seen == BackgroundFormat::RUNNING)
    }

    fn expect_background(&mut self, wanted: BackgroundFormat) -> Verdict {
        let seen = self.information()?.background_format;
        self.ensure(seen == wanted, || format!("background formatting is {seen}, to be {wanted}"))
    }
}

/// DVD-RAM as it comes, or formatted anew.
pub(super) fn random_overwrite(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    const CURRENT: [FeatureCode; 3] =
        [FeatureCode::RANDOM_WRITABLE, FeatureCode::FORMATTABLE, FeatureCode::HARDWARE_DEFECT_MANAGEMENT];
    let mut burner = Burner::with_blank(stage, medium)?;
    let offer = burner.format(FormatType::FULL, 0)?;
    let formatted = State {
        capacity: Some(offer.blocks),
        toc: Some((&[(4, 0)], offer.blocks)),
        current: &CURRENT,
        ..State::complete(Profile::DVD_RAM, 1, 1)
    };
    burner.expect_state("after formatting", &formatted)?;
    overwrite(&mut burner, 60, offer.blocks)?;
    burner.expect_state("after writing", &formatted)
}
