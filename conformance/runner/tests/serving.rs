//! `discrig serve` and `discrig ctl` as users meet them: exit codes, messages, hands at drives that nobody uses.

#![cfg(unix)]
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "what fails here fails the test")]

use rstest::rstest;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn discrig(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_discrig"))
        .args(arguments)
        .env_remove("DISCRIG_CHAP_SECRET")
        .env_remove("DISCRIG_CHAP_MUTUAL_SECRET")
        .output()
        .expect("the program starts")
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the program was not killed")
}

/// A folder of its own for each test, with a path short enough for sockets.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("discrig-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A running server with a control socket; it is killed when this is dropped.
struct Running {
    child: Child,
    lines: Vec<String>,
    control: PathBuf,
    folder: PathBuf,
}

impl Running {
    fn start(name: &str, drives: &[&str], more: &[&str]) -> Running {
        let folder = folder(name);
        let control = folder.join("control");
        let mut command = Command::new(env!("CARGO_BIN_EXE_discrig"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--grace", "1s", "--log-format", "none"]);
        command.arg("--control").arg(&control);
        for drive in drives {
            command.args(["--drive", drive]);
        }
        let mut child = command.args(more).stdout(Stdio::piped()).spawn().expect("the program starts");
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let lines: Vec<_> = stdout.lines().take(drives.len()).map(Result::unwrap).collect();
        let running = Running { child, lines, control, folder };
        assert!(running.control.exists(), "{:?}", running.lines);
        running
    }

    fn ctl(&self, words: &[&str]) -> Output {
        discrig(&[&["ctl", "--control", self.control.to_str().unwrap()], words].concat())
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.ctl(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", words(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    fn refused(&self, arguments: &[&str], named: &str) {
        let output = self.ctl(arguments);
        assert_eq!(code(&output), 96, "{arguments:?}: {}", words(&output));
        assert!(words(&output).contains(named), "{arguments:?}: {}", words(&output));
    }

    fn state(&self, drive: &str) -> serde_json::Value {
        serde_json::from_str(&self.done(&[drive, "state", "--json"])).unwrap()
    }

    /// Ends it as `kill` does, and gives its exit code.
    fn end(mut self) -> i32 {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().expect("it ended by itself");
            }
            assert!(Instant::now() < end, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[rstest]
#[case::no_drive(&["serve"], 2, "--drive")]
#[case::bad_drive(&["serve", "--drive", "disc=none"], 2, "begins with its name")]
#[case::bad_name(&["serve", "--drive", "a b"], 2, "a name has letters")]
#[case::twice(&["serve", "--drive", "a", "--drive", "a"], 2, "two drives of the name a")]
#[case::bad_profile(&["serve", "--drive", "a,profile=bu40"], 2, "did you mean")]
#[case::bad_disc(&["serve", "--listen", "127.0.0.1:0", "--drive", "a,disc=vinyl"], 96, "is no disc")]
#[case::no_image(&["serve", "--listen", "127.0.0.1:0", "--drive", "a,disc=iso:/nonexistent.iso"], 96, "nonexistent.iso")]
#[case::no_faults(&["serve", "--drive", "a,faults=/nonexistent.toml"], 2, "nonexistent.toml")]
#[case::no_defect(&["serve", "--drive", "a,defect=none"], 2, "no defect")]
#[case::not_of_the_drive(&["serve", "--drive", "a,defect=release-never-frees"], 2, "hosts or recorder objects")]
#[case::open(&["serve", "--listen", "0.0.0.0:0", "--drive", "a"], 2, "--chap-user")]
#[case::no_secret(&["serve", "--chap-user", "u", "--drive", "a"], 2, "DISCRIG_CHAP_SECRET")]
#[case::no_user(&["serve", "--chap-secret-file", "/dev/null", "--drive", "a"], 2, "--chap-user")]
#[case::no_such_address(&["serve", "--listen", "127.0.0.1", "--drive", "a"], 2, "--listen")]
#[case::bad_pace(&["serve", "--pace", "swift", "--drive", "a"], 2, "pace")]
#[case::not_our_address(&["serve", "--listen", "192.0.2.1:0", "--drive", "a"], 2, "reached from elsewhere")]
#[case::nobody_there(&["ctl", "--control", "/nonexistent/socket", "list"], 96, "running?")]
#[case::nothing_to_do(&["ctl", "--control", "/nonexistent/socket", "a"], 2, "what is to be done")]
fn bad_input_is_named(#[case] arguments: &[&str], #[case] expected: i32, #[case] named: &str) {
    let output = discrig(arguments);
    assert_eq!(code(&output), expected, "{}", words(&output));
    assert!(words(&output).contains(named), "{}", words(&output));
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = discrig(&["serve", "--listen", &address, "--drive", "a"]);
    assert_eq!(code(&output), 96, "{}", words(&output));
    assert!(
        words(&output).contains(&address) && words(&output).contains("another port"),
        "{}",
        words(&output)
    );
}

#[test]
fn secrets_of_others_and_short_ones_are_refused_and_never_shown() {
    let folder = folder("secrets");
    let file = folder.join("secret");
    let path = file.to_str().unwrap();
    for (secret, mode, named) in
        [("correct horse battery", 0o644, "others can read"), ("short", 0o600, "12 to 255 bytes")]
    {
        fs::write(&file, secret).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let output = discrig(&["serve", "--chap-user", "u", "--chap-secret-file", path, "--drive", "a"]);
        assert_eq!(code(&output), 2, "{}", words(&output));
        assert!(words(&output).contains(named) && !words(&output).contains(secret), "{}", words(&output));
    }
    let help = words(&discrig(&["serve", "--help"]));
    assert!(help.contains("DISCRIG_CHAP_SECRET") && !help.contains("correct horse"), "{help}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn drives_are_announced_and_the_server_ends_in_order() {
    let running = Running::start("announce", &["a,disc=blank:bd-re", "b,profile=hl-dt-st-bu40n"], &[]);
    assert!(running.lines[0].starts_with("iscsi://127.0.0.1:") && running.lines[0].contains("discrig:a/0"));
    assert!(
        running.lines[1].contains("discrig:b/0") && running.lines[1].contains("BU40N"),
        "{:?}",
        running.lines
    );
    let control = running.control.clone();
    assert_eq!(fs::metadata(&control).unwrap().permissions().mode() & 0o777, 0o600);
    let list = running.done(&["list"]);
    assert!(list.contains("iscsi://") && list.lines().count() == 2, "{list}");
    let second = discrig(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--control",
        control.to_str().unwrap(),
        "--drive",
        "c",
    ]);
    assert_eq!(code(&second), 96, "{}", words(&second));
    assert!(words(&second).contains("another server"), "{}", words(&second));
    assert_eq!(running.end(), 0);
    assert!(!control.exists());
}

#[test]
fn hands_move_trays_and_discs() {
    let running = Running::start("hands", &["a,disc=blank:bd-re"], &[]);
    let tray = |wanted: &str, disc: Option<&str>| {
        let state = running.state("a");
        assert_eq!((state["tray"].as_str(), state["medium"].as_str()), (Some(wanted), disc));
    };
    tray("ready", Some("bd-re"));
    running.done(&["a", "eject"]);
    tray("open", Some("bd-re"));
    running.done(&["a", "load"]);
    running.done(&["a", "button"]);
    tray("open", Some("bd-re"));
    running.done(&["a", "insert", "blank:cd-r"]);
    tray("ready", Some("cd-r"));
    running.done(&["a", "remove"]);
    tray("empty", None);
    running.refused(&["a", "insert", "vinyl"], "is no disc");
    tray("empty", None);
    running.refused(&["b", "eject"], "there is no drive b; there is a");
    running.refused(&["a", "attention", "28/00"], "nobody is logged in");
    assert!(running.done(&["a", "sessions"]).contains("nobody"));
    assert!(running.done(&["a", "state"]).contains("removal prevented by"));
}

#[test]
fn a_foreign_host_holds_the_drive_until_it_is_told_or_its_time_is_over() {
    let running = Running::start("foreign", &["a,disc=blank:bd-re"], &[]);
    running.done(&["a", "lock"]);
    let state = running.state("a");
    assert_eq!(state["reserved-by"].as_array().map(Vec::len), Some(1), "{state}");
    running.refused(&["a", "eject"], "prevented by the foreign host");
    running.refused(&["a", "lock"], "already");
    running.done(&["a", "eject", "--force"]);
    running.done(&["a", "load"]);
    running.done(&["a", "unlock"]);
    running.refused(&["a", "unlock"], "does not hold");
    running.done(&["a", "lock", "--hold", "0.2"]);
    let end = Instant::now() + Duration::from_secs(10);
    while running.state("a")["foreign-lock"].is_string() {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(20));
    }
    running.done(&["a", "eject"]);
}

#[test]
fn plugs_come_out_and_go_back() {
    let running = Running::start("plugs", &["a,disc=blank:bd-re"], &[]);
    running.refused(&["a", "plug", "in"], "in already");
    running.done(&["a", "plug", "out"]);
    running.refused(&["a", "plug", "out"], "already");
    running.refused(&["a", "eject"], "`plug in` comes first");
    assert_eq!(running.state("a")["plugged"], false);
    running.done(&["a", "plug", "in"]);
    running.done(&["a", "plug", "out", "--for", "0.1"]);
    let end = Instant::now() + Duration::from_secs(10);
    while running.state("a")["plugged"] == false {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(running.state("a")["medium"], "bd-re");
}

#[test]
fn faults_are_installed_and_lifted_and_what_cannot_be_is_refused() {
    let running = Running::start("faults", &["a"], &[]);
    let file = running.folder.join("plan.toml");
    let install = |text: &str| {
        fs::write(&file, text).unwrap();
        running.ctl(&["a", "faults", file.to_str().unwrap()])
    };
    let output = install(
        "[[rule]]\ndo = { stall = {} }\n[[rule]]\nwhen = { operation = 'lock' }\ndo = { lost-unlock = {} }\n",
    );
    assert_eq!(code(&output), 0, "{}", words(&output));
    assert_eq!(running.state("a")["fault-rules"], 2);
    running.done(&["a", "faults", "lift"]);
    assert_eq!(running.state("a")["fault-rules"], 0);
    for (text, named) in [
        ("[[rule]]\ndo = { stal = {} }\n", "stal"),
        ("[[rule]]\nwhen = { operation = 'owner' }\ndo = { lost-unlock = {} }\n", "does not see"),
        ("[[rule]]\ndo = { disappear = { identity = 'other' } }\n", "as itself only"),
    ] {
        let output = install(text);
        assert_eq!(code(&output), 96, "{}", words(&output));
        assert!(words(&output).contains(named), "{}", words(&output));
        assert_eq!(running.state("a")["fault-rules"], 0);
    }
}

#[test]
fn the_socket_says_what_is_wrong_with_a_request() {
    let running = Running::start("socket", &["a"], &[]);
    for (line, named) in [
        ("nonsense", "a line of JSON"),
        ("{}", "version 1"),
        (r#"{"version":2,"request":{"list":{}}}"#, "version 1"),
        (r#"{"version":1,"request":{"dance":{}}}"#, "no such request"),
        (r#"{"version":1,"request":{"state":{}}}"#, "needs the name of a drive"),
        (r#"{"version":1,"drive":"z","request":{"state":{}}}"#, "there is no drive z"),
        (r#"{"version":1,"request":{"list":{}}}"#, "\"ok\":["),
    ] {
        assert!(ask(&running.control, line).contains(named), "{line}: {}", ask(&running.control, line));
    }
    // A client that only ever sends is cut off, and the server lives on.
    let mut endless = UnixStream::connect(&running.control).unwrap();
    let mut answer = String::new();
    let piece = vec![b'x'; 1 << 16];
    while endless.write_all(&piece).is_ok() && answer.is_empty() {
        endless.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        let _ = BufReader::new(&endless).read_line(&mut answer);
    }
    assert!(ask(&running.control, r#"{"version":1,"request":{"list":{}}}"#).contains("ok"));
}

fn ask(control: &Path, line: &str) -> String {
    let mut stream = UnixStream::connect(control).unwrap();
    writeln!(stream, "{line}").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
