//! CHAP between `discrig serve` and initiators: our own, and those of libiscsi.

use crate::rig::{Folder, Secrets, Served, discrig, discrig_with, words};
use rstest::rstest;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

const IN: &str = "a secret of the test";
const OUT: &str = "an answer of the test";
const BOTH: Secrets<'static> = Secrets { initiator: Some(IN), target: Some(OUT) };
const MUTUAL: [&str; 4] = ["--chap-user", "burner", "--chap-mutual-user", "drives"];

#[rstest]
#[case::right(Some(IN), 0, "yes")]
#[case::wrong(Some("another secret of it"), 96, "DISCRIG_CHAP_SECRET")]
#[case::none(None, 2, "--chap-secret-file")]
fn one_way_and_digests(#[case] initiator: Option<&str>, #[case] code: i32, #[case] said: &str) {
    let served = Served::with(&["--chap-user", "burner"], &Secrets { target: None, ..BOTH });
    let address = served.address.replace("iscsi://", "iscsi://burner@");
    let arguments = ["inspect", &address, "--header-digest", "crc32c", "--data-digest", "crc32c"];
    let inspected = discrig_with(&arguments, &Secrets { initiator, target: None });
    assert_eq!(inspected.status.code(), Some(code), "{}", words(&inspected));
    assert!(words(&inspected).contains(said), "{}", words(&inspected));
    assert!(!words(&inspected).contains("secret of"), "{}", words(&inspected));
    let unproven = discrig(&["inspect", &served.address]);
    assert_eq!(unproven.status.code(), Some(96), "{}", words(&unproven));
}

#[rstest]
#[case::right("burner", "drives", BOTH, 0, "yes")]
#[case::wrong_secret("burner", "drives", Secrets { target: Some("some other answer"), ..BOTH }, 96, "did not prove who it is")]
#[case::wrong_name("burner", "drivel", BOTH, 96, "did not prove who it is")]
#[case::wrong_initiator("burner", "drives", Secrets { initiator: Some("another secret of it"), ..BOTH }, 96, "authentication failure")]
#[case::wrong_user("burned", "drives", BOTH, 96, "authentication failure")]
#[case::one_secret("burner", "drives", Secrets { target: Some(IN), ..BOTH }, 2, "different CHAP secrets")]
#[case::no_secret("burner", "drives", Secrets { target: None, ..BOTH }, 2, "DISCRIG_CHAP_MUTUAL_SECRET")]
fn mutual(
    #[case] user: &str,
    #[case] target: &str,
    #[case] secrets: Secrets<'_>,
    #[case] code: i32,
    #[case] said: &str,
) {
    let served = Served::with(&MUTUAL, &BOTH);
    let address = served.address.replace("iscsi://", &format!("iscsi://{user}@"));
    let inspected = discrig_with(&["inspect", &address, "--chap-mutual-user", target], &secrets);
    let words = words(&inspected);
    assert_eq!(inspected.status.code(), Some(code), "{words}");
    assert!(words.contains(said), "{words}");
    for secret in [IN, OUT, "another secret of it", "some other answer"] {
        assert!(!words.contains(secret), "{words}");
    }
}

#[test]
fn who_is_not_asked_proves_nothing_and_who_cannot_lets_nobody_in() {
    let served = Served::with(&MUTUAL, &BOTH);
    let address = served.address.replace("iscsi://", "iscsi://burner@");
    let one_way = discrig_with(&["inspect", &address], &Secrets { target: None, ..BOTH });
    assert_eq!(one_way.status.code(), Some(0), "{}", words(&one_way));
    let served = Served::with(&MUTUAL[..2], &Secrets { target: None, ..BOTH });
    let address = served.address.replace("iscsi://", "iscsi://burner@");
    let asked = discrig_with(&["inspect", &address, "--chap-mutual-user", "drives"], &BOTH);
    assert_eq!(asked.status.code(), Some(96), "{}", words(&asked));
}

#[test]
fn secrets_come_from_files_that_nobody_else_can_read() {
    let folder = Folder::new();
    let [initiator, target] = [("in", IN), ("out", OUT)].map(|(name, secret)| {
        let path = folder.file(name, format!("{secret}\n").as_bytes());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path.to_str().unwrap().to_owned()
    });
    let files = ["--chap-secret-file", &initiator, "--chap-mutual-secret-file", &target];
    let served = Served::with(&[&MUTUAL[..], &files].concat(), &Secrets::default());
    let address = served.address.replace("iscsi://", "iscsi://burner@");
    let inspect = ["inspect", &address, "--chap-mutual-user", "drives"];
    let inspected = discrig(&[&inspect[..], &files].concat());
    assert_eq!(inspected.status.code(), Some(0), "{}", words(&inspected));
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    for arguments in [&inspect[..], &["serve", "--drive", "b", MUTUAL[0], MUTUAL[1], MUTUAL[2], MUTUAL[3]]] {
        let refused = discrig(&[arguments, &files].concat());
        assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
        assert!(words(&refused).contains("others can read") && !words(&refused).contains(OUT));
    }
}

#[rstest]
#[case::server_without_user(&["serve", "--drive", "a", "--chap-mutual-user", "x"], "--chap-mutual-user needs --chap-user")]
#[case::server_file(&["serve", "--drive", "a", "--chap-mutual-secret-file", "/x"], "--chap-mutual-secret-file needs")]
#[case::initiator(&["inspect", "iscsi://127.0.0.1/iqn.2026-11.dev.discrig:a/0", "--chap-mutual-user", "x"], "needs a user in the address")]
fn halves_are_named(#[case] arguments: &[&str], #[case] said: &str) {
    let output = discrig_with(arguments, &BOTH);
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    assert!(words(&output).contains(said), "{}", words(&output));
}

/// libiscsi's tool, which has its secrets from the address: whether it gets an answer that has this in it.
fn is_answered(tool: &str, address: &str, expected: &str) -> bool {
    let output = Command::new(tool).args(["-i", "iqn.2026-11.dev.discrig:peer", address]).output();
    let output = output.expect("the tool starts");
    output.status.success() && words(&output).contains(expected)
}

#[test]
#[ignore = "needs iscsi-ls and iscsi-inq of libiscsi, which few machines have"]
fn libiscsi_proves_itself_and_asks_for_proof() {
    let served = Served::with(&MUTUAL, &BOTH);
    let (portal, unit) = served.address.strip_prefix("iscsi://").unwrap().split_once('/').unwrap();
    let query = |user: &str, password: &str| format!("?target_user={user}&target_password={password}");
    for (user, password, mutual, is_welcome) in [
        ("burner", IN, query("drives", OUT), true),
        ("burner", IN, String::new(), true),
        ("burner", IN, query("drives", "some other answer"), false),
        ("burner", IN, query("drivel", OUT), false),
        ("burner", "another secret of it", query("drives", OUT), false),
        ("burned", IN, query("drives", OUT), false),
    ] {
        let case = format!("{user} {password} {mutual}");
        let listed = format!("iscsi://{user}%{password}@{portal}/{mutual}");
        assert_eq!(is_answered("iscsi-ls", &listed, "iqn.2026-11.dev.discrig:a"), is_welcome, "ls: {case}");
        let drive = format!("iscsi://{user}%{password}@{portal}/{unit}{mutual}");
        assert_eq!(is_answered("iscsi-inq", &drive, "DISCRIG"), is_welcome, "inq: {case}");
    }
}
