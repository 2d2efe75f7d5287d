//! Tests of how disc files come to be, and of who has one.

use super::{Folder, state};
use crate::image::import_iso;
use crate::{DiscFile, DiscFileError, DiscSpec, DiscSupply, Opened, Replace, SupplyError};
use discrig_disc::{Area, DiscState, MediumKind, Store};
use std::path::Path;

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_replaces_another_only_when_asked_for_and_when_nobody_uses_it() {
    let folder = Folder::new("replace");
    let path = folder.file("disc");
    let one = DiscFile::create(&path, &state(1), Replace::Never).unwrap();
    assert!(matches!(DiscFile::create(&path, &state(2), Replace::Never), Err(DiscFileError::Exists { .. })));
    assert!(matches!(
        DiscFile::create(&path, &state(2), Replace::Existing),
        Err(DiscFileError::InUse { .. })
    ));
    drop(one);
    assert_eq!(DiscFile::open(&path).unwrap().state, state(1));
    drop(DiscFile::create(&path, &state(2), Replace::Existing).unwrap());
    assert_eq!(DiscFile::open(&path).unwrap().state, state(2));
    assert_eq!(names(&folder.0), ["disc"]);
}

#[test]
fn where_no_file_can_be_there_is_none() {
    let folder = Folder::new("nowhere");
    let create = |path: &Path| DiscFile::create(path, &state(0), Replace::Existing).unwrap_err();
    assert!(create(&folder.0).to_string().contains("it is a directory"));
    assert!(create(&folder.file("none/disc")).to_string().contains("none/disc: cannot create"));
    assert!(names(&folder.0).is_empty());
}

#[test]
fn a_disc_is_made_where_there_is_none_and_kept_where_there_is_one() {
    let folder = Folder::new("or-create");
    let path = folder.file("disc");
    let spec = |text: &str| format!("{text}:{}", path.display()).parse::<DiscSpec>().unwrap();
    assert!(matches!(DiscSupply::open(&spec("file")), Err(SupplyError::File(DiscFileError::Io { .. }))));
    drop(DiscSupply::open(&spec("file+bd-re")).unwrap());
    let Opened { mut file, mut state, .. } = DiscFile::open_or_create(&path, MediumKind::BdRe).unwrap();
    assert_eq!(state, DiscState::blank(MediumKind::BdRe).unwrap());
    state.calibrations = 7;
    file.commit(&state).unwrap();
    drop(file);
    drop(DiscSupply::open(&spec("file+bd-re")).unwrap());
    let error = DiscSupply::open(&spec("file+cd-r")).unwrap_err().to_string();
    assert!(error.contains("holds a bd-re, not a cd-r"), "{error}");
    assert_eq!(DiscFile::open(&path).unwrap().state.calibrations, 7);
}

#[test]
fn an_image_becomes_a_file_as_a_whole_or_not_at_all() {
    let folder = Folder::new("import");
    let (image, path) = (folder.file("a.iso"), folder.file("disc"));
    let contents: Vec<u8> = (0..2048u32 * 700).map(|at| (at / 2048 * 7 + at) as u8).collect();
    std::fs::write(&image, &contents).unwrap();
    let imported = import_iso(&image).unwrap();
    let stopped = DiscFile::import(&path, &imported, Replace::Never, &mut |done, _| done < 300);
    assert!(matches!(stopped, Err(DiscFileError::Interrupted { .. })));
    assert_eq!(names(&folder.0), ["a.iso"]);
    let mut last = (0, 0);
    let watched = DiscFile::import(&path, &imported, Replace::Never, &mut |done, total| {
        last = (done, total);
        true
    });
    drop(watched.unwrap());
    assert_eq!(last, (700, 700));
    let Opened { mut file, state, .. } = DiscFile::open(&path).unwrap();
    assert_eq!(&state, imported.state());
    let mut bytes = vec![0; contents.len()];
    file.read(Area::User, 0, &mut bytes).unwrap();
    assert!(bytes == contents);
    let verified = file.verify(&mut |_| true).unwrap();
    assert!(verified.damage.is_empty() && verified.bytes >= contents.len() as u64);
    // An image that becomes shorter meanwhile leaves nothing behind.
    std::fs::write(&image, &contents[..2048 * 200]).unwrap();
    let error = DiscFile::import(&folder.file("other"), &imported, Replace::Never, &mut |_, _| true);
    assert!(error.unwrap_err().to_string().contains("has become shorter"));
    assert_eq!(names(&folder.0), ["a.iso", "disc"]);
}

#[test]
fn there_is_one_disc_in_a_file_however_often_it_is_given_out() {
    let folder = Folder::new("lent");
    let path = folder.file("disc");
    let spec: DiscSpec = format!("file+bd-re:{}", path.display()).parse().unwrap();
    let supply = DiscSupply::open(&spec).unwrap();
    let mut first = supply.disc().unwrap().unwrap();
    first.store.write(Area::User, 0, &[1; 2048]).unwrap();
    first.store.commit(&first.state).unwrap();
    first.store.write(Area::User, 0, &[2; 2048]).unwrap();
    let mut second = supply.disc().unwrap().unwrap();
    let mut block = [0; 2048];
    second.store.read(Area::User, 0, &mut block).unwrap();
    assert_eq!(block, [1; 2048]);
    assert!(first.store.read(Area::User, 0, &mut block).is_err());
    assert!(first.store.commit(&first.state).is_err());
    // It stays in the hands of this process, also between two discs.
    drop((first, second));
    assert!(matches!(DiscSupply::open(&spec), Err(SupplyError::File(DiscFileError::InUse { .. }))));
    drop(supply);
    assert!(DiscSupply::open(&spec).is_ok());
}
