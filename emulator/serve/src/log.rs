//! What happens, for people and programs, on standard error.

use core::fmt::{Display, Write as _};
use serde_json::{Map, Value};
use std::io::Write as _;

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum LogFormat {
    /// A JSON object on each line: `at`, `event`, and the fields.
    Json,
    /// No lines.
    Silent,
    /// A line for people: time, event, `field=value`.
    #[default]
    Text,
}

/// The log. Secrets never come near it: nothing that holds one can be displayed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log(LogFormat);

impl Log {
    pub(crate) fn new(format: LogFormat) -> Log {
        Log(format)
    }

    /// Writes an event with its fields. A log that cannot be written stops nothing.
    pub(crate) fn tell(self, event: &str, fields: &[(&str, &dyn Display)]) {
        let at = jiff::Timestamp::now();
        let line = match self.0 {
            LogFormat::Silent => return,
            LogFormat::Json => {
                let mut object = Map::from_iter([
                    ("at".to_owned(), Value::from(at.to_string())),
                    ("event".to_owned(), Value::from(event)),
                ]);
                object.extend(
                    fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.to_string()))),
                );
                format!("{}\n", Value::Object(object))
            }
            LogFormat::Text => {
                let mut line = format!("{at:.3} {event}");
                for (name, value) in fields {
                    // Writing to a string does not fail.
                    let _ = write!(line, " {name}={value}");
                }
                line.push('\n');
                line
            }
        };
        // In one piece, so that threads do not mix their lines.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }
}
