//! The folder where discrig's processes leave word for each other, and proof of who is alive.
//!
//! Writers use the first folder that they can have; readers look into all of them, so that a root process finds what a user's process left.

use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use rustix::io::Errno;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::env;
use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Names another folder; for tests and for machines without `/run`.
const VARIABLE: &str = "DISCRIG_RUNTIME_DIR";
const SYSTEM: &str = "/run/discrig";
/// Records are small; anything larger is none of ours.
const RECORD_MAX: u64 = 4096;

/// Where records are written and looked for.
#[derive(Clone, Debug)]
pub(crate) struct RuntimeFolder {
    write: Option<PathBuf>,
    read: Vec<PathBuf>,
}

impl RuntimeFolder {
    /// The folders of this machine and user.
    pub(crate) fn of_system() -> RuntimeFolder {
        if let Some(folder) = env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
            return RuntimeFolder::single(PathBuf::from(folder));
        }
        let user = rustix::process::geteuid();
        let session = env::var_os("XDG_RUNTIME_DIR").map(|folder| PathBuf::from(folder).join("discrig"));
        let fallback = env::temp_dir().join(format!("discrig-{}", user.as_raw()));
        let write = if user.is_root() {
            vec![PathBuf::from(SYSTEM)]
        } else {
            [Some(PathBuf::from(SYSTEM)), session.clone(), Some(fallback.clone())]
                .into_iter()
                .flatten()
                .collect()
        };
        let mut read = vec![PathBuf::from(SYSTEM), fallback];
        read.extend(session);
        read.extend(children("/run/user").into_iter().map(|folder| folder.join("discrig")));
        read.sort();
        read.dedup();
        RuntimeFolder { write: write.into_iter().find(|folder| usable(folder)), read }
    }

    /// One folder for everything.
    pub(crate) fn single(folder: PathBuf) -> RuntimeFolder {
        RuntimeFolder { write: usable(&folder).then(|| folder.clone()), read: vec![folder] }
    }

    /// Creates a record that is locked as long as the returned file is open.
    ///
    /// # Errors
    /// That no folder can be written, or what the system said.
    pub(crate) fn create(&self, stem: &str, value: &impl Serialize) -> io::Result<RecordFile> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let folder = self.write.as_ref().ok_or(io::ErrorKind::PermissionDenied)?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{stem}.{}.{number}", std::process::id()));
        let hidden = folder.join(format!(".{stem}.{}.{number}", std::process::id()));
        let flags = OFlags::CREATE | OFlags::WRONLY | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::open(&hidden, flags, Mode::from_raw_mode(0o644))?;
        flock(&fd, FlockOperation::NonBlockingLockExclusive)?;
        let mut file = File::from(fd);
        file.write_all(&serde_json::to_vec(value)?)?;
        // It appears complete and locked, or not at all.
        fs::rename(&hidden, &path)?;
        Ok(RecordFile { _locked: file, path, stays: false })
    }

    /// Every record whose name begins with `stem`, in the order of their names.
    pub(crate) fn records<T: DeserializeOwned>(&self, stem: &str) -> Vec<FoundRecord<T>> {
        let prefix = format!("{stem}.");
        let begins = |path: &PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(&prefix))
        };
        let mut paths: Vec<PathBuf> = self.read.iter().flat_map(children).filter(begins).collect();
        paths.sort();
        paths.into_iter().filter_map(|path| read_record(path).ok()).collect()
    }
}

/// A record of this process. Dropping it removes it, unless it is to stay, then lets its lock go.
#[derive(Debug)]
pub(crate) struct RecordFile {
    _locked: File,
    path: PathBuf,
    stays: bool,
}

impl RecordFile {
    /// Says whether the record outlives this process.
    pub(crate) fn set_stays(&mut self, stays: bool) {
        self.stays = stays;
    }
}

impl Drop for RecordFile {
    fn drop(&mut self) {
        if !self.stays {
            // A record that cannot be removed is stale as soon as the lock is gone.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A record that was found, and whether its writer still holds it.
#[derive(Debug)]
pub(crate) struct FoundRecord<T> {
    pub(crate) path: PathBuf,
    pub(crate) value: T,
    pub(crate) held: bool,
}

impl<T> FoundRecord<T> {
    /// Removes a record whose writer is gone.
    pub(crate) fn remove(&self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

fn read_record<T: DeserializeOwned>(path: PathBuf) -> io::Result<FoundRecord<T>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(&path, flags, Mode::empty())?);
    let held = match flock(&file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => false,
        Err(Errno::WOULDBLOCK) => true,
        Err(errno) => return Err(errno.into()),
    };
    let mut bytes = Vec::new();
    file.take(RECORD_MAX).read_to_end(&mut bytes)?;
    let value = serde_json::from_slice(&bytes)?;
    Ok(FoundRecord { path, value, held })
}

/// Makes the folder if need be; everybody may leave records in the system's one, as in `/tmp`.
fn usable(folder: &Path) -> bool {
    if !folder.is_dir() {
        if fs::create_dir(folder).is_err() {
            return false;
        }
        let mode = if folder == Path::new(SYSTEM) { 0o1777 } else { 0o755 };
        if fs::set_permissions(folder, Permissions::from_mode(mode)).is_err() {
            return false;
        }
    }
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_ok()
}

fn children(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

/// A process, so that its number cannot be taken for that of a later one.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProcessStamp {
    boot: String,
    pid: u32,
    /// Clock ticks from boot to the start of the process.
    started: u64,
}

impl ProcessStamp {
    /// This process.
    pub(crate) fn current() -> ProcessStamp {
        ProcessStamp::of(std::process::id())
    }

    /// The process that started this one.
    pub(crate) fn parent() -> Option<ProcessStamp> {
        let pid = rustix::process::getppid()?;
        Some(ProcessStamp::of(u32::try_from(pid.as_raw_nonzero().get()).ok()?))
    }

    fn of(pid: u32) -> ProcessStamp {
        ProcessStamp { boot: boot_id(), pid, started: start_time(pid).unwrap_or(0) }
    }

    /// Process number.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether the very process still runs. A zombie does not: what it held is free.
    pub(crate) fn is_alive(&self) -> bool {
        self.boot == boot_id() && start_time(self.pid) == Some(self.started)
    }
}

fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned()).unwrap_or_default()
}

fn start_time(pid: u32) -> Option<u64> {
    start_time_in(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Field 22 of `/proc/PID/stat` (proc(5)), `None` for the dead. The second field is a name in parentheses that may itself
/// contain blanks and parentheses.
fn start_time_in(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    match fields.next()? {
        "Z" | "X" | "x" => None,
        _ => fields.nth(18)?.parse().ok(),
    }
}

/// A folder for one test, removed in the end.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct TestFolder {
    path: PathBuf,
    folder: RuntimeFolder,
}

#[cfg(test)]
impl TestFolder {
    /// A fresh one; `name` keeps tests apart.
    pub(crate) fn new(name: &str) -> TestFolder {
        let path = env::temp_dir().join(format!("discrig-linux-test-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        TestFolder { folder: RuntimeFolder::single(path.clone()), path }
    }
}

#[cfg(test)]
impl core::ops::Deref for TestFolder {
    type Target = RuntimeFolder;

    fn deref(&self) -> &RuntimeFolder {
        &self.folder
    }
}

#[cfg(test)]
impl Drop for TestFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn records_are_held_until_dropped() {
        let folder = TestFolder::new("records");
        let record = folder.create("owner-11-0", &"word").unwrap();
        let other = folder.create("owner-11-01", &"another drive").unwrap();
        let found = folder.records::<String>("owner-11-0");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].value.as_str(), found[0].held), ("word", true));
        drop((record, other));
        assert!(folder.records::<String>("owner-11-0").is_empty());
    }

    #[test]
    fn what_a_dead_process_left_is_not_held_and_nonsense_is_no_record() {
        let folder = TestFolder::new("stale");
        fs::write(folder.path.join("owner-11-0.1.0"), "\"left\"").unwrap();
        fs::write(folder.path.join("owner-11-0.2.0"), "{nonsense").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.path.join("owner-11-0.3.0")).unwrap();
        let found = folder.records::<String>("owner-11-0");
        assert_eq!(found.len(), 1);
        assert!(!found[0].held);
        found[0].remove().unwrap();
    }

    #[test]
    fn processes_live_and_die() {
        assert!(ProcessStamp::current().is_alive());
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let stamp = ProcessStamp::of(child.id());
        assert!(stamp.is_alive());
        let reused = ProcessStamp { started: stamp.started + 1, ..stamp.clone() };
        assert!(!reused.is_alive());
        let rebooted = ProcessStamp { boot: "another".to_owned(), ..stamp.clone() };
        assert!(!rebooted.is_alive());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!stamp.is_alive());
    }

    #[test]
    fn start_times_are_found_behind_odd_names() {
        let fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";
        assert_eq!(start_time_in(&format!("12 (a) b (c)) {fields}")), Some(4711));
        assert_eq!(start_time_in(&format!("12 (a) {}", fields.replacen('S', "Z", 1))), None);
        assert_eq!(start_time_in("12 (a"), None);
    }
}
