//! Discs in files as users meet them: `discrig disc`, and `--disc` with everything that it takes.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "what fails here fails the test")]

use discrig_disc::{Area, DiscState, Store};
use discrig_storage::DiscFile;
use rstest::rstest;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn discrig<I: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = I>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_discrig")).args(arguments).output().expect("the program starts")
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs the program, which has to end with this code, and gives what it said.
#[track_caller]
fn run(code: i32, arguments: &[&str]) -> String {
    let output = discrig(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", words(&output));
    words(&output)
}

#[track_caller]
fn info(disc: &str) -> Value {
    serde_json::from_str(&run(0, &["disc", "info", disc, "--json"])).unwrap()
}

/// A folder of its own for each test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("discs-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// An image of so many blocks, each of which is different.
fn image(blocks: u32) -> Vec<u8> {
    (0..blocks).flat_map(|block| block.to_be_bytes().repeat(512)).collect()
}

#[test]
fn a_disc_file_is_made_once_and_replaced_only_when_told() {
    let folder = Folder::new("new");
    let path = folder.path("a.disc");
    assert!(run(0, &["disc", "new", &path, "bd-re"]).contains("a blank bd-re"));
    let info = info(&path);
    assert_eq!((&info["medium"], &info["status"]), (&"bd-re".into(), &"empty".into()), "{info}");
    assert!(info["file"]["room"].as_u64().unwrap() < 1 << 20, "{info}");
    let said = run(96, &["disc", "new", &path, "cd-r"]);
    assert!(said.contains("a.disc: the file exists"), "{said}");
    run(0, &["disc", "new", &path, "cd-r", "--replace"]);
    assert_eq!(self::info(&path)["medium"], "cd-r");
    assert_eq!(folder.names(), ["a.disc"]);
    assert!(run(2, &["disc", "new", &path, "bd-rr"]).contains("did you mean"));
}

#[test]
fn a_disc_wears() {
    let folder = Folder::new("wear");
    let path = folder.path("a.disc");
    run(0, &["disc", "new", &path, "dvd-ram"]);
    for (code, arguments, said) in [
        (2, vec![], "required"),
        (2, vec!["--damaged", "9-5"], "there are no blocks from 9 to 5"),
        (2, vec!["--damaged", "99999999"], "a dvd-ram has no block 99999999"),
        (0, vec!["--damaged", "1000-1999", "--damaged", "7", "--endurance", "3"], "1001 blocks damaged"),
        (0, vec!["--damaged", "2000"], "0 of 3 rewrites, 1002 blocks damaged"),
    ] {
        let all = [&["disc", "wear", path.as_str()], &arguments[..]].concat();
        let words = run(code, &all);
        assert!(words.contains(said), "{words}");
    }
    let info = info(&path);
    assert_eq!((&info["endurance"], &info["damaged"][1]["last"]), (&3.into(), &2000.into()), "{info}");
    assert!(run(0, &["disc", "wear", &path, "--mend"]).ends_with(": 0 rewrites\n"));
}

/// What lies on damaged blocks is lost, and the rest of the disc is not.
#[test]
fn scratches_are_read_as_errors() {
    let folder = Folder::new("scratched");
    let (path, image) = (folder.path("a.disc"), folder.path("out.iso"));
    run(0, &["disc", "import", &format!("iso:{}", written(&folder, "a.iso", 400)), &path]);
    run(0, &["disc", "wear", &path, "--damaged", "100-109"]);
    let disc = format!("--disc=file:{path}");
    for (lba, said) in [("63", "GOOD"), ("64", "UNRECOVERED READ ERROR"), ("6E", "GOOD")] {
        let read =
            ["exec", "emulator", &disc, "--", "28", "00", "00", "00", "00", lba, "00", "00", "01", "00"];
        let words = words(&discrig(read));
        assert!(words.contains(said), "{words}");
    }
    assert!(run(100, &["disc", "export", &path, &image]).contains("10 of 400 blocks cannot be read"));
}

#[test]
fn what_is_burned_stays_and_one_process_at_a_time_has_it() {
    let folder = Folder::new("burn");
    let path = folder.path("a.disc");
    let disc = format!("file+cd-r:{path}");
    let data = "5A ".repeat(2048);
    let write =
        ["exec", "emulator", "--disc", &disc, "--out", &data, "--", "2A", "00", "00", "00", "00", "00", "00"];
    let write = [&write[..], &["00", "01", "00"]].concat();
    assert!(run(0, &write).contains("GOOD"));
    let info = info(&path);
    assert_ne!(info["status"], "empty", "{info}");
    let next = info["tracks"].as_array().unwrap().iter().find_map(|track| track["next-writable"].as_u64());
    assert!(next.is_some_and(|next| next > 0), "{info}");
    let other = run(96, &["inspect", "--disc", &format!("file+bd-re:{path}")]);
    assert!(other.contains("holds a cd-r, not a bd-re"), "{other}");
    let held = DiscFile::open(Path::new(&path)).unwrap();
    for arguments in [
        &["inspect", "--disc", &disc][..],
        &["disc", "info", &path],
        &["disc", "new", &path, "cd-r", "--replace"],
    ] {
        let said = run(96, arguments);
        assert!(said.contains("a.disc: another process or drive has this disc file open"), "{said}");
    }
    drop(held);
    assert!(run(0, &["inspect", "--disc", &disc]).contains("CD-R"));
}

#[test]
fn the_suite_writes_to_no_disc_file_unless_told() {
    let folder = Folder::new("suite");
    let (path, reports) = (folder.path("a.disc"), folder.path("reports"));
    run(0, &["disc", "import", &format!("iso:{}", written(&folder, "a.iso", 400)), &path]);
    let before = contents(&path);
    let disc = format!("file:{path}");
    let only = ["test", "--disc", &disc, "--only", "record.*", "--cases", "2", "--report-dir", &reports];
    let said = run(4, &only);
    assert!(said.contains("--allow write") && said.contains("--allow erase"), "{said}");
    let observing = [
        "test",
        "--disc",
        &disc,
        "--only",
        "tray.*",
        "--cases",
        "2",
        "--report-dir",
        &reports,
        "--allow",
        "tray",
    ];
    run(0, &observing);
    assert!(contents(&path) == before);
    assert!(run(0, &["test", "--help"]).contains("treated as one in a physical drive"));
}

/// What needs a disc that can be read, or a volume on it, is skipped for another disc, and everything else holds.
#[rstest]
#[case("none")]
#[case("blank:cd-r")]
#[case("blank:dvd-ram")]
#[case("blank:bd-re")]
fn the_suite_judges_a_drive_with_any_disc(#[case] disc: &str) {
    let folder = Folder::new(&format!("any-{}", disc.replace(':', "-")));
    let reports = folder.path("reports");
    let skip = ["--skip", "record.*", "--cases", "8", "--report-dir", &reports];
    let said = run(0, &[&["test", "--disc", disc], &skip[..]].concat());
    assert!(said.contains("needs `data-disc`") && said.contains("needs `volume`"), "{said}");
}

/// State and blocks of a disc file.
fn contents(path: &str) -> (DiscState, Vec<u8>) {
    let mut opened = DiscFile::open(Path::new(path)).unwrap();
    let mut bytes = vec![0; 2048 * 500];
    opened.file.read(Area::User, 0, &mut bytes).unwrap();
    (opened.state, bytes)
}

fn written(folder: &Folder, name: &str, blocks: u32) -> String {
    let path = folder.path(name);
    std::fs::write(&path, image(blocks)).unwrap();
    path
}

#[test]
fn images_go_in_and_come_out() {
    let folder = Folder::new("images");
    let iso = written(&folder, "a.iso", 1000);
    let (disc, out) = (folder.path("a.disc"), folder.path("out.iso"));
    assert!(run(0, &["disc", "import", &format!("iso:{iso}"), &disc]).contains("a cd-rom of 1000 blocks"));
    run(0, &["disc", "export", &disc, &out]);
    assert!(std::fs::read(&out).unwrap() == image(1000));
    assert!(run(96, &["disc", "export", &disc, &out]).contains("out.iso: the file exists"));
    run(0, &["disc", "export", &disc, &out, "--track", "1", "--replace"]);
    assert!(
        run(96, &["disc", "export", &disc, &folder.path("b.iso"), "--track", "2"]).contains("no such track")
    );
    assert!(
        run(96, &["disc", "export", &disc, &folder.path("b.iso"), "--session", "2"])
            .contains("no such session")
    );
    assert!(run(2, &["disc", "export", &disc, &folder.path("b.img")]).contains("--format"));
    let cue = folder.path("b.cue");
    run(0, &["disc", "export", &disc, &cue]);
    run(0, &["disc", "import", &format!("cue:{cue}"), &folder.path("b.disc")]);
    run(0, &["disc", "export", &folder.path("b.disc"), &folder.path("b.img"), "--format", "iso"]);
    assert!(std::fs::read(folder.path("b.img")).unwrap() == image(1000));
    let raw = info(&format!("raw:{}", folder.path("b.bin")));
    assert_eq!((&raw["blocks"], &raw["tracks"][0]["kind"]), (&1000.into(), &"data".into()));
    run(0, &["inspect", "--disc", &format!("raw+audio:{}", folder.path("b.bin"))]);
    assert!(run(2, &["disc", "import", "blank:cd-r", &disc]).contains("is no image"));
    assert!(!folder.names().iter().any(|name| name.ends_with(".partial")), "{:?}", folder.names());
}

#[test]
fn damage_is_found_and_told() {
    let folder = Folder::new("damage");
    let disc = folder.path("a.disc");
    run(0, &["disc", "import", &format!("iso:{}", written(&folder, "a.iso", 2000)), &disc]);
    assert!(run(0, &["disc", "info", &disc, "--verify"]).contains("all intact"));
    let mut bytes = std::fs::read(&disc).unwrap();
    let pattern = 1234u32.to_be_bytes().repeat(512);
    let at = bytes.windows(2048).position(|window| window == pattern).unwrap();
    bytes[at + 99] ^= 1;
    std::fs::write(&disc, &bytes).unwrap();
    let said = run(100, &["disc", "info", &disc, "--verify"]);
    // Chunks have 31 blocks: 39 times 31 is 1209.
    assert!(said.contains("DAMAGED") && said.contains("blocks 1209 to 1239"), "{said}");
    let said = run(100, &["disc", "export", &disc, &folder.path("out.iso")]);
    assert!(said.contains("of 2000 blocks cannot be read"), "{said}");
    let rescued = std::fs::read(folder.path("out.iso")).unwrap();
    assert!(rescued[..1209 * 2048] == image(1209) && rescued.len() == 2000 * 2048);
}

#[rstest]
#[case::missing("file:none.disc", "No such file")]
#[case::directory("file:.", "it is a directory or a device")]
#[case::null("file:/dev/null", "it is a directory or a device")]
#[case::foreign("file:foreign", "not a disc file of discrig")]
#[case::newer("file:newer", "format 9, but this version knows")]
#[case::damaged("file:damaged", "the disc file is damaged")]
#[case::creation_in_no_folder("file+bd-re:none/a.disc", "none/a.disc")]
#[case::creation_of_a_device("file+bd-re:/dev/null", "it is a directory or a device")]
#[case::image_directory("iso:.", "is a directory or a device")]
#[case::image_device("iso:/dev/null", "is a directory or a device")]
#[case::image_of_half_a_block("iso:foreign", "not a number of blocks of 2048")]
#[case::no_sheet("cue:foreign", "foreign:1")]
fn what_cannot_be_a_disc_is_named(#[case] spec: &str, #[case] named: &str) {
    let folder = Folder::new(&format!("bad-{}", spec.replace(['/', ':'], "-")));
    std::fs::write(folder.path("foreign"), b"precious").unwrap();
    run(0, &["disc", "new", &folder.path("newer"), "cd-r"]);
    let whole = std::fs::read(folder.path("newer")).unwrap();
    std::fs::write(folder.path("damaged"), &whole[..5000]).unwrap();
    let mut newer = whole;
    newer[16] = 9;
    let check = crc32c::crc32c(&newer[..20]).to_le_bytes();
    newer[20..24].copy_from_slice(&check);
    std::fs::write(folder.path("newer"), &newer).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_discrig"))
        .current_dir(&folder.0)
        .args(["inspect", "--disc", spec])
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(96), "{}", words(&output));
    assert!(words(&output).contains(named), "{}", words(&output));
    assert_eq!(std::fs::read(folder.path("foreign")).unwrap(), b"precious");
    assert_eq!(folder.names(), ["damaged", "foreign", "newer"]);
}

#[cfg(unix)]
#[test]
fn a_disc_for_which_there_is_no_room_is_not_made() {
    let folder = Folder::new("room");
    let image = folder.path("a.iso");
    std::fs::File::create(&image).and_then(|file| file.set_len(150 << 20)).unwrap();
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 65536; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_discrig")])
        .args(["disc", "import", &format!("iso:{image}"), &folder.path("a.disc")])
        .output()
        .expect("the shell starts");
    assert_eq!(output.status.code(), Some(96), "{}", words(&output));
    assert!(words(&output).contains("a.disc: there is no room"), "{}", words(&output));
    assert!(!words(&output).contains("panicked"), "{}", words(&output));
    assert_eq!(folder.names(), ["a.iso"]);
}
