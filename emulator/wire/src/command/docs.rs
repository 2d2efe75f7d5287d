//! The command table as Markdown.

use super::{Command, CommandSpec, Direction, Field};
use core::fmt::{self, Write as _};

/// The table as Markdown: one row per command, then the fields of each. A generator writes it into the documentation.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_all(&mut text);
    text
}

fn write_all(out: &mut String) -> fmt::Result {
    out.push_str("| code | command | bytes | data | flags | timeout | features | clause |\n");
    out.push_str("|---|---|---|---|---|---|---|---|\n");
    for spec in Command::TABLE {
        write_row(spec, out)?;
    }
    out.push_str("\n| command | field | place | bits |\n|---|---|---|---|\n");
    for spec in Command::TABLE {
        for field in spec.fields {
            let (name, place) = (field.name.replace('_', " "), place(field));
            writeln!(out, "| {} | {name} | {place} | {} |", spec.name, field.width)?;
        }
    }
    Ok(())
}

fn write_row(spec: &CommandSpec, out: &mut String) -> fmt::Result {
    let data = match spec.direction {
        Direction::None => "–",
        Direction::In => "in",
        Direction::Out => "out",
    };
    let flags: Vec<_> =
        spec.flags.iter_names().map(|(name, _)| name.to_lowercase().replace('_', " ")).collect();
    let features: Vec<_> = spec.features.iter().map(|feature| format!("{feature:04X}h")).collect();
    let seconds = f64::from(spec.timeout_ms) / 1000.0;
    write!(out, "| {:02X}h", spec.opcode)?;
    if let Some(action) = spec.service_action {
        write!(out, "/{action:02X}h")?;
    }
    writeln!(
        out,
        " | {} | {} | {data} | {} | {seconds} s | {} | {} |",
        spec.name,
        spec.length,
        flags.join(", "),
        features.join(" "),
        spec.clause,
    )
}

fn place(field: &Field) -> String {
    match (field.width, field.width / 8) {
        (1, _) => format!("{}.{}", field.byte, field.bit),
        (8, _) if field.bit == 7 => field.byte.to_string(),
        (width, bytes) if field.bit == 7 && width % 8 == 0 => {
            format!("{}-{}", field.byte, field.byte + bytes - 1)
        }
        (width, _) => format!("{}.{}-{}", field.byte, field.bit, (field.bit + 1).saturating_sub(width)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_by_hand() {
        let text = markdown();
        let eject = "| 1Bh | START STOP UNIT | 6 | – | long, removal | 240 s | 0003h 0100h | MMC-5 6.40 |";
        let keys = "| 5Eh/00h | PERSISTENT RESERVE IN (READ KEYS) | 10 | in |";
        let fields = [
            "| START STOP UNIT | load eject | 4.1 | 1 |",
            "| START STOP UNIT | power condition | 4.7-4 | 4 |",
            "| READ(10) | logical block address | 2-5 | 32 |",
            "| INQUIRY | page code | 2 | 8 |",
        ];
        for line in [eject, keys].into_iter().chain(fields) {
            assert!(text.lines().any(|row| row.starts_with(line)), "{line}\n{text}");
        }
        let rows = text.lines().filter(|line| line.starts_with("| ")).count();
        let fields: usize = Command::TABLE.iter().map(|spec| spec.fields.len()).sum();
        assert_eq!(rows, 2 + Command::TABLE.len() + fields);
    }
}
