//! Unit attentions of one nexus.

use discrig_wire::SenseCode;
use serde::{Deserialize, Serialize};

/// Most unit attentions that a nexus keeps; the least important ones are dropped beyond.
const MOST: usize = 8;

/// Pending unit attentions, the most important first: resets (29h), then media changes (28h), then the rest in the order of their arrival.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Attentions {
    pending: Vec<SenseCode>,
}

fn rank(code: SenseCode) -> u8 {
    match code.asc {
        0x29 => 0,
        0x28 => 1,
        _ => 2,
    }
}

impl Attentions {
    /// Establishes a condition. One that is pending already is not established twice; a reset replaces everything.
    pub(crate) fn establish(&mut self, code: SenseCode) {
        if rank(code) == 0 {
            self.pending.clear();
        }
        if self.pending.contains(&code) {
            return;
        }
        let place = self.pending.partition_point(|other| rank(*other) <= rank(code));
        self.pending.insert(place, code);
        self.pending.truncate(MOST);
    }

    /// Takes the most important condition.
    pub(crate) fn take(&mut self) -> Option<SenseCode> {
        if self.pending.is_empty() { None } else { Some(self.pending.remove(0)) }
    }

    /// Forgets one condition.
    pub(crate) fn forget(&mut self, code: SenseCode) {
        self.pending.retain(|other| *other != code);
    }

    /// The most important condition.
    #[must_use]
    pub fn first(&self) -> Option<SenseCode> {
        self.pending.first().copied()
    }

    /// Every pending condition, the most important first.
    #[must_use]
    pub fn pending(&self) -> &[SenseCode] {
        &self.pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use discrig_wire::SenseKey;
    use discrig_wire::sense::codes;

    #[test]
    fn resets_come_first_and_replace_the_rest() {
        let mut attentions = Attentions::default();
        for code in [
            codes::MODE_PARAMETERS_CHANGED,
            codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED,
            codes::RESERVATIONS_RELEASED,
            codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED,
        ] {
            attentions.establish(code);
        }
        let order: Vec<u8> = attentions.pending().iter().map(|code| code.asc).collect();
        assert_eq!(order, [0x28, 0x2A, 0x2A]);
        attentions.establish(codes::SCSI_BUS_RESET_OCCURRED);
        assert_eq!(attentions.pending(), [codes::SCSI_BUS_RESET_OCCURRED]);
        attentions.establish(codes::MODE_PARAMETERS_CHANGED);
        assert_eq!(attentions.take(), Some(codes::SCSI_BUS_RESET_OCCURRED));
        assert_eq!(attentions.take(), Some(codes::MODE_PARAMETERS_CHANGED));
        assert_eq!(attentions.take(), None);
    }

    #[test]
    fn the_queue_is_bounded() {
        let mut attentions = Attentions::default();
        (0..100).for_each(|ascq| attentions.establish(SenseCode::new(SenseKey::UnitAttention, 0x3F, ascq)));
        attentions.establish(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
        assert_eq!(attentions.pending().len(), MOST);
        assert_eq!(attentions.first(), Some(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED));
    }
}
