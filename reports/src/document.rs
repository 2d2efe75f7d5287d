//! The documents of a report, made from a run.

use std::path::{Path, PathBuf};

use crate::{
    Event, Operation, ReportError, ReportErrorKind, Run, Sink, atomic, html, junit, markdown, results,
};

/// One document of a report.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// Its name in the report directory.
    pub file: &'static str,
    /// Its text for a run, or what went wrong in making it.
    render: fn(&Run) -> Result<String, String>,
}

/// Every document of a report.
pub const DOCUMENTS: &[Document] = &[
    Document { file: "junit.xml", render: junit::render },
    Document { file: "results.json", render: results::render },
    Document { file: "summary.md", render: markdown::render },
    Document { file: "report.html", render: html::render },
];

impl Document {
    /// The text of the document for this run. The same run gives the same text.
    ///
    /// # Errors
    /// When the run cannot be expressed in the document's format, which is an error of this program.
    pub fn render(&self, run: &Run) -> Result<String, ReportError> {
        (self.render)(run).map_err(|problem| {
            ReportError::new(ReportErrorKind::Rendering { problem }, Operation::Render, Path::new(self.file))
        })
    }

    fn write(&self, run: &Run, dir: &Path) -> Result<(), ReportError> {
        atomic::replace(dir, self.file, self.render(run)?.as_bytes())
    }
}

/// Writes every document for this run into a directory, which is made where it is missing. Each file is replaced as a
/// whole. One that fails keeps no other from being written.
///
/// # Errors
/// The first thing that went wrong.
pub fn render(run: &Run, dir: &Path) -> Result<(), ReportError> {
    atomic::create_directory(dir)?;
    DOCUMENTS.iter().map(|document| document.write(run, dir)).fold(Ok(()), Result::and)
}

/// Keeps the documents in a directory up to date: they are written when the run begins, when it meets its early end,
/// and when it is over, so that they exist and are truthful whatever becomes of the process.
#[derive(Debug)]
pub struct Documents {
    dir: PathBuf,
}

impl Documents {
    /// Prepares for writing into this directory; documents of an earlier run are removed, lest they be taken for new.
    ///
    /// # Errors
    /// When an old document cannot be removed.
    pub fn create(dir: &Path) -> Result<Self, ReportError> {
        for document in DOCUMENTS {
            atomic::remove(dir, document.file)?;
        }
        Ok(Self { dir: dir.to_owned() })
    }
}

impl Sink for Documents {
    fn on_event(&mut self, event: &Event, run: &Run) -> Result<(), ReportError> {
        match event {
            Event::RunStarted(_)
            | Event::SetupFailed { .. }
            | Event::TargetLost { .. }
            | Event::Interrupted { .. } => render(run, &self.dir),
            _ => Ok(()),
        }
    }

    fn finish(&mut self, run: &Run) -> Result<(), ReportError> {
        render(run, &self.dir)
    }
}
