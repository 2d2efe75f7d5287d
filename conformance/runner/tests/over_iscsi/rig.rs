//! A server in a process of its own, and the command line.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs the command without secrets in its environment.
pub(crate) fn discrig(arguments: &[&str]) -> Output {
    discrig_with(arguments, &Secrets::default())
}

/// Runs the command with these secrets in its environment.
pub(crate) fn discrig_with(arguments: &[&str], secrets: &Secrets<'_>) -> Output {
    secrets.command().args(arguments).output().expect("the program starts")
}

/// The secrets of CHAP in the environment of a command.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Secrets<'a> {
    /// What the initiator proves to know.
    pub(crate) initiator: Option<&'a str>,
    /// What the target proves to know.
    pub(crate) target: Option<&'a str>,
}

impl Secrets<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_discrig"));
        for (variable, secret) in
            [("DISCRIG_CHAP_SECRET", self.initiator), ("DISCRIG_CHAP_MUTUAL_SECRET", self.target)]
        {
            match secret {
                Some(secret) => command.env(variable, secret),
                None => command.env_remove(variable),
            };
        }
        command
    }
}

/// Everything that a command said.
pub(crate) fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A folder that goes when this is dropped, with a path short enough for sockets.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("discrig-over-iscsi-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn file(&self, name: &str, contents: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, contents).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server with one drive `a` and a control socket; it is killed when this is dropped.
pub(crate) struct Served {
    child: Child,
    pub(crate) folder: Folder,
    /// The address of the drive.
    pub(crate) address: String,
    /// The demonstration disc, which is in the drive.
    pub(crate) iso: PathBuf,
}

impl Served {
    pub(crate) fn start() -> Served {
        Served::with(&[], &Secrets::default())
    }

    pub(crate) fn with(more: &[&str], secrets: &Secrets<'_>) -> Served {
        let folder = Folder::new();
        let iso = folder.file("disc.iso", &discrig_bench::demonstration_image());
        let mut command = secrets.command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-format", "none", "--control"]);
        command.arg(folder.0.join("control"));
        command.arg("--drive").arg(format!("a,disc=iso:{}", iso.display())).args(more);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split_whitespace().find(|word| word.starts_with("iscsi://"));
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        Served { child, folder, address, iso }
    }

    /// Sends a signal, and gives the exit code with which the server ends, if it ends by itself.
    pub(crate) fn end_by(&mut self, signal: &str) -> Option<i32> {
        let sent = Command::new("kill").args(["-s", signal, &self.child.id().to_string()]).status();
        assert!(sent.expect("kill starts").success());
        self.child.wait().expect("the server ends").code()
    }

    pub(crate) fn control(&self) -> PathBuf {
        self.folder.0.join("control")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Numbers of scenarios by verdict in a folder of reports.
pub(crate) fn verdicts(reports: &Path) -> std::collections::BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(reports.join("results.json")).expect("there is a report");
    let results: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut found = std::collections::BTreeMap::<String, Vec<String>>::new();
    for scenario in results["scenarios"].as_array().expect("scenarios") {
        let word = |name: &str| scenario[name].as_str().unwrap_or_default().to_owned();
        found.entry(word("verdict")).or_default().push(word("slug"));
    }
    found
}
