//! What every output is.

use crate::{Event, ReportError, Run};

/// A subscriber of a run's events.
///
/// [`Reporter`](crate::Reporter) calls [`on_event`](Sink::on_event) once for each event in its order, and
/// [`finish`](Sink::finish) once after the last. An error does not unsubscribe: the next event comes all the same, and
/// the other sinks get theirs.
pub trait Sink: Send {
    /// Takes note of an event. `run` includes it already.
    ///
    /// # Errors
    /// When what the sink writes at once could not be written.
    fn on_event(&mut self, event: &Event, run: &Run) -> Result<(), ReportError>;

    /// Brings the output to its final form.
    ///
    /// # Errors
    /// When a part of the output could not be written; the sink has then still written all it could.
    fn finish(&mut self, run: &Run) -> Result<(), ReportError>;
}
