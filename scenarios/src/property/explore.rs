//! Small worlds walked completely.

use super::{Belief, Detail, Rules, World, complete, run_case};
use crate::stage::Stage;
use crate::stop::{Finding, Stop};
use std::collections::{BTreeMap, VecDeque};

/// How far a walk went.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Walk {
    /// States of the model that were reached for real.
    pub states: usize,
    /// Steps judged, one for each state and each step that is within bounds there.
    pub transitions: usize,
    /// Steps performed, the ways to the states included.
    pub steps: usize,
}

/// Takes every step of `alphabet` that is `within` bounds in every reachable state of the model, for real: each state is reached anew by the
/// shortest way from the known state. `property` is a property of the same world: what is found can be replayed under its slug.
///
/// # Errors
/// [`Stop::Fail`] at the first answer that the model does not allow; [`Stop::Inconclusive`] when there are more than
/// `limit` states or a step's answer leaves several states possible.
pub fn explore<W: World>(
    property: &str,
    stage: &mut Stage<'_>,
    alphabet: &[W::Step],
    within: impl Fn(&W::State, &W::Step) -> bool,
    limit: usize,
) -> Result<Walk, Stop> {
    let rules = Rules::of(stage.bench.capabilities());
    let mut ways: BTreeMap<W::State, Vec<usize>> = BTreeMap::from([(W::start(), Vec::new())]);
    let mut queue = VecDeque::from([W::start()]);
    let mut walk = Walk::default();
    while let Some(state) = queue.pop_front() {
        let way = ways.get(&state).cloned().unwrap_or_default();
        for (entry, step) in alphabet.iter().enumerate().filter(|(_, step)| within(&state, step)) {
            let next = advance::<W>(property, stage, &rules, alphabet, &way, state, step)?;
            walk.transitions += 1;
            walk.steps += way.len() + 1;
            if !ways.contains_key(&next) {
                if ways.len() == limit {
                    return Err(Stop::Inconclusive(format!("more than {limit} states")));
                }
                ways.insert(next, way.iter().copied().chain([entry]).collect());
                queue.push_back(next);
            }
        }
    }
    walk.states = ways.len();
    Ok(walk)
}

/// Goes the way to a state and takes one more step, whose answer is judged.
fn advance<W: World>(
    slug: &str,
    stage: &mut Stage<'_>,
    rules: &Rules,
    alphabet: &[W::Step],
    way: &[usize],
    state: W::State,
    step: &W::Step,
) -> Result<W::State, Stop> {
    stage.restore()?;
    let mut cast = W::cast(stage)?;
    for entry in way {
        W::perform(&mut cast, stage, &alphabet[*entry])?;
    }
    let answer = W::perform(&mut cast, stage, step)?;
    let mut belief = Belief::<W>::of(state);
    if !belief.observe(rules, step, &answer) {
        let finding = belief.contradiction(rules, step, &answer);
        drop(cast);
        return Err(tell::<W>(slug, stage, alphabet, way, step, finding));
    }
    match belief.states() {
        [next] => Ok(*next),
        several => {
            Err(Stop::Inconclusive(format!("{step:?}: {answer} leaves {} states possible", several.len())))
        }
    }
}

fn tell<W: World>(
    slug: &str,
    stage: &mut Stage<'_>,
    alphabet: &[W::Step],
    way: &[usize],
    step: &W::Step,
    finding: Finding,
) -> Stop {
    let steps: Vec<W::Step> =
        way.iter().map(|entry| alphabet[*entry].clone()).chain([step.clone()]).collect();
    let finding = match run_case::<W>(stage, &steps, Detail::Told) {
        Err(Stop::Fail(told)) => *told,
        _ => finding,
    };
    Stop::Fail(Box::new(complete::<W>(slug, stage, &steps, finding)))
}
