//! What was done and answered, in order.

use discrig_device::Instant;
use discrig_wire::Cdb;

/// One step of a transcript.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Who acted: a handle, a recorder, or the bench.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The command, where there was one.
    pub cdb: Option<Cdb>,
    /// What was answered.
    pub answer: String,
    /// When it began, on the bench's clock.
    pub at: Instant,
    /// When it ended.
    pub until: Instant,
}

/// The steps of one scenario, bounded: the oldest are dropped beyond [`Transcript::MAX`].
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    entries: Vec<Entry>,
    dropped: usize,
}

impl Transcript {
    /// Most entries kept.
    pub const MAX: usize = 400;

    /// Appends a step.
    pub fn push(&mut self, entry: Entry) {
        if self.entries.len() == Transcript::MAX {
            self.entries.remove(0);
            self.dropped += 1;
        }
        self.entries.push(entry);
    }

    /// The steps kept, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many steps there were, dropped ones included.
    #[must_use]
    pub fn length(&self) -> usize {
        self.entries.len() + self.dropped
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.dropped = 0;
    }
}
