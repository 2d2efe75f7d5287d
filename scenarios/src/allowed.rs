//! Expected results as named sets of allowed answers, each with its clause.

use crate::answer::Answer;
use core::fmt;
use discrig_device::{ErrorKind, Owner};
use discrig_recorder::Hresult;
use discrig_wire::{SenseCode, SenseKey, Status};

/// A named set of allowed answers. Where documents disagree, the set holds all of their answers.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    /// The situation, in words.
    pub name: &'static str,
    /// The answers; the strict one first.
    pub answers: &'static [Permitted],
}

/// One allowed answer and where it is allowed.
#[derive(Clone, Copy, Debug)]
pub struct Permitted {
    /// The answer.
    pub pattern: Pattern,
    /// Clause id of the registry.
    pub clause: &'static str,
}

/// Answers that count as the same.
#[derive(Clone, Copy, Debug)]
pub enum Pattern {
    /// Whatever comes.
    Any,
    /// An answer of the drive: GOOD, CHECK CONDITION or another status.
    AnyAnswer,
    /// CHECK CONDITION with this sense key and additional sense code, whatever the qualifier.
    Asc(SenseKey, u8),
    /// CHECK CONDITION with exactly this sense.
    Check(SenseCode),
    /// No answer, of this kind.
    Error(ErrorKind),
    /// An event of GET EVENT STATUS NOTIFICATION.
    Event {
        /// Its class; zero when none of the requested ones is supported.
        class: u8,
        /// Its code; zero when nothing happened.
        code: u8,
    },
    /// A recorder method failed with this code.
    Failed(Hresult),
    /// CHECK CONDITION with this sense key, whatever the codes.
    Key(SenseKey),
    /// Done.
    Ok,
    /// A recorder command ended with CHECK CONDITION.
    OkWithSense,
    /// The owner of exclusive access is this.
    Owner(Owner),
    /// A bit of the drive's state has this value.
    Shows(bool),
    /// A status other than GOOD and CHECK CONDITION.
    Status(Status),
}

impl Pattern {
    /// Whether `answer` is one of those meant.
    #[must_use]
    pub fn admits(&self, answer: &Answer) -> bool {
        match (*self, *answer) {
            (Pattern::Asc(key, asc), Answer::Check(code)) => code.key == key && code.asc == asc,
            (Pattern::Check(wanted), Answer::Check(code)) => wanted == code,
            (Pattern::Error(wanted), Answer::Error(kind, _)) => wanted == kind,
            (Pattern::Event { class, code }, Answer::Event { class: of, code: what }) => {
                (class, code) == (of, what)
            }
            (Pattern::Failed(wanted), Answer::Failed(code)) => wanted == code,
            (Pattern::Key(key), Answer::Check(code)) => code.key == key,
            (Pattern::Ok, Answer::Ok) | (Pattern::OkWithSense, Answer::OkWithSense) => true,
            (Pattern::Shows(wanted), Answer::Shows(shown)) => wanted == shown,
            (Pattern::Status(wanted), Answer::Status(status)) => wanted == status,
            (Pattern::Owner(wanted), Answer::Owner(owner)) => wanted == owner,
            (Pattern::Any, _) => true,
            (
                Pattern::AnyAnswer,
                Answer::Ok | Answer::Check(_) | Answer::CheckWithoutSense | Answer::Status(_),
            ) => true,
            _ => false,
        }
    }
}

impl Allowed {
    /// The first permitted answer that `answer` is.
    #[must_use]
    pub fn admits(&self, answer: &Answer) -> Option<&'static Permitted> {
        self.answers.iter().find(|permitted| permitted.pattern.admits(answer))
    }

    /// The clauses of the set, each once.
    pub fn clauses(&self) -> impl Iterator<Item = &'static str> {
        let answers = self.answers;
        answers
            .iter()
            .enumerate()
            .filter(|(index, permitted)| {
                answers[..*index].iter().all(|earlier| earlier.clause != permitted.clause)
            })
            .map(|(_, permitted)| permitted.clause)
    }
}

/// Builds an [`Allowed`] set: the situation, then each answer with its clause.
macro_rules! allowed {
    ($name:literal: $($pattern:expr => $clause:literal),+ $(,)?) => {
        $crate::allowed::Allowed {
            name: $name,
            answers: &[$($crate::allowed::Permitted { pattern: $pattern, clause: $clause }),+],
        }
    };
}
pub(crate) use allowed;

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Asc(key, asc) => write!(f, "CHECK CONDITION {:02X}/{asc:02X}/xx", *key as u8),
            Pattern::Check(code) => write!(f, "CHECK CONDITION {code}"),
            Pattern::Error(kind) => write!(f, "no answer: {}", kind.describe()),
            Pattern::Event { class, code } => write!(f, "{}", Answer::Event { class: *class, code: *code }),
            Pattern::Failed(code) => write!(f, "{code}"),
            Pattern::Key(key) => write!(f, "CHECK CONDITION {key}"),
            Pattern::Ok => f.write_str("OK"),
            Pattern::OkWithSense => f.write_str("S_IMAPI_COMMAND_HAS_SENSE_DATA"),
            Pattern::Shows(shown) => write!(f, "{}", Answer::Shows(*shown)),
            Pattern::Status(status) => write!(f, "{status}"),
            Pattern::Owner(owner) => write!(f, "{}", Answer::Owner(*owner)),
            Pattern::Any => f.write_str("anything"),
            Pattern::AnyAnswer => f.write_str("any status"),
        }
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, permitted) in self.answers.iter().enumerate() {
            let separator = if index == 0 { "" } else { " or " };
            write!(f, "{separator}{} [{}]", permitted.pattern, permitted.clause)?;
        }
        Ok(())
    }
}
