//! Progress on a terminal: a subscriber of events that nothing else sees.

use discrig_reports::{Event, ReportError, Run, Sink, Verdict};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// A bar on standard error while a run goes on; nothing when that is no terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar, hidden unless standard error is a terminal.
    pub(crate) fn new() -> Progress {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        Progress { bar }
    }
}

impl Sink for Progress {
    fn on_event(&mut self, event: &Event, _: &Run) -> Result<(), ReportError> {
        match event {
            Event::RunStarted(started) => self.bar.set_length(started.plan.len() as u64),
            Event::ScenarioStarted { slug } => self.bar.set_message(slug.clone()),
            Event::ScenarioFinished { slug, outcome } => {
                if outcome.verdict >= Verdict::Fail {
                    self.bar.println(format!("{:<12} {slug}", outcome.verdict));
                }
                self.bar.inc(1);
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self, _: &Run) -> Result<(), ReportError> {
        self.bar.finish_and_clear();
        Ok(())
    }
}
