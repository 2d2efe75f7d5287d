//! Transcripts: what each nexus was told, as lines of JSON.
//!
//! The file `DRIVE-nexus-N.ndjson` begins with a line that says whose session it is; a new session of the same nexus adds to it. Each line
//! after that is a command: `n` from 1, `at-ns` on the server's clock, `elapsed-ns`, `cdb`, `command` in words, `data-out` and `data-in` in
//! bytes, `status`, and `sense` as bytes where there is any.

use core::fmt::Write as _;
use discrig_device::Instant;
use discrig_drive::NexusId;
use discrig_iscsi::target::{Outcome, SessionInfo};
use discrig_wire::{Cdb, describe};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

/// The transcript of one nexus.
#[derive(Debug)]
pub(crate) struct Transcript {
    file: BufWriter<File>,
    count: u64,
}

impl Transcript {
    /// Opens the file of a nexus and notes whose session begins.
    ///
    /// # Errors
    /// The file cannot be opened or written.
    pub(crate) fn open(
        folder: &Path,
        drive: &str,
        nexus: NexusId,
        session: &SessionInfo,
    ) -> io::Result<Transcript> {
        let path = folder.join(format!("{drive}-nexus-{}.ndjson", nexus.0));
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let mut transcript = Transcript { file: BufWriter::new(file), count: 0 };
        transcript.line(&json!({
            "drive": drive,
            "nexus": nexus.0,
            "initiator": session.initiator.as_str(),
            "isid": session.isid.to_string(),
        }))?;
        Ok(transcript)
    }

    /// Notes a command that was answered. What cannot be written is left out: the session is worth more than its transcript.
    pub(crate) fn note(
        &mut self,
        cdb: &Cdb,
        came: Instant,
        now: Instant,
        data_out: usize,
        data_in: usize,
        outcome: &Outcome,
    ) {
        self.count += 1;
        let mut line = json!({
            "n": self.count,
            "at-ns": came.as_nanos(),
            "elapsed-ns": now.since(came).as_nanos() as u64,
            "cdb": cdb.to_string(),
            "command": describe::describe_command(cdb),
            "data-out": data_out,
            "data-in": data_in,
            "status": outcome.status.to_string(),
        });
        if !outcome.sense.is_empty() {
            line["sense"] = Value::from(hex(outcome.sense.bytes()));
        }
        let _ = self.line(&line);
    }

    fn line(&mut self, value: &Value) -> io::Result<()> {
        writeln!(self.file, "{value}")?;
        self.file.flush()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let blank = if text.is_empty() { "" } else { " " };
        // Writing to a string does not fail.
        let _ = write!(text, "{blank}{byte:02X}");
        text
    })
}
