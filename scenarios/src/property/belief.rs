//! The set of states that the real thing may be in.

use super::{Rules, World};
use crate::allowed::Pattern;
use crate::answer::Answer;
use crate::stop::Finding;

/// An answer that the model allows, and where it is allowed.
#[derive(Clone, Copy, Debug)]
pub struct Predicted {
    /// The answer.
    pub pattern: Pattern,
    /// Clause id.
    pub clause: &'static str,
}

/// Every state of the model that fits what was observed so far.
pub struct Belief<W: World> {
    states: Vec<W::State>,
    spare: Vec<W::State>,
}

impl<W: World> Default for Belief<W> {
    fn default() -> Belief<W> {
        Belief::new()
    }
}

impl<W: World> Belief<W> {
    /// The start state alone.
    #[must_use]
    pub fn new() -> Belief<W> {
        Belief::of(W::start())
    }

    /// One state alone.
    #[must_use]
    pub fn of(state: W::State) -> Belief<W> {
        Belief { states: vec![state], spare: Vec::new() }
    }

    /// The states.
    #[must_use]
    pub fn states(&self) -> &[W::State] {
        &self.states
    }

    /// Takes an observation in. False when it fits no state: the belief then keeps the states from before.
    #[must_use]
    pub fn observe(&mut self, rules: &Rules, step: &W::Step, answer: &Answer) -> bool {
        let Belief { states, spare } = self;
        spare.clear();
        for state in states.iter() {
            W::predict(rules, state, step, &mut |predicted, next| {
                if predicted.pattern.admits(answer) && !spare.contains(&next) {
                    spare.push(next);
                }
            });
        }
        let fits = !spare.is_empty();
        if fits {
            core::mem::swap(states, spare);
        }
        fits
    }

    /// What was allowed instead of `answer`.
    #[must_use]
    pub fn contradiction(&self, rules: &Rules, step: &W::Step, answer: &Answer) -> Finding {
        let mut expected = Vec::new();
        let mut clauses = Vec::new();
        for state in &self.states {
            W::predict(rules, state, step, &mut |predicted, _| {
                let line = format!("{} [{}]", predicted.pattern, predicted.clause);
                if !expected.contains(&line) {
                    expected.push(line);
                }
                if !clauses.iter().any(|clause| clause == predicted.clause) {
                    clauses.push(predicted.clause.to_owned());
                }
            });
        }
        Finding {
            message: format!("{step:?}: {answer}, allowed: {}", expected.join(" or ")),
            expected,
            observed: answer.to_string(),
            clauses,
            ..Finding::default()
        }
    }
}
