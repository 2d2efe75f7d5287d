//! A guest's life: QEMU's command line, its monitor, and a deadline.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::lanes::Drive;
use super::tools;
use crate::children::{self, Death};

/// How often the host looks at the guest's requests.
const POLL: Duration = Duration::from_millis(20);

/// Arguments that are the same for every guest. Software emulation alone: it works on every machine.
const COMMON: &[&str] = &[
    "-machine",
    "pc",
    "-accel",
    "tcg,thread=multi",
    "-cpu",
    "max",
    "-smp",
    "2",
    "-m",
    "512",
    "-nodefaults",
    "-no-user-config",
    "-no-reboot",
    "-display",
    "none",
    "-qmp",
    "stdio",
];

/// Firmware that starts a kernel and does nothing else. QEMU has it beside the usual one, which looks at the disc in each drive.
const SHORT_FIRMWARE: &str = "qboot.rom";

/// QEMU's trace events for the commands of all kinds of drives.
const COMMAND_EVENTS: &[&str] = &["ide_atapi_cmd_packet", "scsi_req_parsed"];

/// The kernel's command line. The mitigations cost seconds under emulation and protect nothing here.
const KERNEL_ARGUMENTS: &str =
    "console=ttyS0 panic=-1 quiet mitigations=off nokaslr no_timer_check cryptomgr.notests";

/// A guest to boot.
#[derive(Debug)]
pub(crate) struct Guest<'a> {
    /// The kernel.
    pub(crate) kernel: &'a Path,
    /// Its first file system.
    pub(crate) initramfs: &'a Path,
    /// The disc in every drive.
    pub(crate) disc: &'a Path,
    /// Its drives.
    pub(crate) drives: &'a [Drive],
    /// Whether no firmware looks at the drives, and QEMU notes every command that one is sent, in `trace.log` of the shared folder.
    pub(crate) untouched: bool,
    /// Further arguments of QEMU.
    pub(crate) further: &'a [String],
    /// The shared folder, which also gets the logs.
    pub(crate) share: &'a Path,
}

/// How a guest's life ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// QEMU was killed: time was up.
    Deadline,
    /// QEMU ended by itself, as it does when the guest switches off.
    Ended {
        /// Whether with success.
        success: bool,
    },
}

impl Guest<'_> {
    /// Boots the guest, serves its requests to the monitor, and returns when it has switched off or time is up.
    ///
    /// # Errors
    /// When QEMU cannot be started or its files cannot be written.
    pub(crate) fn run(&self, limit: Duration) -> Result<End> {
        let end = Instant::now() + limit;
        let mut machine = Machine::start(&self.arguments(), self.share)?;
        loop {
            machine.serve_monitor()?;
            if let Some(status) = machine.child.try_wait().context("waiting for QEMU")? {
                machine.serve_monitor()?;
                return Ok(End::Ended { success: status.success() });
            }
            if Instant::now() >= end {
                return Ok(End::Deadline);
            }
            thread::sleep(POLL);
        }
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments: Vec<String> = COMMON.iter().map(|&argument| argument.to_owned()).collect();
        let mut add = |option: &str, value: String| arguments.extend([option.to_owned(), value]);
        add("-kernel", self.kernel.display().to_string());
        add("-initrd", self.initramfs.display().to_string());
        add("-append", KERNEL_ARGUMENTS.to_owned());
        add("-chardev", format!("file,id=console,path={}", escaped(&self.share.join("console.log"))));
        add("-serial", "chardev:console".to_owned());
        let shared = [("root", Path::new("/"), ",readonly=on,multidevs=remap"), ("share", self.share, "")];
        for (tag, path, options) in shared {
            add("-fsdev", format!("local,id={tag},path={},security_model=none{options}", escaped(path)));
            add("-device", format!("virtio-9p-pci,fsdev={tag},mount_tag={tag}"));
        }
        if self.untouched {
            add("-bios", SHORT_FIRMWARE.to_owned());
            COMMAND_EVENTS.iter().for_each(|event| add("-trace", format!("enable={event}")));
            add("-D", self.share.join("trace.log").display().to_string());
        }
        add_drives(self.drives, self.disc, &mut add);
        arguments.extend_from_slice(self.further);
        arguments
    }
}

fn add_drives(drives: &[Drive], disc: &Path, add: &mut impl FnMut(&str, String)) {
    let mut controllers: Vec<&str> = Vec::new();
    for (index, drive) in drives.iter().enumerate() {
        let attachment = drive.kind.attachment();
        if attachment.device.is_empty() {
            continue;
        }
        for controller in attachment.controller.iter().filter(|name| !controllers.contains(*name)) {
            add("-device", (*controller).to_owned());
        }
        controllers.extend(attachment.controller);
        let file = escaped(disc);
        let throttle = drive.read_limit.map(|limit| format!(",throttling.bps-read={limit}"));
        add(
            "-drive",
            format!(
                "if=none,id=disc{index},file={file},format=raw,media=cdrom,readonly=on{}",
                throttle.unwrap_or_default()
            ),
        );
        let earlier = drives.iter().take(index).filter(|other| other.kind == drive.kind).count();
        let id =
            if earlier == 0 { attachment.name.to_owned() } else { format!("{}{earlier}", attachment.name) };
        let device = attachment.device.replace("{n}", &earlier.to_string());
        add("-device", format!("{device},drive=disc{index},id={id}"));
    }
}

/// A path as the value of an option, in which commas are doubled.
fn escaped(path: &Path) -> String {
    path.display().to_string().replace(',', ",,")
}

/// A running QEMU; it is killed when this is dropped.
struct Machine {
    child: Child,
    monitor: ChildStdin,
    messages: Receiver<String>,
    requests: PathBuf,
    log: File,
}

impl Machine {
    fn start(arguments: &[String], share: &Path) -> Result<Self> {
        let program = tools::find("qemu-system-x86_64").context("QEMU is not installed")?;
        let create = |name: &str| {
            let path = share.join(name);
            File::create(&path).with_context(|| format!("making {}", path.display()))
        };
        let mut child = children::command(program, Death::Killed)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(create("qemu.log")?)
            .spawn()
            .context("starting QEMU")?;
        let (sender, messages) = mpsc::channel();
        let monitor = child.stdin.take().context("QEMU's monitor cannot be written")?;
        let output = child.stdout.take().context("QEMU's monitor cannot be read")?;
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let log = create("monitor.log")?;
        let mut machine = Self { child, monitor, messages, requests: share.join("monitor"), log };
        machine.say(&json!({ "execute": "qmp_capabilities" }))?;
        Ok(machine)
    }

    /// Says a command to the monitor. A machine that has just ended does not hear it, which is no error.
    fn say(&mut self, command: &Value) -> Result<()> {
        let line = format!("{command}\n");
        self.log.write_all(line.as_bytes()).context("writing the monitor's log")?;
        let _ = self.monitor.write_all(line.as_bytes());
        Ok(())
    }

    /// Passes the guest's requests to the monitor, and the answers back.
    fn serve_monitor(&mut self) -> Result<()> {
        for entry in fs::read_dir(&self.requests).context("reading the guest's requests")? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "request") {
                let text = fs::read_to_string(&path)?;
                fs::remove_file(&path)?;
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                match request(&text, &name) {
                    Some(command) => self.say(&command)?,
                    None => self.answer(&name, "{\"error\":\"not a command of the monitor\"}")?,
                }
            }
        }
        while let Ok(line) = self.messages.try_recv() {
            writeln!(self.log, "{line}").context("writing the monitor's log")?;
            if let Some(name) = answered(&line) {
                self.answer(&name, &line)?;
            }
        }
        Ok(())
    }

    /// Leaves an answer for the guest, complete at once.
    fn answer(&self, name: &str, line: &str) -> Result<()> {
        let new = self.requests.join(format!("{name}.answer"));
        fs::write(&new, line)?;
        fs::rename(&new, self.requests.join(format!("{name}.reply"))).context("answering the guest")
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The guest's request as a command that bears its name.
fn request(text: &str, name: &str) -> Option<Value> {
    let mut command: Value = serde_json::from_str(text).ok()?;
    command.as_object_mut()?.insert("id".to_owned(), name.into());
    Some(command)
}

/// The name of the request that a message answers; none for events.
fn answered(line: &str) -> Option<String> {
    let message: Value = serde_json::from_str(line).ok()?;
    Some(message.get("id")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::lanes::DriveKind;
    use super::*;

    #[test]
    fn drives_are_attached_with_their_controller_once() {
        let plain = |kind| Drive { kind, read_limit: None };
        let drives = [
            plain(DriveKind::ScsiCd),
            plain(DriveKind::ScsiDebug),
            Drive { kind: DriveKind::ScsiCd, read_limit: Some(7) },
            plain(DriveKind::IdeCd),
            plain(DriveKind::IdeCd),
        ];
        let mut said = Vec::new();
        add_drives(&drives, Path::new("a,b"), &mut |option, value| said.push(format!("{option} {value}")));
        assert_eq!(
            said,
            [
                "-device virtio-scsi-pci,id=scsi",
                "-drive if=none,id=disc0,file=a,,b,format=raw,media=cdrom,readonly=on",
                "-device scsi-cd,bus=scsi.0,drive=disc0,id=scsi-cd",
                "-drive if=none,id=disc2,file=a,,b,format=raw,media=cdrom,readonly=on,throttling.bps-read=7",
                "-device scsi-cd,bus=scsi.0,drive=disc2,id=scsi-cd1",
                "-drive if=none,id=disc3,file=a,,b,format=raw,media=cdrom,readonly=on",
                "-device ide-cd,bus=ide.0,drive=disc3,id=ide-cd",
                "-drive if=none,id=disc4,file=a,,b,format=raw,media=cdrom,readonly=on",
                "-device ide-cd,bus=ide.1,drive=disc4,id=ide-cd1",
            ]
        );
    }

    #[test]
    fn requests_bear_a_name_and_answers_are_known_by_it() {
        let command = request("{\"execute\":\"stop\"}", "q1").unwrap();
        assert_eq!(command, json!({ "execute": "stop", "id": "q1" }));
        assert_eq!(request("[]", "q1"), None);
        assert_eq!(request("nonsense", "q1"), None);
        assert_eq!(answered("{\"return\":{},\"id\":\"q1\"}").as_deref(), Some("q1"));
        assert_eq!(answered("{\"event\":\"STOP\"}"), None);
    }
}
