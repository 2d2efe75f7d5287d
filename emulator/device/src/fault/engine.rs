//! Deciding which rule fires.

use super::action::Action;
use super::condition::{HostOperation, States, opcode_of};
use super::plan::{Plan, Rule};
use crate::time::Instant;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What happens, as far as rules can ask.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence {
    /// The command or host operation.
    pub subject: Subject,
    /// The nexus, by the number of its host.
    pub nexus: u8,
    /// When.
    pub now: Instant,
    /// The states that hold.
    pub states: States,
}

/// A command or a host operation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Subject {
    /// A command with this operation code.
    Command(u8),
    /// A host operation.
    Operation(HostOperation),
}

/// A rule that fires.
#[derive(Clone, Debug)]
pub struct Firing {
    /// The rule's name for reports.
    pub rule: String,
    /// What happens.
    pub action: Action,
}

/// Decides which rule fires, from a plan and a seed. The same occurrences in the same order give the same decisions.
#[derive(Clone, Debug)]
pub struct FaultEngine {
    rules: Vec<Installed>,
    random: ChaCha8Rng,
    fired: u64,
}

#[derive(Clone, Debug)]
struct Installed {
    rule: Rule,
    opcode: Option<u8>,
    matched: u64,
    fired: u64,
}

impl Default for FaultEngine {
    fn default() -> FaultEngine {
        FaultEngine::new(0)
    }
}

impl FaultEngine {
    /// No rules; `seed` feeds the random stream behind probabilities.
    #[must_use]
    pub fn new(seed: u64) -> FaultEngine {
        FaultEngine { rules: Vec::new(), random: ChaCha8Rng::seed_from_u64(seed), fired: 0 }
    }

    /// The rules of `plan` under its seed.
    #[must_use]
    pub fn from_plan(plan: &Plan) -> FaultEngine {
        let mut engine = FaultEngine::new(plan.seed);
        plan.rules.iter().for_each(|rule| engine.install(rule.clone()));
        engine
    }

    /// Adds a rule after the others.
    pub fn install(&mut self, rule: Rule) {
        let opcode = rule.when.command.as_deref().and_then(opcode_of);
        self.rules.push(Installed { rule, opcode, matched: 0, fired: 0 });
    }

    /// Removes every rule. The count of firings stays.
    pub fn lift(&mut self) {
        self.rules.clear();
    }

    /// Whether there is no rule: the fast path.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// How many times a rule has fired since the engine was made.
    #[must_use]
    pub fn fired(&self) -> u64 {
        self.fired
    }

    /// The rule that fires for `occurrence`, if any.
    pub fn decide(&mut self, occurrence: &Occurrence) -> Option<Firing> {
        for installed in &mut self.rules {
            if !installed.matches(occurrence) {
                continue;
            }
            installed.matched += 1;
            let this_one = installed.rule.when.nth.is_none_or(|nth| nth == installed.matched);
            let left = installed.rule.times.is_none_or(|times| installed.fired < times);
            if this_one && left && chance(&mut self.random, installed.rule.probability) {
                installed.fired += 1;
                self.fired += 1;
                return Some(Firing {
                    rule: installed.rule.to_string(),
                    action: installed.rule.action.clone(),
                });
            }
        }
        None
    }
}

impl Installed {
    fn matches(&self, occurrence: &Occurrence) -> bool {
        let when = &self.rule.when;
        let subject = match occurrence.subject {
            Subject::Command(opcode) => {
                when.operation.is_none()
                    && !self.rule.action.kind().is_host_operation()
                    && (when.command.is_none() || self.opcode == Some(opcode))
            }
            Subject::Operation(operation) => {
                when.command.is_none()
                    && (self.rule.action.kind().is_host_operation() || when.operation.is_some())
                    && when.operation.is_none_or(|wanted| wanted == operation)
            }
        };
        let (from, until) = when.span();
        let now = occurrence.now.elapsed();
        subject
            && when.nexus.is_none_or(|nexus| nexus == occurrence.nexus)
            && (from..=until).contains(&now)
            && when.state.iter().all(|condition| occurrence.states.meets(*condition))
    }
}

/// True with the given probability; certain ones leave the stream alone.
fn chance(random: &mut ChaCha8Rng, probability: Option<f64>) -> bool {
    match probability {
        None => true,
        Some(p) => (random.next_u64() >> 11) as f64 / ((1u64 << 53) as f64) < p,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::StateCondition;

    fn read_at(nanos: u64) -> Occurrence {
        Occurrence {
            subject: Subject::Command(0x28),
            nexus: 0,
            now: Instant::from_nanos(nanos),
            states: States::DISC,
        }
    }

    #[test]
    fn the_first_match_wins_until_it_is_used_up() {
        let mut engine = FaultEngine::new(0);
        engine.install(Rule::new(Action::Lie {}).on_command("READ(10)").times(1));
        engine.install(Rule::new(Action::Stall {}));
        let fired: Vec<_> = (0..3).map(|_| engine.decide(&read_at(0)).unwrap().action).collect();
        assert_eq!(fired, [Action::Lie {}, Action::Stall {}, Action::Stall {}]);
        assert_eq!(engine.fired(), 3);
        engine.lift();
        assert!(engine.decide(&read_at(0)).is_none());
    }

    #[test]
    fn nth_time_nexus_and_state() {
        let mut engine = FaultEngine::new(0);
        let mut rule = Rule::new(Action::Stall {});
        rule.when.nth = Some(2);
        rule.when.from_ms = Some(1);
        rule.when.nexus = Some(0);
        rule.when.state = vec![StateCondition::Disc];
        engine.install(rule);
        let other_nexus = Occurrence { nexus: 1, ..read_at(2_000_000) };
        let no_disc = Occurrence { states: States::default(), ..read_at(2_000_000) };
        let outcomes: Vec<bool> =
            [read_at(0), read_at(2_000_000), other_nexus, no_disc, read_at(2_000_000), read_at(3_000_000)]
                .iter()
                .map(|occurrence| engine.decide(occurrence).is_some())
                .collect();
        assert_eq!(outcomes, [false, false, false, false, true, false]);
    }

    #[test]
    fn host_operations_and_commands_do_not_mix() {
        let mut engine = FaultEngine::new(0);
        engine.install(Rule::new(Action::ForeignUnlock {}));
        assert!(engine.decide(&read_at(0)).is_none());
        let unlock = Occurrence { subject: Subject::Operation(HostOperation::Unlock), ..read_at(0) };
        assert!(engine.decide(&unlock).is_some());
    }

    #[test]
    fn probability_is_a_function_of_the_seed() {
        let run = |seed| {
            let mut rule = Rule::new(Action::Lie {});
            rule.probability = Some(0.5);
            let mut engine = FaultEngine::from_plan(&Plan { seed, rules: vec![rule] });
            (0..64).map(|_| engine.decide(&read_at(0)).is_some()).collect::<Vec<bool>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let hits = run(1).iter().filter(|hit| **hit).count();
        assert!((16..48).contains(&hits), "{hits} of 64 at one half");
    }
}
