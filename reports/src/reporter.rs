//! The report directory of one run.

use std::path::Path;

use crate::{Documents, Event, Journal, ReportError, Run, Sink, atomic};

/// Takes the events of one run and hands them to every sink: the journal and the documents of a report directory, and
/// what else subscribes.
///
/// Dropping a reporter that was not finished, for instance in a panic, still brings its outputs to their final form.
pub struct Reporter {
    run: Run,
    sinks: Vec<Box<dyn Sink>>,
    finished: bool,
}

impl Reporter {
    /// Begins a report in this directory, which is made where it is missing. A report that it holds already gives way.
    ///
    /// # Errors
    /// When the directory cannot be made or written to. Nothing has been tested yet, so this is the time to stop.
    pub fn create(dir: &Path) -> Result<Self, ReportError> {
        atomic::create_directory(dir)?;
        let documents = Documents::create(dir)?;
        let journal = Journal::create(dir)?;
        Ok(Self { run: Run::new(), sinks: vec![Box::new(journal), Box::new(documents)], finished: false })
    }

    /// Adds a subscriber, for instance a progress bar. It gets the events that come from now on.
    pub fn subscribe(&mut self, sink: impl Sink + 'static) {
        self.sinks.push(Box::new(sink));
    }

    /// Takes an event: the run includes it from now on, and every sink hears of it, also when one of them fails.
    ///
    /// # Errors
    /// The first thing that could not be written. The run may go on: [`Reporter::finish`] tries everything again.
    pub fn event(&mut self, event: &Event) -> Result<(), ReportError> {
        self.run.apply(event);
        let run = &self.run;
        self.sinks.iter_mut().map(|sink| sink.on_event(event, run)).fold(Ok(()), Result::and)
    }

    /// The run as far as it is known.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Writes everything in its final form and gives the run back. On an error everything that could be written has
    /// been, and [`Reporter::run`] still has the run.
    ///
    /// # Errors
    /// The first thing that could not be written.
    pub fn finish(&mut self) -> Result<Run, ReportError> {
        self.finished = true;
        let run = &self.run;
        self.sinks.iter_mut().map(|sink| sink.finish(run)).fold(Ok(()), Result::and)?;
        Ok(self.run.clone())
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        if !self.finished {
            // Nobody is left to hear of an error.
            let _ = self.finish();
        }
    }
}
