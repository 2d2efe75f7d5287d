//! What came of a cell, read from its transcript.

use std::path::PathBuf;

use super::cell::Cell;
use super::jobs::Finished;

/// Lines of a transcript that are for the host begin like this, see `functions.sh`.
const STEP: &str = "##> ";
const STOPPED: &str = "##! ";
const KERNEL: &str = "##k ";
/// With this the tools of dvd+rw-tools begin what is wrong; one of them ends with success all the same.
const COMPLAINT: &str = ":-(";

/// What came of a cell on a server.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The cell.
    pub(crate) cell: Cell,
    /// How it stands.
    pub(crate) verdict: Verdict,
    /// Time for it in seconds.
    pub(crate) seconds: f64,
    /// Where everything that was said is; empty where nothing was done.
    pub(crate) transcript: PathBuf,
}

/// How a cell stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing was done, because the server has no such medium.
    Absent(String),
    /// Something was not as it should be.
    Fail {
        /// The step at which it came out.
        step: String,
        /// The last words of it.
        words: String,
    },
    /// The tool refuses on any drive.
    NotApplicable(String),
    /// Every step succeeded, everything compared is the same, and the kernel complains of nothing.
    Pass,
}

impl Verdict {
    /// The word for it in the table and in JSON.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Absent(_) => "absent",
            Self::Fail { .. } => "fail",
            Self::NotApplicable(_) => "n/a",
            Self::Pass => "pass",
        }
    }

    /// Why it is not a pass, as one line.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Absent(words) | Self::NotApplicable(words) => words.clone(),
            Self::Fail { step, words } if step.is_empty() => words.clone(),
            Self::Fail { step, words } => format!("{step}: {words}"),
            Self::Pass => String::new(),
        }
    }

    /// A failure that has nothing to do with a step.
    pub(crate) fn trouble(words: String) -> Self {
        Self::Fail { step: String::new(), words }
    }
}

/// Judges a cell by what its job said.
pub(crate) fn judge(cell: &Cell, job: &Finished) -> Verdict {
    let lines: Vec<&str> = job.transcript.lines().map(last_of_overwritten).collect();
    let step = lines.iter().rev().find_map(|line| line.strip_prefix(STEP)).unwrap_or("before the first step");
    let fail = |words: String| Verdict::Fail { step: step.to_owned(), words };
    if job.code == Some(0) {
        let complaint = lines.iter().find(|line| line.contains(COMPLAINT));
        let kernel = lines.iter().find_map(|line| line.strip_prefix(KERNEL));
        return match (complaint, kernel) {
            (Some(line), _) => Verdict::trouble(line.trim().to_owned()),
            (None, Some(line)) => Verdict::trouble(format!("the kernel's log: {line}")),
            (None, None) => Verdict::Pass,
        };
    }
    let refusal = cell.row.rules.iter().find_map(|rule| lines.iter().find(|line| line.contains(rule)));
    if let Some(line) = refusal {
        return Verdict::NotApplicable(line.trim().to_owned());
    }
    let said: Vec<&str> = lines.iter().copied().filter(|line| is_the_tools(line)).collect();
    let last = said.get(said.len().saturating_sub(2)..).unwrap_or_default().join(" | ");
    match (job.code, lines.iter().find_map(|line| line.strip_prefix(STOPPED))) {
        (None, _) => fail(format!("did not end in time; last words: {last}")),
        (Some(_), Some(stopped)) => fail(format!("{stopped}; last words: {last}")),
        (Some(code), None) => fail(format!("the job ended with {code}; last words: {last}")),
    }
}

/// Progress overwrites itself: of such a line only the end counts.
fn last_of_overwritten(line: &str) -> &str {
    line.trim_end().rsplit(['\r', '\u{8}']).find(|part| !part.trim().is_empty()).unwrap_or_default()
}

fn is_the_tools(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with("##")
}

#[cfg(test)]
mod tests {
    use super::super::media::Medium;
    use super::super::rows::{Row, Step};
    use super::*;

    const ROW: Row = Row {
        tool: "tool",
        mode: "mode",
        media: &[Medium::CdR],
        steps: &[Step::Run("tool $SR")],
        rules: &["refuses this medium"],
    };

    fn judged(code: Option<i32>, transcript: &str) -> Verdict {
        let cell = Cell { row: &ROW, medium: Medium::CdR };
        judge(&cell, &Finished { code, transcript: transcript.to_owned() })
    }

    #[test]
    fn success_is_a_pass_unless_the_kernel_complains() {
        assert_eq!(judged(Some(0), "##> tool\ndone\n"), Verdict::Pass);
        let verdict = judged(Some(0), "##> tool\ndone\n##k kern  :err   : [    9.1] I/O error, dev sr0\n");
        assert!(
            matches!(&verdict, Verdict::Fail { words, .. } if words.contains("I/O error")),
            "{verdict:?}"
        );
    }

    #[test]
    fn a_complaint_is_no_success() {
        let verdict = judged(Some(0), "##> tool\n* formatting .:-( unable to FORMAT UNIT\n");
        assert!(verdict.words().contains("unable to FORMAT UNIT"), "{verdict:?}");
    }

    #[test]
    fn a_failure_names_its_step_and_the_last_words() {
        let verdict = judged(
            Some(1),
            "##> tool a\nfine\n##> tool b\n 1 of 9\r 2 of 9\nCannot write.\n##! tool ended with 255\n",
        );
        assert_eq!(
            verdict,
            Verdict::Fail {
                step: "tool b".into(),
                words: "tool ended with 255; last words:  2 of 9 | Cannot write.".into()
            }
        );
    }

    #[test]
    fn a_refusal_by_rule_is_not_applicable_but_only_where_the_tool_failed() {
        let said = "##> tool\nSorry, tool refuses this medium.\n";
        assert_eq!(judged(Some(1), said), Verdict::NotApplicable("Sorry, tool refuses this medium.".into()));
        assert_eq!(judged(Some(0), said), Verdict::Pass);
    }

    #[test]
    fn a_job_that_does_not_end_has_failed() {
        assert!(judged(None, "##> tool\n").words().contains("in time"));
        assert!(judged(Some(2), "").words().contains("ended with 2"));
    }
}
