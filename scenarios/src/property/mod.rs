//! Properties: generated sequences of steps, checked against a reference model that holds every state the real thing may be in.
//!
//! A [`World`] has steps, a cast of real actors that perform them, and a model. For each step the model says which answers are allowed and
//! what state each leads to; the [`Belief`] keeps the states that fit what was observed. After an ambiguous answer (did the command that timed
//! out happen?) it holds several, and later observations narrow them. An empty belief is the finding.

mod belief;
pub mod commands;
pub mod drive;
mod drive_cast;
mod drive_model;
mod explore;
pub mod lengths;
pub mod locks;
pub mod nexuses;
mod replay;

pub use belief::{Belief, Predicted};
pub use explore::{Walk, explore};
pub use replay::{Replay, ReplayError};

use crate::answer::Answer;
use crate::stage::Stage;
use crate::stop::{Finding, Stop, Verdict};
use core::cell::RefCell;
use core::fmt::Debug;
use discrig_device::{Capabilities, Capability};
use proptest::strategy::{BoxedStrategy, Strategy};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What the model may rely on, from the capabilities of the bench.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rules {
    /// Commands of other handles are refused while one holds the device.
    pub mandatory_lock: bool,
    /// The owner's name can be asked for.
    pub owner_name: bool,
    /// Nothing but the bench talks to the drive.
    pub quiet_bus: bool,
}

impl Rules {
    /// The rules of a bench with these capabilities.
    #[must_use]
    pub fn of(capabilities: &Capabilities) -> Rules {
        Rules {
            mandatory_lock: capabilities.has(Capability::MandatoryLock),
            owner_name: capabilities.has(Capability::OwnerName),
            quiet_bus: capabilities.has(Capability::QuietBus),
        }
    }
}

/// A kind of world: steps, actors, and the reference model.
pub trait World: Sized + Sync + 'static {
    /// What can be done.
    type Step: Clone + Debug + Serialize + DeserializeOwned + 'static;
    /// A state of the model.
    type State: Copy + Debug + Eq + Ord;
    /// The real actors.
    type Cast;
    /// Which steps a property draws.
    type Mix: Sync;

    /// Skips where the drive says that it cannot do what the mix wants.
    ///
    /// # Errors
    /// [`Stop::Skip`] with the reason.
    fn require(_: &Self::Mix, _: &mut Stage<'_>) -> Verdict {
        Ok(())
    }

    /// Steps that a bench with these capabilities can do, as the mix wants them.
    fn steps(mix: &Self::Mix, capabilities: &Capabilities) -> BoxedStrategy<Self::Step>;

    /// The state of the model when a case begins.
    fn start() -> Self::State;

    /// The actors of a case on a restored bench.
    ///
    /// # Errors
    /// [`Stop::Rig`].
    fn cast(stage: &mut Stage<'_>) -> Result<Self::Cast, Stop>;

    /// Does a step for real.
    ///
    /// # Errors
    /// [`Stop::Rig`] when what is not judged failed.
    fn perform(cast: &mut Self::Cast, stage: &mut Stage<'_>, step: &Self::Step) -> Result<Answer, Stop>;

    /// Every answer that the model allows in `state`, with the state it leads to.
    fn predict(
        rules: &Rules,
        state: &Self::State,
        step: &Self::Step,
        emit: &mut dyn FnMut(Predicted, Self::State),
    );
}

/// A property over a world.
pub struct Property<W: World> {
    /// Which steps it draws.
    pub mix: W::Mix,
    /// Most steps of a case.
    pub length: usize,
}

/// A property of any world.
pub trait Judged: Sync {
    /// Checks it with the stage's number of cases and seed.
    ///
    /// # Errors
    /// [`Stop::Fail`] with the shortest step list found, or why it could not be checked.
    fn check(&self, slug: &str, stage: &mut Stage<'_>) -> Verdict;

    /// Runs one step list.
    ///
    /// # Errors
    /// [`Stop::Fail`] when it violates the model, [`Stop::Rig`] when the steps are not of this property's world.
    fn replay(&self, slug: &str, stage: &mut Stage<'_>, steps: &toml::Value) -> Verdict;
}

/// Steps that shrinking may try, at most.
const SHRINK_LIMIT: u32 = 5_000;

impl<W: World> Judged for Property<W> {
    fn check(&self, slug: &str, stage: &mut Stage<'_>) -> Verdict {
        W::require(&self.mix, stage)?;
        let virtual_time = stage.bench.capabilities().has(Capability::VirtualTime);
        let seed = stage.settings().seed;
        let config = Config {
            cases: stage.settings().cases,
            failure_persistence: None,
            // Shrinking repeats the failing case hundreds of times: an emulated drive does not mind, a physical one would.
            max_shrink_iters: if virtual_time { SHRINK_LIMIT } else { 0 },
            ..Config::default()
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed_bytes(seed, slug));
        let strategy =
            proptest::collection::vec(W::steps(&self.mix, stage.bench.capabilities()), 1..=self.length);
        let stage_cell = RefCell::new(stage);
        let stopped = RefCell::new(None);
        let outcome = TestRunner::new_with_rng(config, rng).run(&strategy, |steps| {
            let mut stage = stage_cell.borrow_mut();
            match run_case::<W>(&mut stage, &steps, Detail::Silent) {
                Ok(()) => Ok(()),
                Err(Stop::Fail(finding)) => Err(TestCaseError::fail(finding.message)),
                Err(other) => {
                    *stopped.borrow_mut() = Some(other);
                    Err(TestCaseError::fail("the rig stopped the case"))
                }
            }
        });
        let stage = stage_cell.into_inner();
        match (outcome, stopped.into_inner()) {
            (Ok(()), _) => Ok(()),
            (Err(TestError::Fail(_, steps)), None) => Err(retell::<W>(slug, stage, &steps)),
            (Err(_), Some(stop)) => Err(stop),
            (Err(TestError::Abort(reason)), None) => Err(Stop::Rig(reason.to_string())),
        }
    }

    fn replay(&self, slug: &str, stage: &mut Stage<'_>, steps: &toml::Value) -> Verdict {
        let steps: Vec<W::Step> = steps
            .clone()
            .try_into()
            .map_err(|error| Stop::Rig(format!("these are no steps of {slug}: {error}")))?;
        match run_case::<W>(stage, &steps, Detail::Told) {
            Err(Stop::Fail(finding)) => {
                Err(Stop::Fail(Box::new(complete::<W>(slug, stage, &steps, *finding))))
            }
            other => other,
        }
    }
}

/// Whether the steps of a case are written down.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Detail {
    /// No: the case is one of many.
    Silent,
    /// Yes.
    Told,
}

/// Runs a step list from the known state and checks every answer.
pub(crate) fn run_case<W: World>(stage: &mut Stage<'_>, steps: &[W::Step], detail: Detail) -> Verdict {
    stage.restore()?;
    let rules = Rules::of(stage.bench.capabilities());
    let mut cast = W::cast(stage)?;
    let mut belief = Belief::<W>::new();
    for step in steps {
        let state = if detail == Detail::Told { stage.bench.snapshot() } else { None };
        let at = stage.bench.now();
        let answer = W::perform(&mut cast, stage, step)?;
        if detail == Detail::Told {
            stage.log("step", &format!("{step:?}"), None, &answer.to_string(), at);
        }
        if !belief.observe(&rules, step, &answer) {
            let mut finding = belief.contradiction(&rules, step, &answer);
            finding.state = state;
            return Err(Stop::Fail(Box::new(finding)));
        }
    }
    Ok(())
}

/// Runs the shortest failing list once more, this time writing everything down.
fn retell<W: World>(slug: &str, stage: &mut Stage<'_>, steps: &[W::Step]) -> Stop {
    match run_case::<W>(stage, steps, Detail::Told) {
        Err(Stop::Fail(finding)) => Stop::Fail(Box::new(complete::<W>(slug, stage, steps, *finding))),
        Err(other) => other,
        Ok(()) => {
            let mut finding = Finding::new("a case failed once and did not fail again with the same steps");
            finding.message.push_str(if stage.bench.capabilities().has(Capability::VirtualTime) {
                ": the bench is not deterministic"
            } else {
                ": the drive's answer is not reproducible"
            });
            Stop::Fail(Box::new(complete::<W>(slug, stage, steps, finding)))
        }
    }
}

fn complete<W: World>(slug: &str, stage: &Stage<'_>, steps: &[W::Step], mut finding: Finding) -> Finding {
    finding.steps = stage.transcript().entries().to_vec();
    finding.seed = Some(stage.settings().seed);
    finding.reproduction = Replay::of(slug, stage.settings().seed, steps).ok().map(|replay| replay.to_toml());
    finding
}

/// The seed of a property: the run's seed and the slug, so that a property alone behaves as in the whole suite.
fn seed_bytes(seed: u64, slug: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    for (index, byte) in slug.bytes().enumerate() {
        let at = 8 + index % 24;
        bytes[at] = bytes[at].rotate_left(3) ^ byte;
    }
    bytes
}

/// A strategy that draws from several with weights; those of weight zero are left out. `None` when nothing is left.
pub(crate) fn weighted<T: Debug + 'static>(
    choices: Vec<(u32, BoxedStrategy<T>)>,
) -> Option<BoxedStrategy<T>> {
    let choices: Vec<_> = choices.into_iter().filter(|(weight, _)| *weight > 0).collect();
    (!choices.is_empty()).then(|| proptest::strategy::Union::new_weighted(choices).boxed())
}
