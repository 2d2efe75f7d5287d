//! What events add up to.

use discrig_reports::{
    Counts, Event, ExitCode, Expectation, Finding, Outcome, Record, Results, Run, RunState, Scenario,
    Verdict, exit_code,
};

use crate::common;

fn exit(events: &[Event]) -> ExitCode {
    exit_code(&Run::from_events(events))
}

/// A run of two scenarios, the first of which passed, with these events before its end.
fn with(middle: &[Event]) -> Vec<Event> {
    let mut header = common::header();
    header.plan = vec![Scenario::unplanned("a.one"), Scenario::unplanned("a.two")];
    let mut events = vec![common::started(header), common::finished("a.one", Outcome::new(Verdict::Pass))];
    events.extend_from_slice(middle);
    events.push(common::over(1));
    events
}

fn second(verdict: Verdict, expectation: Option<Expectation>) -> Vec<Event> {
    with(&[common::finished("a.two", Outcome { expectation, ..Outcome::new(verdict) })])
}

#[test]
fn exit_codes_of_verdicts() {
    use ExitCode::{AsExpected, Incomplete, Nonconformance};
    let reason = String::new;
    let expected = || Some(Expectation::ExpectedFail { reason: reason() });
    let unexpected = || Some(Expectation::UnexpectedPass { reason: reason() });
    let stale = || Some(Expectation::Stale { reason: reason() });
    let rows = [
        // verdict, without expectation, expected failure, unexpected pass, stale
        (Verdict::Untested, [Incomplete, Incomplete, Nonconformance, Nonconformance]),
        (Verdict::Skipped, [AsExpected, AsExpected, Nonconformance, Nonconformance]),
        (Verdict::Pass, [AsExpected, AsExpected, Nonconformance, Nonconformance]),
        (Verdict::Inconclusive, [AsExpected, AsExpected, Nonconformance, Nonconformance]),
        (Verdict::Fail, [Nonconformance, AsExpected, Nonconformance, Nonconformance]),
        (Verdict::Error, [Nonconformance, Nonconformance, Nonconformance, Nonconformance]),
    ];
    for (verdict, codes) in rows {
        let got =
            [None, expected(), unexpected(), stale()].map(|expectation| exit(&second(verdict, expectation)));
        assert_eq!(got, codes, "{verdict}");
    }
}

#[test]
fn exit_codes_of_runs() {
    let lost = Event::TargetLost { reason: "unplugged".to_owned() };
    let stopped = Event::Interrupted { signal: "SIGTERM".to_owned() };
    let setup = Event::SetupFailed { reason: "no such device".to_owned() };
    let stale = Event::StaleExpectation { entry: "x".to_owned(), reason: "gone".to_owned() };
    let failed = common::finished("a.two", Outcome::failed(Finding::default()));
    let passed = common::finished("a.two", Outcome::new(Verdict::Pass));

    assert_eq!(exit(&[]), ExitCode::Incomplete);
    assert_eq!(exit(&common::passing()), ExitCode::AsExpected);
    assert_eq!(exit(&common::full()), ExitCode::Nonconformance);
    assert_eq!(exit(&common::empty()), ExitCode::NothingRan);
    assert_eq!(exit(&common::passing()[..5]), ExitCode::Incomplete);
    assert_eq!(exit(&with(&[passed.clone(), stale])), ExitCode::Nonconformance);
    assert_eq!(exit(&with(&[failed.clone(), lost.clone()])), ExitCode::Incomplete);
    assert_eq!(exit(&with(&[passed.clone(), stopped])), ExitCode::Incomplete);
    assert_eq!(exit(&with(&[passed, lost, setup])), ExitCode::SetupFailed);
}

#[test]
fn skips_alone_are_nothing() {
    let mut events = vec![common::started(common::header())];
    for scenario in common::header().plan {
        events.push(common::finished(&scenario.slug, Outcome::skipped("no disc")));
    }
    events.push(common::over(1));
    let run = Run::from_events(&events);
    assert_eq!((run.verdict(), exit_code(&run)), (Verdict::Skipped, ExitCode::NothingRan));
    assert_eq!(run.skips().len(), 1);
}

#[test]
fn numbers_of_exit_codes_are_permanent() {
    assert_eq!(ExitCode::ALL.map(ExitCode::code), [0, 2, 4, 96, 100, 106, 110]);
    for exit in ExitCode::ALL {
        assert_eq!(ExitCode::try_from(exit.code()), Ok(exit));
    }
    assert!(ExitCode::try_from(1).is_err());
}

#[test]
fn ladder() {
    assert!(Verdict::ALL.is_sorted());
    assert_eq!(Verdict::worst([]), Verdict::Untested);
    for (rank, &verdict) in Verdict::ALL.iter().enumerate() {
        assert_eq!(Verdict::worst(Verdict::ALL[..=rank].iter().copied()), verdict);
        assert_eq!(serde_json::to_string(&verdict).unwrap(), format!("\"{verdict}\""));
    }
}

#[test]
fn reasons() {
    let record = |started, outcome| Record { scenario: Scenario::unplanned("a"), started, outcome };
    let check = |record: Record, reason: &str| assert_eq!(record.reason(), reason);
    check(record(false, None), "the run ended before its turn");
    check(record(true, None), "the run ended while it was under way");
    check(record(true, Some(Outcome::new(Verdict::Pass))), "");
    check(record(true, Some(Outcome::new(Verdict::Skipped))), "no reason was given");
    check(record(true, Some(Outcome::skipped("no disc"))), "no disc");
    let finding = Finding { message: "wrong".to_owned(), ..Finding::default() };
    check(record(true, Some(Outcome::failed(finding))), "wrong");
}

#[test]
fn first_trouble_and_worst_outcome_are_kept() {
    let lost = |reason: &str| Event::TargetLost { reason: reason.to_owned() };
    let mut events = with(&[lost("unplugged"), lost("again")]);
    events.push(common::finished("a.one", Outcome::failed(Finding::default())));
    events.push(common::finished("a.one", Outcome::new(Verdict::Pass)));
    let run = Run::from_events(&events);
    assert_eq!(run.trouble().as_deref(), Some("Target lost: unplugged"));
    assert_eq!(run.record("a.one").unwrap().verdict(), Verdict::Fail);
}

#[test]
fn scenario_outside_the_plan_counts() {
    let run = Run::from_events(&with(&[common::finished("b.three", Outcome::new(Verdict::Fail))]));
    assert_eq!(run.counts(), Counts { untested: 1, pass: 1, fail: 1, ..Counts::default() });
    assert_eq!(run.families().iter().map(|family| family.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

/// Steele and Vigna's mixer: enough to reach every event in every order.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) as usize >> 1
}

fn random_event(state: &mut u64) -> Event {
    let slug = format!("{}.{}", ["a", "b", "c"][next(state) % 3], next(state) % 6);
    match next(state) % 12 {
        0 => common::started(common::header()),
        1 => Event::TargetLost { reason: slug },
        2 => Event::Interrupted { signal: slug },
        3 => Event::StaleExpectation { entry: slug.clone(), reason: slug },
        4 => common::over(1),
        5 | 6 => Event::ScenarioStarted { slug },
        _ => common::finished(&slug, Outcome::new(Verdict::ALL[next(state) % 6])),
    }
}

#[test]
fn counts_add_up_whatever_happens() {
    for seed in 0..500 {
        let mut state = seed;
        let mut run = Run::new();
        for step in 0..60 {
            run.apply(&random_event(&mut state));
            let total = run.records().count();
            let counts = run.counts();
            let families = run.families();
            let skipped: usize = run.skips().iter().map(|group| group.slugs.len()).sum();
            let context = format!("seed {seed}, step {step}");
            assert_eq!(counts.total(), total, "{context}");
            assert_eq!(
                families.iter().map(|family| family.counts.total()).sum::<usize>(),
                total,
                "{context}"
            );
            assert_eq!(skipped + counts.ran(), total, "{context}");
            assert_eq!(counts.worst(), run.verdict(), "{context}");
            assert_eq!(
                Verdict::worst(families.iter().map(|family| family.verdict)),
                run.verdict(),
                "{context}"
            );
            let clean = exit_code(&run) == ExitCode::AsExpected;
            assert!(!clean || (run.is_conforming() && counts.ran() > 0 && counts.untested == 0), "{context}");
            assert!(!clean || run.state() == RunState::Finished, "{context}");
        }
        let results = Results::from(&run);
        assert_eq!(results.counts, results.scenarios.iter().map(|scenario| scenario.verdict).collect());
    }
}

#[test]
fn events_are_what_they_say_in_json() {
    for event in common::full().into_iter().chain(common::interrupted()) {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event, "{text}");
    }
    let text = r#"{"event":"scenario-finished","slug":"a.b","outcome":{"verdict":"pass","colour":"blue"}}"#;
    assert!(serde_json::from_str::<Event>(text).unwrap_err().to_string().contains("colour"));
}

#[test]
fn stamp_is_to_the_second_and_in_utc() {
    let stamp = discrig_reports::timestamp_now();
    let read: jiff::Timestamp = stamp.parse().unwrap();
    assert_eq!((stamp.len(), read.subsec_nanosecond(), stamp.ends_with('Z')), (20, 0, true), "{stamp}");
}
