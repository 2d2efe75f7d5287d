//! A target of somebody else: the optical drive of tgt.

use crate::rig::{Folder, discrig, verdicts, words};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

const TARGET: &str = "iqn.2026-11.dev.discrig.test:cd";

/// tgt with one CD drive; it ends when this is dropped.
struct Tgt {
    daemon: Child,
    channel: String,
    address: String,
}

impl Tgt {
    fn start(iso: &Path) -> Tgt {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let channel = (port % 30_000).to_string();
        let portal = format!("portal=127.0.0.1:{port}");
        let daemon = Command::new("tgtd").args(["-f", "-C", &channel, "--iscsi", &portal]).spawn();
        let tgt = Tgt {
            daemon: daemon.expect("tgtd starts"),
            address: format!("iscsi://127.0.0.1:{port}/{TARGET}/1"),
            channel,
        };
        let until = Instant::now() + Duration::from_secs(20);
        while !tgt.admin(&["--mode", "sys", "--op", "show"]) {
            assert!(Instant::now() < until, "tgtd does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        let iso = iso.to_str().unwrap();
        assert!(tgt.admin(&["--mode", "target", "--op", "new", "--tid", "1", "-T", TARGET]));
        let unit = ["--mode", "logicalunit", "--op", "new", "--tid", "1", "--lun", "1"];
        assert!(tgt.admin(&[&unit[..], &["--device-type=cd", "-b", iso]].concat()));
        assert!(tgt.admin(&["--mode", "target", "--op", "bind", "--tid", "1", "-I", "ALL"]));
        tgt
    }

    fn admin(&self, arguments: &[&str]) -> bool {
        let output =
            Command::new("tgtadm").args(["-C", &self.channel, "--lld", "iscsi"]).args(arguments).output();
        output.expect("tgtadm starts").status.success()
    }
}

impl Drop for Tgt {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// Scenarios that fail on tgt by what was measured on it without discrig.
const KNOWN: &[&str] = &[
    // No GET EVENT STATUS NOTIFICATION.
    "attention.events.drain",
    // READ TOC of one format alone.
    "identity.disc.lead-out-alone",
    // Page 2Ah does not show prevention.
    "tray.lock-state.follows-prevent",
];

#[test]
#[ignore = "needs tgtd and tgtadm, which few machines have"]
fn a_foreign_target_is_judged() {
    let folder = Folder::new();
    let tgt = Tgt::start(&folder.file("disc.iso", &discrig_bench::demonstration_image()));
    let reports = folder.0.join("reports");
    let judged = discrig(&["test", &tgt.address, "--cases", "2", "--report-dir", reports.to_str().unwrap()]);
    assert_eq!(judged.status.code(), Some(100), "{}", words(&judged));
    let found = verdicts(&reports);
    for (verdict, slugs) in &found {
        println!("{verdict}: {}", slugs.len());
    }
    assert!(found["pass"].len() > 100, "{found:?}");
    for slug in KNOWN {
        assert!(found["fail"].iter().any(|failed| failed == slug), "{slug}: {found:?}");
    }
    assert_eq!(found.get("error"), None, "{}", words(&judged));
}
