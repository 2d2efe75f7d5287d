//! The report directory: what is there when, and what is said when it cannot be.

use std::{
    error::Error as _,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use discrig_reports::{
    DOCUMENTS, Event, JOURNAL_FILE, Operation, ReportError, ReportErrorKind, Reporter, Results, Run,
    RunState, Sink, read_journal, render,
};

use crate::common;

fn results(dir: &Path) -> Results {
    serde_json::from_slice(&fs::read(dir.join("results.json")).unwrap()).unwrap()
}

fn report(dir: &Path, events: &[Event]) -> Reporter {
    let mut reporter = Reporter::create(dir).unwrap();
    for event in events {
        reporter.event(event).unwrap();
    }
    reporter
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const ALL_FILES: [&str; 5] = [JOURNAL_FILE, "junit.xml", "report.html", "results.json", "summary.md"];

#[test]
fn finished_report_is_complete_and_the_journal_tells_the_run() {
    let dir = common::directory("finished").join("made/on/the/way");
    let run = report(&dir, &common::full()).finish().unwrap();
    assert_eq!(names(&dir), ALL_FILES);
    let events = read_journal(&dir.join(JOURNAL_FILE)).unwrap();
    assert_eq!(events, common::full());
    assert_eq!(Run::from_events(&events), run);
    for document in DOCUMENTS {
        assert_eq!(fs::read_to_string(dir.join(document.file)).unwrap(), document.render(&run).unwrap());
    }
}

#[test]
fn report_exists_from_the_first_event_on() {
    let dir = common::directory("killed");
    let events = common::full();
    // Never finished and never dropped: what a killed process leaves behind.
    std::mem::forget(report(&dir, &events[..7]));
    assert_eq!(names(&dir), ALL_FILES);
    assert_eq!(results(&dir).state, RunState::Unfinished);
    assert_eq!(read_journal(&dir.join(JOURNAL_FILE)).unwrap(), events[..7]);
}

#[test]
fn early_end_is_in_the_documents_at_once() {
    let dir = common::directory("lost");
    let mut events = common::full();
    events.truncate(8);
    events.push(Event::TargetLost { reason: "unplugged".to_owned() });
    std::mem::forget(report(&dir, &events));
    assert_eq!(results(&dir).state, RunState::TargetLost);
    assert_eq!(results(&dir).trouble.as_deref(), Some("Target lost: unplugged"));
}

#[test]
fn dropped_reporter_still_writes() {
    let dir = common::directory("dropped");
    drop(report(&dir, &common::full()[..8]));
    assert_eq!(results(&dir).counts.ran(), 1);
}

#[test]
fn new_report_replaces_the_old() {
    let dir = common::directory("replaced");
    report(&dir, &common::full()).finish().unwrap();
    let reporter = Reporter::create(&dir).unwrap();
    assert_eq!(names(&dir), [JOURNAL_FILE], "documents of the last run would be taken for this one's");
    assert_eq!(read_journal(&dir.join(JOURNAL_FILE)).unwrap(), []);
    drop(reporter);
    assert_eq!(names(&dir), ALL_FILES);
}

#[test]
fn subscribers_hear_every_event_and_the_end() {
    struct Recorder(Arc<Mutex<Vec<String>>>);
    impl Sink for Recorder {
        fn on_event(&mut self, event: &Event, run: &Run) -> Result<(), ReportError> {
            assert!(
                run.finished().is_some() || !matches!(event, Event::RunFinished { .. }),
                "not yet in the run"
            );
            self.0.lock().unwrap().push(format!("{event:?}"));
            Ok(())
        }
        fn finish(&mut self, _: &Run) -> Result<(), ReportError> {
            self.0.lock().unwrap().push("end".to_owned());
            Ok(())
        }
    }
    let heard = Arc::new(Mutex::new(Vec::new()));
    let mut reporter = Reporter::create(&common::directory("subscribed")).unwrap();
    reporter.subscribe(Recorder(Arc::clone(&heard)));
    let events = common::interrupted();
    for event in &events {
        reporter.event(event).unwrap();
    }
    reporter.finish().unwrap();
    drop(reporter);
    let mut expected: Vec<_> = events.iter().map(|event| format!("{event:?}")).collect();
    expected.push("end".to_owned());
    assert_eq!(*heard.lock().unwrap(), expected);
}

fn check_error(error: &ReportError, kind: &ReportErrorKind, operation: Operation, path: &Path) {
    assert_eq!((error.kind(), error.operation(), error.path()), (kind, operation, path), "{error}");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    assert!(error.to_string().ends_with(kind.advice()), "{error}");
}

fn refused(dir: &Path) -> ReportError {
    Reporter::create(dir).err().unwrap()
}

#[test]
fn directory_that_is_a_file() {
    let dir = common::directory("obstructed");
    fs::create_dir_all(&dir).unwrap();
    let file = dir.join("report");
    fs::write(&file, "precious").unwrap();
    check_error(&refused(&file), &ReportErrorKind::Obstructed, Operation::Create, &file);
    let below = file.join("below");
    check_error(&refused(&below), &ReportErrorKind::Obstructed, Operation::Create, &below);
    let error = render(&Run::new(), &file).unwrap_err();
    check_error(&error, &ReportErrorKind::Obstructed, Operation::Create, &file);
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
}

#[test]
fn document_whose_place_is_taken() {
    let dir = common::directory("taken");
    fs::create_dir_all(dir.join("summary.md")).unwrap();
    check_error(&refused(&dir), &ReportErrorKind::Obstructed, Operation::Remove, &dir.join("summary.md"));
}

#[cfg(unix)]
#[test]
fn directory_without_permission() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = common::directory("read-only");
    fs::create_dir_all(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o555)).unwrap();
    let almighty = fs::write(dir.join("probe"), "").is_ok();
    // The superuser may write there; what even he may not write to is the kernel's own file system.
    let (dir, kernels) = if almighty { (Path::new("/proc/self/fd"), true) } else { (dir.as_path(), false) };
    if kernels && !dir.exists() {
        return;
    }
    let error = refused(dir);
    assert!(error.source().is_some());
    assert!(matches!(error.kind(), ReportErrorKind::NotWritable | ReportErrorKind::NotFound), "{error:?}");
    assert_eq!(error.path(), dir.join(JOURNAL_FILE));
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_under_the_journal() {
    let dir = common::directory("full-journal");
    fs::create_dir_all(&dir).unwrap();
    let journal = dir.join(JOURNAL_FILE);
    std::os::unix::fs::symlink("/dev/full", &journal).unwrap();
    check_error(&refused(&dir), &ReportErrorKind::Full, Operation::Write, &journal);
}

/// The disk that fills while the run goes on: each document is first written beside its place.
#[cfg(target_os = "linux")]
#[test]
fn full_disk_under_a_document() {
    let dir = common::directory("full-document");
    let mut reporter = report(&dir, &common::full());
    let partial = dir.join(".junit.xml.partial");
    std::os::unix::fs::symlink("/dev/full", &partial).unwrap();
    let before = fs::read(dir.join("junit.xml")).unwrap();
    let error = reporter.finish().unwrap_err();
    check_error(&error, &ReportErrorKind::Full, Operation::Write, &partial);
    assert_eq!(fs::read(dir.join("junit.xml")).unwrap(), before, "the old file gave way to half a new one");
    assert_eq!(
        results(&dir).state,
        RunState::Finished,
        "one failure kept the other documents from being written"
    );
    assert_eq!(names(&dir), ALL_FILES);
    assert_eq!(*reporter.run(), Run::from_events(&common::full()));
}

fn journal(name: &str, bytes: &[u8]) -> Result<Vec<Event>, ReportError> {
    let dir = common::directory(name);
    fs::create_dir_all(&dir).unwrap();
    let path = dir.join(JOURNAL_FILE);
    fs::write(&path, bytes).unwrap();
    read_journal(&path)
}

#[test]
fn journals_that_are_damaged_or_none() {
    let check = |bytes: &[u8], wanted_line| match journal("damaged", bytes).unwrap_err().kind() {
        ReportErrorKind::Malformed { line, .. } => assert_eq!(*line, wanted_line),
        kind => panic!("{kind:?}"),
    };
    check(b"", 1);
    check(b"\n\n", 1);
    check(b"\xff\xfe\n", 1);
    check(b"{\"journal\":\"discrig-events/2\"}\n", 1);
    check(
        b"{\"journal\":\"discrig-events/1\"}\n{\"event\":\"note\",\"text\":\"a\"}\n{\"event\":\"no\n{}\n",
        3,
    );
    let missing = common::directory("no-journal").join(JOURNAL_FILE);
    let error = read_journal(&missing).unwrap_err();
    check_error(&error, &ReportErrorKind::NotFound, Operation::Read, &missing);
}

#[test]
fn journal_cut_short_by_a_kill() {
    let whole = b"{\"journal\":\"discrig-events/1\"}\n{\"event\":\"note\",\"text\":\"a\"}\n{\"event\":\"note\",\"text\":\"b\"}\n";
    let first = Event::Note { text: "a".to_owned() };
    let second = Event::Note { text: "b".to_owned() };
    let lines: Vec<_> =
        (0..whole.len()).filter(|&index| whole[index] == b'\n').map(|index| index + 1).collect();
    for end in lines[0]..=whole.len() {
        let events = journal("cut", &whole[..end]).unwrap();
        let complete = lines.iter().filter(|&&line| line <= end).count() - 1;
        assert_eq!(events, [first.clone(), second.clone()][..complete]);
    }
}
