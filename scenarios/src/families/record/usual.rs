//! The usual way of recording each medium, for what is judged of all of them alike.

use super::burner::{BLOCK, Burner};
use super::cd;
use super::dvd_minus;
use super::dvd_plus;
use super::media::Traits;
use crate::families::unit;
use crate::stop::{Stop, Verdict};
use discrig_wire::capacity::{Capacity, FormatType};
use discrig_wire::close::CloseFunction;
use discrig_wire::command::ReadCapacity;
use discrig_wire::feature::Profile;
use discrig_wire::format::{Certification, FormatDescriptor};
use discrig_wire::mode::{MultiSession, WriteParametersPage, WriteType};
use discrig_wire::track::TrackInformation;

/// The usual ways.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Usual {
    /// DVD+R: fragments, the disc finalised.
    Fragments,
    /// DVD-R and DVD-RW: an RZone in increments, the border closed.
    Increments,
    /// DVD-RAM, DVD+RW and BD-RE: formatted, and overwritten anywhere.
    Overwrite,
    /// BD-R: SRM, the disc finalised.
    Sequential,
    /// CD: tracks at once, the session closed.
    TracksAtOnce,
}

impl Usual {
    pub(super) fn of(traits: &Traits) -> Usual {
        match traits.profile {
            Profile::BD_R_SRM => Usual::Sequential,
            Profile::CD_R | Profile::CD_RW => Usual::TracksAtOnce,
            Profile::DVD_PLUS_R | Profile::DVD_PLUS_R_DL => Usual::Fragments,
            Profile::DVD_R_SEQUENTIAL | Profile::DVD_R_DL_SEQUENTIAL | Profile::DVD_RW_SEQUENTIAL => {
                Usual::Increments
            }
            _ => Usual::Overwrite,
        }
    }
}

impl Burner<'_, '_> {
    /// Makes a blank disc ready for being written.
    pub(super) fn make_ready(&mut self) -> Verdict {
        self.make_ready_with(|page| page)
    }

    /// The same with changes to page 05h, where the medium obeys it.
    pub(super) fn make_ready_with(
        &mut self,
        change: impl FnOnce(WriteParametersPage) -> WriteParametersPage,
    ) -> Verdict {
        match Usual::of(self.traits) {
            Usual::Fragments | Usual::Sequential => Ok(()),
            Usual::Increments => {
                let usual = dvd_minus::parameters(WriteType::PACKET, MultiSession::NONE);
                self.write_parameters(|page| change(usual(page)))
            }
            Usual::Overwrite => self.make_overwritable(),
            Usual::TracksAtOnce => self.write_parameters(|page| change(cd::data_at_once()(page))),
        }
    }

    fn make_overwritable(&mut self) -> Verdict {
        match self.traits.profile {
            Profile::DVD_PLUS_RW => self.format_as(FormatDescriptor {
                blocks: u32::MAX,
                format_type: FormatType::DVD_PLUS_RW_BASIC,
                ..FormatDescriptor::default()
            }),
            Profile::BD_RE => self.format(FormatType::BD_RE_WITH_SPARE, Certification::NONE.0).map(drop),
            _ => self.format(FormatType::FULL, 0).map(drop),
        }
    }

    /// The track that goes on, or would be begun by the next WRITE.
    pub(super) fn open_track(&mut self) -> Result<TrackInformation, Stop> {
        if self.traits.is_cd() {
            return self.track(0xFF);
        }
        let number = self.last_track()?;
        self.track(number)
    }

    /// Where the next data go: behind what was written, or on overwritable media to where the caller says.
    pub(super) fn place(&mut self, otherwise: u32) -> Result<u32, Stop> {
        if Usual::of(self.traits) == Usual::Overwrite {
            return Ok(otherwise);
        }
        let track = self.open_track()?;
        self.ensure(track.next_writable_valid, || {
            format!("track {} has no next writable address", track.track)
        })?;
        Ok(track.next_writable)
    }

    /// Writes data and has them recorded; a CD gets a track for them. Where they are.
    pub(super) fn record(&mut self, otherwise: u32, data: &[u8]) -> Result<u32, Stop> {
        let first = self.place(otherwise)?;
        self.write(first, data)?;
        self.end_track()?;
        Ok(first)
    }

    /// Has everything recorded, and closes the track of a CD.
    pub(super) fn end_track(&mut self) -> Verdict {
        self.synchronize()?;
        if self.traits.is_cd() { cd::close_track(self) } else { Ok(()) }
    }

    /// Ends recording so that other drives can read the disc.
    pub(super) fn finish(&mut self) -> Verdict {
        self.synchronize()?;
        for (function, track) in self.ending()? {
            self.close(function, track)?;
        }
        Ok(())
    }

    /// The close functions that end recording, with their track numbers.
    pub(super) fn ending(&mut self) -> Result<Vec<(CloseFunction, u16)>, Stop> {
        let (track, session) = ((CloseFunction::TRACK, 1), (CloseFunction::SESSION, 0));
        Ok(match Usual::of(self.traits) {
            Usual::Fragments => vec![track, (dvd_plus::finalization(self.traits.medium), 0)],
            Usual::Increments => vec![track, session],
            Usual::Overwrite if self.traits.profile == Profile::DVD_PLUS_RW => {
                vec![(CloseFunction::STOP_BACKGROUND_FORMAT, 0), session]
            }
            Usual::Overwrite => Vec::new(),
            Usual::Sequential => vec![track, session, (CloseFunction::FINALIZE, 0)],
            Usual::TracksAtOnce => vec![session],
        })
    }

    /// READ CAPACITY.
    pub(super) fn capacity(&mut self) -> Result<u32, Stop> {
        let bytes = self.fetch(ReadCapacity::default())?;
        let capacity = unit::understood(Capacity::parse(&bytes))?;
        let blocks = u32::try_from(capacity.blocks()).unwrap_or(u32::MAX);
        self.ensure(capacity.block_length as usize == BLOCK, || {
            format!("a block has {} bytes", capacity.block_length)
        })?;
        Ok(blocks)
    }
}
