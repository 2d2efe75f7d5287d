//! Tests of disc files: equal to the store in memory, whole after every crash, damage seen, nothing foreign touched.

mod making;
mod plate;

use super::session::Session;
use super::*;
use crate::Replace;
use discrig_disc::{MediumKind, MemoryStore, Recording, Sequence, Track};
use plate::Plate;
use proptest::prelude::*;

/// A folder that is gone when the test is.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("discrig-storage-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A state that can be told from others by a number.
fn state(number: i32) -> DiscState {
    let track = Track { next: number, ..Track::open(1, 0) };
    let session = discrig_disc::Session { tracks: vec![track], ..Default::default() };
    let sequence = Sequence { sessions: vec![session], ..Sequence::default() };
    DiscState::with(MediumKind::CdR, Recording::Sequential(sequence))
}

#[derive(Clone, Debug)]
enum Step {
    Commit,
    Drop,
    Erase(Range<i32>),
    Write(Area, i32, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let block = -150i32..2000;
    prop_oneof![
        1 => Just(Step::Commit),
        1 => Just(Step::Drop),
        2 => (block.clone(), 1i32..200).prop_map(|(first, count)| Step::Erase(first..first + count)),
        1 => Just(Step::Erase(-200..3000)),
        8 => (0usize..3, block, 1usize..80).prop_map(|(area, first, count)| Step::Write(Area::ALL[area], first, count)),
    ]
}

fn same(file: &mut dyn Store, memory: &mut MemoryStore) -> Result<(), TestCaseError> {
    for area in Area::ALL {
        for first in (-160..2300).step_by(123) {
            let (mut found, mut expected) = (vec![1; 123 * area.stride()], vec![2; 123 * area.stride()]);
            file.read(area, first, &mut found).unwrap();
            memory.read(area, first, &mut expected).unwrap();
            prop_assert!(found == expected, "{area:?} from {first}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_file_is_a_store_like_that_in_memory(steps in prop::collection::vec(step(), 1..25)) {
        let folder = Folder::new("model");
        let path = folder.file("disc");
        let _ = std::fs::remove_file(&path);
        let mut file = DiscFile::create(&path, &state(0), Replace::Never).unwrap();
        let (mut memory, mut committed, mut number) = (MemoryStore::default(), MemoryStore::default(), 0);
        for (fill, step) in (1..).zip(steps) {
            match step {
                Step::Commit => {
                    number = fill;
                    file.commit(&state(number)).unwrap();
                    committed = memory.clone();
                }
                Step::Drop => {
                    drop(file);
                    let opened = DiscFile::open(&path).unwrap();
                    prop_assert!(!opened.recovered);
                    prop_assert_eq!(opened.state, state(number));
                    (file, memory) = (opened.file, committed.clone());
                }
                Step::Erase(blocks) => {
                    file.erase(blocks.clone()).unwrap();
                    memory.erase(blocks).unwrap();
                }
                Step::Write(area, first, count) => {
                    let bytes: Vec<u8> = (0..count * area.stride()).map(|at| (at / 7) as u8 ^ fill as u8).collect();
                    file.write(area, first, &bytes).unwrap();
                    memory.write(area, first, &bytes).unwrap();
                }
            }
        }
        same(&mut file, &mut memory)?;
    }

    #[test]
    fn a_crash_leaves_the_last_commit(seed: u64, writes in 1u64..400, commits in 1i32..6) {
        let plate = Plate::default();
        let path = Path::new("plate");
        let mut acknowledged = 0;
        drop(Session::create(path, plate.clone(), &state(0)).unwrap());
        plate.crash_after(writes);
        // What the process does until its writes come to nothing, and a little longer.
        if let Ok((mut session, _)) = Session::open(path, plate.clone()) {
            for number in 1..=commits {
                let bytes = vec![number as u8; chunk_bytes(Area::User)];
                let fresh = session.write(Area::User, [(number, &*bytes), (100, &*bytes)]);
                if fresh.and_then(|()| session.commit(&state(number))).is_err() {
                    break;
                }
                if plate.is_alive() {
                    acknowledged = number;
                }
            }
        }
        let (mut session, _) = Session::open(path, plate.after_power_loss(seed)).unwrap();
        let found = session.state(path).unwrap();
        let number = (0..=commits).find(|number| found == state(*number)).unwrap();
        prop_assert!(number == acknowledged || number == acknowledged + 1, "{number}, but {acknowledged} was safe");
        for (chunk, expected) in (1..=commits).map(|chunk| (chunk, if chunk <= number { chunk } else { 0 })).chain([(100, number)]) {
            let mut bytes = vec![0xEE; chunk_bytes(Area::User)];
            session.read(Area::User, [(chunk, 0, &mut *bytes)]).unwrap();
            prop_assert!(bytes.iter().all(|byte| *byte == expected as u8), "chunk {chunk}");
        }
    }

    #[test]
    fn damage_is_an_error_and_never_data(
        places in prop::collection::vec((0.0f64..1.0, 1usize..5000, any::<u8>()), 1..4),
        cut in prop::option::weighted(0.2, 0.0f64..1.0),
    ) {
        let plate = Plate::default();
        let path = Path::new("plate");
        let mut session = Session::create(path, plate.clone(), &state(0)).unwrap();
        for chunk in 1..6 {
            let bytes = vec![chunk as u8; chunk_bytes(Area::User)];
            session.write(Area::User, [(chunk, &*bytes)]).unwrap();
            session.commit(&state(chunk)).unwrap();
        }
        drop(session);
        let mut bytes = plate.bytes();
        for (place, length, change) in places {
            let from = 4096 + (place * (bytes.len() - 4096) as f64) as usize;
            let to = bytes.len().min(from + length);
            for byte in &mut bytes[from..to] {
                *byte = byte.wrapping_add(change);
            }
        }
        if let Some(cut) = cut {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        let Ok((mut session, _)) = Session::open(path, Plate::of(bytes)) else { return Ok(()) };
        let Ok(found) = session.state(path) else { return Ok(()) };
        let newest = (0..6).find(|number| found == state(*number));
        prop_assert!(newest.is_some_and(|newest| newest >= 4), "{newest:?}");
        for chunk in 1..6 {
            let mut bytes = vec![0xEE; chunk_bytes(Area::User)];
            if session.read(Area::User, [(chunk, 0, &mut *bytes)]).is_err() {
                break;
            }
            let missing = newest == Some(4) && chunk == 5;
            prop_assert!(bytes.iter().all(|byte| *byte == if missing { 0 } else { chunk as u8 }), "chunk {chunk}");
        }
    }

    #[test]
    fn a_full_disk_loses_nothing_committed(room in 0u64..4_000_000) {
        let plate = Plate::default();
        let path = Path::new("plate");
        let mut session = Session::create(path, plate.clone(), &state(0)).unwrap();
        plate.leave_room(room);
        let mut safe = 0;
        for number in 1..60 {
            let bytes = vec![number as u8; chunk_bytes(Area::User)];
            let kept = session.write(Area::User, [(number, &*bytes)]).and_then(|()| session.commit(&state(number)));
            match kept {
                Ok(()) => safe = number,
                Err(StoreError::Full(_)) => break,
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            }
        }
        prop_assert!(safe < 59);
        drop(session);
        plate.leave_room(u64::MAX);
        let (mut session, recovered) = Session::open(path, plate).unwrap();
        prop_assert!(recovered);
        prop_assert_eq!(session.state(path).unwrap(), state(safe));
        let mut bytes = vec![0xEE; chunk_bytes(Area::User)];
        session.read(Area::User, [(safe, 0, &mut *bytes)]).unwrap();
        prop_assert!(bytes.iter().all(|byte| *byte == safe as u8));
    }
}

#[test]
fn a_file_that_exists_is_not_created_anew() {
    let folder = Folder::new("exists");
    let path = folder.file("disc");
    std::fs::write(&path, b"precious").unwrap();
    assert!(matches!(DiscFile::create(&path, &state(0), Replace::Never), Err(DiscFileError::Exists { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
}

#[test]
fn a_foreign_file_is_refused_and_not_touched() {
    let folder = Folder::new("foreign");
    let path = folder.file("disc");
    for contents in [&b""[..], b"precious", &[0; 10_000], b"redb and so on", b"discrig disc\n\n"] {
        std::fs::write(&path, contents).unwrap();
        let error = DiscFile::open(&path).unwrap_err();
        assert!(matches!(error, DiscFileError::NotADisc { .. }), "{error}");
        assert!(error.to_string().contains("disc: not a disc file of discrig"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), contents);
    }
    assert!(matches!(DiscFile::open(&folder.file("none")), Err(DiscFileError::Io { .. })));
    for no_file in [&*folder.0, Path::new("/dev/null")] {
        assert!(matches!(
            DiscFile::open(no_file),
            Err(DiscFileError::NotADisc { .. } | DiscFileError::Io { .. })
        ));
    }
}

#[test]
fn a_newer_or_damaged_first_page_says_so() {
    let folder = Folder::new("newer");
    let path = folder.file("disc");
    drop(DiscFile::create(&path, &state(0), Replace::Never).unwrap());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[16] = 2;
    std::fs::write(&path, &bytes).unwrap();
    assert!(matches!(DiscFile::open(&path), Err(DiscFileError::Damaged { .. })));
    let check = crc32c::crc32c(&bytes[..20]);
    bytes[20..24].copy_from_slice(&check.to_le_bytes());
    std::fs::write(&path, &bytes).unwrap();
    assert!(matches!(DiscFile::open(&path), Err(DiscFileError::Newer { found: 2, known: 1, .. })));
    std::fs::write(&path, &bytes[..100]).unwrap();
    assert!(matches!(DiscFile::open(&path), Err(DiscFileError::Damaged { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), &bytes[..100]);
}

#[test]
fn a_second_opening_is_refused() {
    let folder = Folder::new("second");
    let path = folder.file("disc");
    let file = DiscFile::create(&path, &state(0), Replace::Never).unwrap();
    let error = DiscFile::open(&path).unwrap_err();
    assert!(matches!(error, DiscFileError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("another process"), "{error}");
    drop(file);
    assert!(!DiscFile::open(&path).unwrap().recovered);
}

#[test]
fn a_rotten_block_is_an_error_and_the_others_are_read() {
    let folder = Folder::new("rotten");
    let path = folder.file("disc");
    let mut file = DiscFile::create(&path, &state(0), Replace::Never).unwrap();
    for block in 0..310 {
        file.write(Area::User, block, &[block as u8 | 1; 2048]).unwrap();
    }
    file.commit(&state(310)).unwrap();
    drop(file);
    let mut bytes = std::fs::read(&path).unwrap();
    // Block 100 is the only one of sixty-five that many bytes of 65h follow each other in.
    let at = bytes.windows(2048).position(|window| window.iter().all(|byte| *byte == 101)).unwrap();
    bytes[at + 1000] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let mut file = DiscFile::open(&path).unwrap().file;
    let mut block = [0; 2048];
    assert!(file.read(Area::User, 100, &mut block).unwrap_err().to_string().contains("damaged"));
    file.read(Area::User, 200, &mut block).unwrap();
    assert_eq!(block, [201; 2048]);
    // With something at stake the store does not go on as if nothing had happened.
    file.write(Area::User, 400, &[1; 2048]).unwrap();
    assert!(file.read(Area::User, 100, &mut block).is_err());
    let error = file.commit(&state(401)).unwrap_err().to_string();
    assert!(error.contains("put the disc in again"), "{error}");
    assert_eq!(file.read(Area::User, 400, &mut block).unwrap_err().to_string(), error);
    file.read(Area::User, 200, &mut block).unwrap();
    assert_eq!(block, [201; 2048]);
    let verified = file.verify(&mut |_| true).unwrap();
    let damage: Vec<_> = verified.damage.iter().map(|damage| (damage.area, damage.blocks.clone())).collect();
    assert_eq!(damage, [(Area::User, 93..124)]);
    assert_eq!(file.revert().unwrap(), state(310));
    file.write(Area::User, 400, &[1; 2048]).unwrap();
    file.commit(&state(310)).unwrap();
    drop(file);
    assert_eq!(DiscFile::open(&path).unwrap().state, state(310));
}

#[cfg(unix)]
#[test]
fn room_follows_what_is_written() {
    use std::os::unix::fs::MetadataExt;
    let room = |path: &Path| std::fs::metadata(path).unwrap().blocks() * 512;
    let folder = Folder::new("room");
    let path = folder.file("disc");
    let mut file =
        DiscFile::create(&path, &DiscState::blank(MediumKind::BdRXlQl).unwrap(), Replace::Never).unwrap();
    assert!(room(&path) < 1 << 20, "{}", room(&path));
    for area in [Area::User, Area::Raw] {
        let (before, records) = (room(&path), vec![0x5A; area.stride() * 32]);
        let count = (64 << 20) / records.len();
        for step in 0..count {
            file.write(area, step as i32 * 32, &records).unwrap();
        }
        file.commit(&state(1)).unwrap();
        let (grown, written) = (room(&path) - before, (count * records.len()) as u64);
        assert!(grown * 10 <= written * 11, "{area:?}: {grown} for {written}");
    }
}
