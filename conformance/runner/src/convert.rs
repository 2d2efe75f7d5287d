//! From what the suite says to what the reports tell.

use discrig_reports as reports;
use discrig_scenarios::{Finding, Kind, Level, Scenario, Stop};
use reports::{AllowedAnswer, Outcome, StepRecord, Verdict};

/// A scenario of the plan.
pub(crate) fn scenario(scenario: &Scenario) -> reports::Scenario {
    reports::Scenario {
        slug: scenario.slug.to_owned(),
        summary: scenario.summary.to_owned(),
        kind: match scenario.kind() {
            Kind::Example => reports::Kind::Example,
            Kind::Exhaustive => reports::Kind::Exhaustive,
            Kind::Property => reports::Kind::Property,
        },
        level: match scenario.level {
            Level::May => reports::Level::May,
            Level::Should => reports::Level::Should,
            Level::Must => reports::Level::Must,
        },
        hazard: scenario.hazard.name().to_owned(),
        clauses: scenario.clauses.iter().map(|clause| (*clause).to_owned()).collect(),
    }
}

/// The registry of clauses.
pub(crate) fn clauses() -> Vec<reports::Clause> {
    let documents: std::collections::BTreeMap<_, _> = discrig_fixtures::documents().collect();
    discrig_fixtures::clauses()
        .map(|(id, clause)| reports::Clause {
            id: id.to_owned(),
            document: documents
                .get(clause.document.as_str())
                .map_or(clause.document.as_str(), |document| document.title.as_str())
                .to_owned(),
            number: clause.number.clone(),
            title: clause.title.clone(),
        })
        .collect()
}

/// What came of a scenario, without times.
pub(crate) fn outcome(verdict: &Result<(), Stop>, remarks: &[String]) -> Outcome {
    let with_reason =
        |verdict, reason: &str| Outcome { reason: Some(reason.to_owned()), ..Outcome::new(verdict) };
    match verdict {
        Ok(()) if remarks.is_empty() => Outcome::new(Verdict::Pass),
        Ok(()) => with_reason(Verdict::Pass, &remarks.join("; ")),
        Err(Stop::Fail(found)) => Outcome::failed(finding(found)),
        Err(Stop::Inconclusive(reason)) => with_reason(Verdict::Inconclusive, reason),
        Err(Stop::Skip(reason)) => Outcome::skipped(reason),
        Err(Stop::Lost(reason) | Stop::Rig(reason)) => with_reason(Verdict::Error, reason),
        Err(Stop::Interrupted) => with_reason(Verdict::Untested, "interrupted"),
    }
}

fn finding(found: &Finding) -> reports::Finding {
    reports::Finding {
        message: found.message.clone(),
        expected: found.expected.iter().map(|text| allowed(text)).collect(),
        observed: found.observed.clone(),
        clauses: found.clauses.clone(),
        steps: found
            .steps
            .iter()
            .zip(1..)
            .map(|(step, n)| StepRecord {
                n,
                actor: step.actor.clone(),
                action: step.action.clone(),
                cdb: step.cdb.map(|cdb| cdb.to_string()),
                answer: step.answer.clone(),
                sense: None,
                elapsed_ns: step.until.as_nanos().saturating_sub(step.at.as_nanos()),
            })
            .collect(),
        seed: found.seed,
        reproduction: found.reproduction.clone(),
        state_before: found.state.as_deref().and_then(|state| serde_json::from_str(state).ok()),
    }
}

/// An allowed answer and its clause, as the suite writes them: `answer [clause]`.
fn allowed(text: &str) -> AllowedAnswer {
    match text.strip_suffix(']').and_then(|text| text.rsplit_once(" [")) {
        Some((answer, clause)) => {
            AllowedAnswer { answer: answer.to_owned(), clauses: vec![clause.to_owned()] }
        }
        None => AllowedAnswer { answer: text.to_owned(), clauses: Vec::new() },
    }
}
