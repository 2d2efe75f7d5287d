//! Lines of readable text: a heading, fields below it, further headings below those.

use crate::layout::Layout;
use core::fmt::{self, Write as _};

/// Readable text under construction.
#[derive(Default)]
pub(super) struct Listing {
    text: String,
    depth: usize,
}

impl Listing {
    /// Adds a line.
    pub(super) fn line(&mut self, line: impl fmt::Display) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{:width$}{line}", "", width = 2 * self.depth);
    }

    /// Adds a line, and what `inner` adds indented below it.
    pub(super) fn section<T>(
        &mut self,
        heading: impl fmt::Display,
        inner: impl FnOnce(&mut Listing) -> T,
    ) -> T {
        self.line(heading);
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// How many lines there are.
    pub(super) fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// Adds the fields that `visit` shows: values one to a line, the flags that are set together, names as words.
    pub(super) fn fields(&mut self, visit: impl FnOnce(&mut dyn FnMut(&'static str, &dyn fmt::Display))) {
        let mut flags: Vec<String> = Vec::new();
        visit(&mut |name, value| match value.to_string().as_str() {
            "false" => {}
            "true" => flags.push(words(name)),
            value => self.line(format_args!("{}: {value}", words(name))),
        });
        if !flags.is_empty() {
            self.line(format_args!("set: {}", flags.join(", ")));
        }
    }

    /// Adds a structure's fields.
    pub(super) fn structure(&mut self, structure: &impl Layout) {
        self.fields(|see| structure.visit(see));
    }

    /// Adds bytes in rows of sixteen with their offsets, as many as are worth reading.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        const MOST: usize = 512;
        for (row, chunk) in bytes[..bytes.len().min(MOST)].chunks(16).enumerate() {
            let hex: String = chunk.iter().map(|byte| format!("{byte:02X} ")).collect();
            let text: String = chunk
                .iter()
                .map(|byte| if (0x20..0x7F).contains(byte) { char::from(*byte) } else { '.' })
                .collect();
            self.line(format_args!("{:04X}  {hex:48} {text}", 16 * row));
        }
        if bytes.len() > MOST {
            self.line(format_args!("and {} bytes more", bytes.len() - MOST));
        }
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// A field's name with blanks.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ")
}
