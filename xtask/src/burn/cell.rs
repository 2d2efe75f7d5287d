//! A cell of the table, and what the guest does for it.

use anyhow::{Context as _, Result, ensure};
use glob::Pattern;

use super::media::Medium;
use super::rows::{ROWS, Row, Step};

/// One mode of one tool on one medium.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    /// What is done.
    pub(crate) row: &'static Row,
    /// What with.
    pub(crate) medium: Medium,
}

impl Cell {
    /// Its name: `TOOL.MODE.MEDIUM`.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}.{}", self.row.tool, self.row.mode, self.medium)
    }

    /// The guest's script for it, with the drive of that number.
    pub(crate) fn script(&self, drive: usize) -> String {
        let steps: String = self.row.steps.iter().map(|step| format!("{}\n", self.line(*step))).collect();
        format!("drive {drive}\n{steps}")
    }

    fn line(&self, step: Step) -> String {
        match step {
            Step::Blocks(address, image) => format!("same_blocks {address} {image}"),
            Step::Files(tree) => format!("same_files {tree}"),
            Step::Reload => "reload".to_owned(),
            Step::Run(command) => format!("run {command}"),
            Step::Says(pattern) => {
                let profile = format!("{:X}", self.medium.profile());
                // A plus has a meaning of its own in expressions, and layers are called otherwise elsewhere.
                let title = self.medium.title().replace('+', "[+]").replace(" DL", "( DL| dual layer)");
                format!("says '{}'", pattern.replace("{profile}", &profile).replace("{title}", &title))
            }
        }
    }
}

/// All cells, in the order of the table.
pub(crate) fn all() -> impl Iterator<Item = Cell> {
    ROWS.iter().flat_map(|row| row.media.iter().map(move |&medium| Cell { row, medium }))
}

/// The cells whose names match one of the patterns, on one of the media; an empty list does not restrict.
///
/// # Errors
/// When a pattern is malformed or matches no cell, and when nothing is left.
pub(crate) fn select(only: &[String], media: &[Medium]) -> Result<Vec<Cell>> {
    let patterns: Vec<Pattern> = only.iter().map(|text| pattern(text)).collect::<Result<_>>()?;
    let chosen: Vec<Cell> = all()
        .filter(|cell| media.is_empty() || media.contains(&cell.medium))
        .filter(|cell| patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(&cell.name())))
        .collect();
    ensure!(!chosen.is_empty(), "there is no such cell; `cargo xtask vm burn --list` prints their names");
    Ok(chosen)
}

/// The cells for those in a hurry.
///
/// # Errors
/// When a name in the list is none.
pub(crate) fn short() -> Result<Vec<Cell>> {
    select(&SHORT.map(str::to_owned), &[])
}

/// Each tool, and each family of media: CDs, what is overwritten, what is written in sequence.
const SHORT: [&str; 13] = [
    "wodim.tao.cd-r",
    "wodim.raw96r.cd-r",
    "cdrskin.sao.cd-r",
    "cdrskin.tao.bd-r",
    "cdrskin.tao.dvd+rw",
    "growisofs.Z.dvd+rw",
    "growisofs.M.bd-r",
    "growisofs.Z.bd-re",
    "dvd+rw-format.format.bd-re",
    "xorriso.second.bd-r",
    "xorriso.second.dvd+rw",
    "dvd+rw-mediainfo.blank.bd-r",
    "sg3_utils.look.bd-re",
];

fn pattern(text: &str) -> Result<Pattern> {
    let pattern = Pattern::new(text).with_context(|| format!("pattern {text}"))?;
    ensure!(
        all().any(|cell| pattern.matches(&cell.name())),
        "no cell matches {text}; `cargo xtask vm burn --list` prints their names"
    );
    Ok(pattern)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn cells_have_names_of_their_own_that_fit_for_files() {
        let names: Vec<_> = all().map(|cell| cell.name()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
        for name in names {
            assert!(
                name.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-._".contains(letter)),
                "{name}"
            );
        }
    }

    #[test]
    fn every_cell_compares_something() {
        for cell in all() {
            let compares = |step: &Step| matches!(step, Step::Blocks(..) | Step::Files(_) | Step::Says(_));
            assert!(cell.row.steps.iter().any(compares), "{}", cell.name());
        }
    }

    #[test]
    fn the_short_selection_has_every_tool() {
        let cells = short().unwrap();
        assert_eq!(cells.len(), SHORT.len());
        let tools =
            |cells: &mut dyn Iterator<Item = Cell>| cells.map(|cell| cell.row.tool).collect::<BTreeSet<_>>();
        assert_eq!(tools(&mut cells.into_iter()), tools(&mut all()));
    }

    #[test]
    fn scripts_name_the_drive_and_the_profile() {
        let cell = select(&["dvd+rw-mediainfo.*".into()], &[Medium::DvdPlusR]).unwrap()[0];
        assert_eq!(cell.script(3), "drive 3\nrun dvd+rw-mediainfo $SR\nsays 'Mounted Media: +1Bh'\n");
    }

    #[test]
    fn what_matches_nothing_is_an_error() {
        assert!(select(&["nonsense*".into()], &[]).is_err());
        assert!(select(&["wodim.*".into()], &[Medium::BdR]).is_err());
        assert_eq!(select(&["growisofs*".into()], &[Medium::DvdR]).unwrap().len(), 2);
        assert_eq!(select(&[], &[]).unwrap().len(), all().count());
    }
}
