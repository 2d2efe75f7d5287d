//! How fast a disc is read or recorded, block by block: the one truth behind transfers, GET PERFORMANCE and write speed descriptors.

use super::geometry::{Geometry, Stretch};
use serde::{Deserialize, Serialize};

/// How a disc turns while it is read or recorded. The speed that is asked for is the highest that is reached.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rotation {
    /// Constant angular velocity: the speed grows with the radius and is reached where a full layer ends.
    Cav,
    /// Constant linear velocity: the speed is the same everywhere.
    Clv,
    /// Constant linear velocity at speeds for which the disc need not turn faster than the drive can, constant angular velocity at others.
    ClvOrCav,
    /// Partial constant angular velocity: as fast as the drive can turn the disc, until the speed is reached.
    Pcav,
    /// Zoned constant linear velocity: the highest speed of the list for which the disc need not turn faster than the drive can.
    Zclv,
}

/// Where a zone of a ZCLV recording begins.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ZoneStart {
    /// Its first block.
    pub from: u32,
    /// Its speed in kB/s.
    pub kb_s: u32,
}

/// What a curve is made from, beside the geometry of the disc.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CurveSpec<'a> {
    pub(crate) rotation: Rotation,
    /// What was asked for, in kB/s.
    pub(crate) kb_s: u32,
    /// The speeds that there are, for zones.
    pub(crate) speeds: &'a [u32],
    /// The zones of a ZCLV recording where they are known.
    pub(crate) zones: &'a [ZoneStart],
    /// How fast the drive can turn a disc.
    pub(crate) maximum_rpm: u32,
}

/// A law by which the speed follows from the radius.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Law {
    /// So many kB/s for each millimetre of radius.
    PerMillimetre(f64),
    /// So many kB/s.
    Same(f64),
}

/// Blocks under one law.
#[derive(Clone, Copy, Debug)]
struct Piece {
    stretch: Stretch,
    first: i32,
    law: Law,
}

/// A zone as GET PERFORMANCE reports it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Zone {
    pub(crate) first: i32,
    pub(crate) first_kb_s: u32,
    pub(crate) last: i32,
    pub(crate) last_kb_s: u32,
}

/// The speed at each block of a disc.
#[derive(Debug)]
pub(crate) struct SpeedCurve {
    pub(crate) geometry: Geometry,
    pieces: Vec<Piece>,
    /// kB of a block.
    block_kb: f64,
    /// How often each block passes by: twice where it is read again after it was recorded.
    passes: f64,
}

/// What rounding may cost, in blocks.
const NEARLY: f64 = 1e-6;

impl SpeedCurve {
    pub(crate) fn new(geometry: Geometry, spec: &CurveSpec<'_>) -> SpeedCurve {
        let block_kb = f64::from(geometry.optics.block_bytes) / 1000.0;
        let laws = Laws::new(&geometry, spec);
        let mut pieces: Vec<Piece> = Vec::new();
        for (place, stretch) in geometry.stretches.iter().enumerate() {
            let end = geometry.stretches.get(place + 1).map_or(i32::MAX, |next| next.first);
            laws.divide(stretch, end, &mut |first, law| {
                let same = |last: &Piece| last.law == law && matches!(law, Law::Same(_));
                if !pieces.last().is_some_and(same) {
                    pieces.push(Piece { stretch: *stretch, first, law });
                }
            });
        }
        SpeedCurve { geometry, pieces, block_kb, passes: 1.0 }
    }

    /// The same where every block is read again after it was recorded. The speed stays what it is, but blocks take twice as long.
    pub(crate) fn verified(self) -> SpeedCurve {
        SpeedCurve { passes: 2.0, ..self }
    }

    /// The pieces that blocks from `first` on are in, each with the end of its part of `first..end`.
    fn pieces(&self, first: i32, end: i32) -> impl Iterator<Item = (&Piece, i32, i32)> {
        let start = self.pieces.partition_point(|piece| piece.first <= first).saturating_sub(1);
        let ends = self.pieces[start..].iter().skip(1).map(|next| next.first).chain([i32::MAX]);
        self.pieces[start..]
            .iter()
            .zip(ends)
            .map(move |(piece, next)| (piece, piece.first.max(first), next.min(end)))
            .take_while(move |(_, from, _)| *from < end)
    }

    /// The speed at a block, in kB/s.
    pub(crate) fn kb_s(&self, block: i32) -> f64 {
        self.pieces(block, block.saturating_add(1)).next().map_or(1.0, |(piece, ..)| piece.kb_s(block))
    }

    /// Seconds for the blocks of `first..end`.
    pub(crate) fn seconds(&self, first: i32, end: i32) -> f64 {
        let once: f64 =
            self.pieces(first, end).map(|(piece, from, to)| piece.seconds(from, to, self.block_kb)).sum();
        once * self.passes
    }

    /// How far one comes from `first` in so many seconds: the block that is not complete yet.
    pub(crate) fn reach(&self, first: i32, seconds: f64) -> i32 {
        let mut seconds = seconds / self.passes;
        for (piece, from, to) in self.pieces(first, i32::MAX) {
            let whole = piece.seconds(from, to, self.block_kb);
            if seconds < whole {
                return piece.reach(from, seconds, self.block_kb).min(to);
            }
            seconds -= whole;
        }
        i32::MAX
    }

    /// The zones of blocks `first..=last`, ascending.
    pub(crate) fn zones(&self, first: i32, last: i32) -> impl Iterator<Item = Zone> {
        self.pieces(first, last.saturating_add(1)).map(|(piece, from, to)| Zone {
            first: from,
            first_kb_s: piece.kb_s(from).round() as u32,
            last: to - 1,
            last_kb_s: piece.kb_s(to - 1).round() as u32,
        })
    }

    /// The disc turns at the same rate everywhere.
    pub(crate) fn is_angular(&self) -> bool {
        self.pieces.iter().all(|piece| matches!(piece.law, Law::PerMillimetre(_)))
    }

    /// The speed is the same everywhere.
    pub(crate) fn is_constant(&self) -> bool {
        matches!(self.pieces[..], [Piece { law: Law::Same(_), .. }])
    }

    /// How long half a revolution takes at a block, in seconds: what one waits for a block on average.
    pub(crate) fn latency(&self, block: i32) -> f64 {
        let turns = self.geometry.optics.revolutions_s(self.kb_s(block), self.geometry.radius_mm(block));
        0.5 / turns.max(1.0)
    }
}

impl Piece {
    fn kb_s(&self, block: i32) -> f64 {
        match self.law {
            Law::PerMillimetre(factor) => factor * self.stretch.square_at(block).max(0.0).sqrt(),
            Law::Same(kb_s) => kb_s,
        }
        .max(1.0)
    }

    /// At constant angular velocity every turn takes the same time and moves the pick-up by the same distance: time is distance.
    fn seconds(&self, from: i32, to: i32, block_kb: f64) -> f64 {
        match self.law {
            Law::PerMillimetre(factor) if self.stretch.slope != 0.0 => {
                let radius = |block| self.stretch.square_at(block).max(0.0).sqrt();
                2.0 * block_kb / (factor * self.stretch.slope) * (radius(to) - radius(from))
            }
            _ => (f64::from(to) - f64::from(from)) * block_kb / self.kb_s(from),
        }
    }

    fn reach(&self, from: i32, seconds: f64, block_kb: f64) -> i32 {
        let blocks = match self.law {
            Law::PerMillimetre(factor) if self.stretch.slope != 0.0 => {
                let square = self.stretch.square_at(from).max(0.0);
                let radius = square.sqrt() + seconds * factor * self.stretch.slope / (2.0 * block_kb);
                (radius * radius - square) / self.stretch.slope
            }
            _ => seconds * self.kb_s(from) / block_kb,
        };
        // Conversions saturate.
        from.saturating_add((blocks + NEARLY) as i32)
    }
}

/// The laws of a recording, by radius or by block.
enum Laws<'a> {
    /// One everywhere.
    One(Law),
    /// From each radius on another one, the innermost first.
    ByRadius(Vec<(f64, Law)>),
    /// From each block on another one.
    ByBlock(&'a [ZoneStart], f64),
}

impl<'a> Laws<'a> {
    fn new(geometry: &Geometry, spec: &CurveSpec<'a>) -> Laws<'a> {
        let (inner, outer) = (geometry.optics.inner_mm, geometry.optics.outer_mm);
        let highest = f64::from(spec.kb_s.max(1));
        // As fast as the drive turns: so much for each millimetre.
        let limit = geometry.optics.kb_s_per_mm(spec.maximum_rpm.max(1));
        match spec.rotation {
            Rotation::Clv => Laws::One(Law::Same(highest)),
            Rotation::ClvOrCav if highest <= limit * inner => Laws::One(Law::Same(highest)),
            Rotation::Cav | Rotation::ClvOrCav => Laws::One(Law::PerMillimetre(highest / outer)),
            Rotation::Pcav => {
                Laws::ByRadius(vec![(0.0, Law::PerMillimetre(limit)), (highest / limit, Law::Same(highest))])
            }
            Rotation::Zclv if !spec.zones.is_empty() => Laws::ByBlock(spec.zones, highest),
            Rotation::Zclv => {
                let mut speeds: Vec<f64> = spec
                    .speeds
                    .iter()
                    .map(|speed| f64::from(*speed))
                    .filter(|speed| *speed <= highest)
                    .collect();
                speeds.sort_by(f64::total_cmp);
                let mut laws: Vec<_> =
                    speeds.into_iter().map(|speed| (speed / limit, Law::Same(speed))).collect();
                match laws.first_mut() {
                    // What is too fast inside is the slowest that there is.
                    Some((from, _)) => *from = 0.0,
                    None => laws.push((0.0, Law::Same(highest))),
                }
                Laws::ByRadius(laws)
            }
        }
    }

    /// Tells the parts of a stretch that ends at `end`, each with its law.
    fn divide(&self, stretch: &Stretch, end: i32, part: &mut impl FnMut(i32, Law)) {
        match self {
            Laws::One(law) => part(stretch.first, *law),
            Laws::ByBlock(zones, highest) => {
                let of = |zone: &ZoneStart| Law::Same(f64::from(zone.kb_s.max(1)).min(*highest));
                let start = zones.iter().rev().find(|zone| i64::from(zone.from) <= i64::from(stretch.first));
                part(stretch.first, start.or(zones.first()).map_or(Law::Same(*highest), of));
                for zone in *zones {
                    if let Ok(from) = i32::try_from(zone.from)
                        && stretch.first < from
                        && from < end
                    {
                        part(from, of(zone));
                    }
                }
            }
            Laws::ByRadius(laws) => {
                let at = |square: f64| {
                    let radius = square.max(0.0).sqrt();
                    let reached = laws.iter().rev().find(|(from, _)| *from <= radius + 1e-9);
                    reached.or(laws.first()).map_or(Law::Same(1.0), |(_, law)| *law)
                };
                let mut borders: Vec<i32> = laws
                    .iter()
                    .filter(|_| stretch.slope != 0.0)
                    .map(|(radius, _)| {
                        let blocks = (radius * radius - stretch.square) / stretch.slope;
                        stretch.first.saturating_add(blocks.ceil() as i32)
                    })
                    .filter(|border| stretch.first < *border && *border < end)
                    .collect();
                borders.sort_unstable();
                part(stretch.first, at(stretch.square_at(stretch.first)));
                for border in borders {
                    // On the way in the other law holds from this block on.
                    part(border, at(stretch.square_at(border) + stretch.slope * 0.5));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
