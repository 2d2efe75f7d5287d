//! Disc files when there is no room, and when the process that makes one is killed: each in a process of its own.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use discrig_disc::{Area, DiscState, MediumKind, Store, StoreError};
use discrig_storage::image::import_iso;
use discrig_storage::{DiscFile, Replace};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Names the folder in which a child works.
const FOLDER: &str = "DISCRIG_TEST_FOLDER";

/// The folder, in a child that was started by this test; nothing in the test itself.
fn of_child() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Runs one test of this program in a process of its own, after a line of shell.
fn child(test: &str, before: &str, folder: &Path) -> Child {
    Command::new("sh")
        .args(["-c", &format!("{before}exec \"$@\""), "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn contents(block: i32) -> [u8; 2048] {
    [block as u8 | 1; 2048]
}

#[test]
fn a_file_that_may_not_grow_keeps_what_was_safe_and_lets_it_be_read() {
    let Some(folder) = of_child() else {
        let folder = folder("full");
        // 64 MiB at most, in units of 512 or 1024 bytes.
        let test = "a_file_that_may_not_grow_keeps_what_was_safe_and_lets_it_be_read";
        let status = child(test, "trap '' XFSZ; ulimit -f 65536; ", &folder).wait().unwrap();
        assert!(status.success(), "{status}");
        // Without the limit the disc goes on.
        let mut opened = DiscFile::open(&folder.join("disc")).unwrap();
        let mut block = [0; 2048];
        opened.file.read(Area::User, 0, &mut block).unwrap();
        assert_eq!(block, contents(0));
        opened.file.write(Area::User, 1_000_000, &block).unwrap();
        opened.file.commit(&opened.state).unwrap();
        return;
    };
    let (path, mut state) = (folder.join("disc"), DiscState::blank(MediumKind::BdRe).unwrap());
    let mut file = DiscFile::create(&path, &state, Replace::Never).unwrap();
    let (mut next, mut safe) = (0, 0);
    let error = loop {
        let step = (next..next + 64).try_for_each(|block| file.write(Area::User, block, &contents(block)));
        next += 64;
        state.calibrations += 1;
        match step.and_then(|()| if next % 640 == 0 { file.commit(&state) } else { Ok(()) }) {
            Ok(()) if next % 640 == 0 => safe = next,
            Ok(()) => assert!(next < 1_000_000, "there is no limit"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full(_)), "{error}");
    assert!(safe > 0);
    let mut block = [0; 2048];
    for at in (0..safe).step_by(97) {
        file.read(Area::User, at, &mut block).unwrap();
        assert_eq!(block, contents(at));
    }
    assert!(file.read(Area::User, safe, &mut block).is_err(), "what was lost is no zeros");
    assert!(file.write(Area::User, 0, &block).is_err());
    assert!(file.commit(&state).is_err());
    let kept = file.revert().unwrap();
    assert!(kept.calibrations < state.calibrations);
    file.read(Area::User, safe, &mut block).unwrap();
    assert_eq!(block, [0; 2048]);
}

#[test]
fn a_killed_creation_leaves_no_disc() {
    if let Some(folder) = of_child() {
        let image = import_iso(&folder.join("image")).unwrap();
        drop(DiscFile::import(&folder.join("disc"), &image, Replace::Never, &mut |_, _| true).unwrap());
        std::thread::sleep(Duration::from_secs(60));
        return;
    }
    let (mut unfinished, mut wait) = (0, 5);
    for round in 0..12 {
        let folder = folder(&format!("killed-{round}"));
        std::fs::write(folder.join("image"), vec![0x5A; 24 << 20]).unwrap();
        let mut child = child("a_killed_creation_leaves_no_disc", "", &folder);
        std::thread::sleep(Duration::from_millis(wait));
        wait += 25;
        child.kill().unwrap();
        child.wait().unwrap();
        let (mut is_made, mut others) = (false, 0);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            match (path.file_name().unwrap().to_str().unwrap(), DiscFile::open(&path)) {
                ("image", _) => {}
                ("disc", opened) => {
                    assert_eq!(opened.unwrap().state.last_block(), (24 << 9) - 1);
                    is_made = true;
                }
                (_, Ok(_)) => others += 1,
                (_, Err(_)) => {}
            }
        }
        // Between its two names a disc has both.
        assert!(others == 0 || is_made);
        unfinished += u32::from(!is_made);
        std::fs::remove_dir_all(&folder).unwrap();
    }
    assert!(unfinished > 0);
}
