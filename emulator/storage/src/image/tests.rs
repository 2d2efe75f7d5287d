//! Tests of images: what a format can hold survives the way out and in; sheets of all kinds; errors with their lines.

use super::*;
use crate::file::tests::Folder;
use discrig_disc::sector::{SECTOR_BYTES, SectorType};
use discrig_disc::{MemoryStore, Store};
use discrig_wire::msf::Msf;
use proptest::prelude::*;
use text::{Field, Texts};

fn import_cue(path: &Path) -> Result<Disc, ImageError> {
    super::import_cue(path).map(|image| image.disc())
}

fn import_iso(path: &Path) -> Result<Disc, ImageError> {
    super::import_iso(path).map(|image| image.disc())
}

fn import_raw(path: &Path, what: RawTrack) -> Result<Disc, ImageError> {
    super::import_raw(path, what).map(|image| image.disc())
}

/// Bytes that differ from block to block.
fn filler(seed: u32, length: usize) -> Vec<u8> {
    (0..length as u32)
        .map(|at| (at.wrapping_mul(2_654_435_761).wrapping_add(seed.wrapping_mul(40_503)) >> 11) as u8)
        .collect()
}

#[derive(Clone, Debug)]
struct TrackPlan {
    form: Form,
    pre_gap: u32,
    blocks: u32,
    indexes: Vec<u32>,
    flags: u8,
    isrc: Option<[u8; 12]>,
    title: Option<String>,
}

fn track_plan() -> impl Strategy<Value = TrackPlan> {
    let form = prop::sample::select(vec![Form::Audio, Form::Mode1, Form::Mode2]);
    let isrc =
        prop::option::of("[A-Z]{2}[A-Z0-9]{3}[0-9]{7}".prop_map(|code| code.as_bytes().try_into().unwrap()));
    let title = prop::option::of("[ -!#-~\u{E0}-\u{FF}\"]{0,40}");
    (form, 0u32..200, 1u32..60, prop::collection::vec(1u32..20, 0..3), 0u8..16, isrc, title).prop_map(
        |(form, pre_gap, blocks, indexes, flags, isrc, title)| TrackPlan {
            form,
            pre_gap,
            blocks,
            indexes,
            flags,
            isrc,
            title,
        },
    )
}

/// A disc as planned, in memory.
fn planned(plans: &[TrackPlan], catalogue: Option<[u8; 13]>) -> Disc {
    let mut store = MemoryStore::default();
    let (mut tracks, mut texts, mut next, mut disc_type) = (Vec::new(), Texts::new(), 0, 0);
    for (number, plan) in (1u8..).zip(plans) {
        let start = next + plan.pre_gap as i32;
        let end = start + plan.blocks as i32;
        for block in next..end {
            match plan.form {
                Form::Mode1 => store.write(Area::User, block, &filler(block as u32, 2048)).unwrap(),
                Form::Audio => store.write(Area::Raw, block, &filler(block as u32, SECTOR_BYTES)).unwrap(),
                _ => {
                    let mut sector: [u8; SECTOR_BYTES] =
                        filler(block as u32, SECTOR_BYTES).try_into().unwrap();
                    frame::seal(SectorType::Mode2Formless, Msf::from_lba(block).unwrap(), &mut sector);
                    store.write(Area::Raw, block, &sector).unwrap();
                }
            }
        }
        let mut at = start;
        let further = plan.indexes.iter().map(|step| {
            at += *step as i32;
            at
        });
        let (control, is_audio) =
            if plan.form == Form::Audio { (plan.flags & 0b1011, true) } else { (4 | plan.flags & 2, false) };
        if plan.form == Form::Mode2 {
            disc_type = 0x20;
        }
        texts.extend(
            plan.title.clone().filter(|title| !title.is_empty()).map(|title| ((Field::Title, number), title)),
        );
        tracks.push(Track {
            pre_gap: plan.pre_gap + if number == 1 { PAUSE } else { 0 },
            indexes: further.filter(|at| *at < end).collect(),
            control,
            copied: is_audio && plan.flags & 4 != 0,
            form: plan.form,
            isrc: plan.isrc,
            ..complete(Track::open(number.into(), start), end)
        });
        next = end;
    }
    let text = text::encode(&texts, 1, plans.len() as u8).unwrap();
    let session = Session { tracks, disc_type, catalogue, text, ..Session::default() };
    Disc { state: compact_disc(session, next), store: Box::new(store) }
}

fn same_blocks(one: &mut Disc, other: &mut Disc, blocks: std::ops::Range<i32>) -> Result<(), TestCaseError> {
    for block in blocks {
        for area in [Area::User, Area::Raw] {
            let (mut first, mut second) = (vec![1; area.stride()], vec![2; area.stride()]);
            one.store.read(area, block, &mut first).unwrap();
            other.store.read(area, block, &mut second).unwrap();
            prop_assert!(first == second, "{area:?} of block {block}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_disc_survives_export_and_import(
        plans in prop::collection::vec(track_plan(), 1..5),
        catalogue in prop::option::of("[0-9]{13}".prop_map(|number| number.as_bytes().try_into().unwrap())),
    ) {
        let folder = Folder::new("round-trip");
        let path = folder.file("disc.cue");
        let mut disc = planned(&plans, catalogue);
        let exported = export_cue(&mut disc, Part::Whole, &path, Replace::Existing).unwrap();
        prop_assert_eq!(exported.unreadable, 0);
        let mut back = import_cue(&path).unwrap();
        prop_assert_eq!(&back.state, &disc.state);
        same_blocks(&mut disc, &mut back, 0..exported.blocks as i32)?;
        // Long reads give what reads of single blocks give.
        for area in [Area::User, Area::Raw] {
            let count = exported.blocks as usize + 7;
            let (mut first, mut second) = (vec![1; count * area.stride() - 5], vec![2; count * area.stride() - 5]);
            disc.store.read(area, -3, &mut first).unwrap();
            back.store.read(area, -3, &mut second).unwrap();
            prop_assert!(first == second, "{area:?}");
        }
    }

    #[test]
    fn sheets_that_were_changed_do_no_harm(
        cut in prop::option::of(0usize..1000),
        changes in prop::collection::vec((0usize..1000, prop_oneof![any::<u8>(), prop::sample::select(b"\"0129: \n".to_vec())]), 0..12),
        doubled in prop::option::of(0usize..30),
    ) {
        let folder = Folder::new("changed");
        std::fs::write(folder.file("a.bin"), filler(1, 2352 * 300)).unwrap();
        let mut lines: Vec<&str> = SHEET.lines().collect();
        if let Some(line) = doubled.and_then(|at| lines.get(at).copied()) {
            lines.push(line);
        }
        let mut sheet = lines.join("\n").into_bytes();
        sheet.truncate(cut.unwrap_or(sheet.len()));
        for (at, byte) in changes {
            if let Some(place) = sheet.get_mut(at) {
                *place = byte;
            }
        }
        let path = folder.file("disc.cue");
        std::fs::write(&path, sheet).unwrap();
        if let Ok(mut disc) = import_cue(&path) {
            let mut bytes = vec![0; 2352 * 400];
            disc.store.read(Area::Raw, -20, &mut bytes).unwrap();
            prop_assert!(disc.state.toc(0, false, 0).is_ok());
        } else if let Err(error) = import_cue(&path) {
            prop_assert!(error.to_string().contains("disc.cue"), "{error}");
        }
    }
}

const SHEET: &str = r#"REM made by hand
CATALOG 0123456789012
TITLE "All of it"
PERFORMER Nobody
FILE "a.bin" BINARY
  TRACK 01 AUDIO
    TITLE "One"
    FLAGS DCP PRE
    ISRC ABXYZ0000001
    INDEX 00 00:00:00
    INDEX 01 00:00:32
    INDEX 02 00:01:00
  TRACK 02 MODE1/2352
    PREGAP 00:02:00
    INDEX 01 00:02:00
    POSTGAP 00:00:10
  TRACK 03 AUDIO
    INDEX 01 00:03:00
"#;

fn tracks(disc: &Disc) -> &[Track] {
    match &disc.state.recording {
        Recording::Sequential(sequence) => &sequence.sessions[0].tracks,
        Recording::Random(_) => panic!("no tracks"),
    }
}

#[test]
fn a_sheet_becomes_a_disc() {
    let folder = Folder::new("sheet");
    let contents = filler(1, 2352 * 300);
    std::fs::write(folder.file("a.bin"), &contents).unwrap();
    let path = folder.file("disc.cue");
    std::fs::write(&path, SHEET).unwrap();
    let mut disc = import_cue(&path).unwrap();
    let rows: Vec<_> =
        tracks(&disc).iter().map(|it| (it.start, it.pre_gap, it.end.unwrap(), it.control, it.form)).collect();
    assert_eq!(
        rows,
        [(32, 182, 150, 3, Form::Audio), (300, 150, 385, 4, Form::Mode1), (385, 0, 460, 0, Form::Audio)]
    );
    assert_eq!(tracks(&disc)[0].indexes, [75]);
    assert_eq!(tracks(&disc)[0].isrc, Some(*b"ABXYZ0000001"));
    assert_eq!(disc.state.catalogue_number(), Some(*b"0123456789012"));
    let mut block = [0; 2048];
    disc.store.read(Area::User, 300, &mut block).unwrap();
    assert_eq!(block, contents[150 * 2352 + 16..][..2048]);
    disc.store.read(Area::User, 200, &mut block).unwrap();
    assert_eq!(block, [0; 2048]);
    let mut sector = [0; 2352];
    disc.store.read(Area::Raw, 385, &mut sector).unwrap();
    assert_eq!(sector, contents[225 * 2352..][..2352]);
    assert!(matches!(disc.store.write(Area::Raw, 0, &sector), Err(discrig_disc::StoreError::ReadOnly)));
}

#[test]
fn files_of_every_type_are_put_together() {
    let folder = Folder::new("types");
    let samples = filler(3, 2352 * 10 + 100);
    let header = |format: u8| {
        let mut wave = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        wave.extend([format, 0, 2, 0, 0x44, 0xAC, 0, 0, 0x10, 0xB1, 2, 0, 4, 0, 16, 0]);
        wave.extend(*b"LIST\x03\0\0\0abc\0data");
        wave.extend((samples.len() as u32).to_le_bytes());
        wave.extend(&samples);
        wave
    };
    std::fs::write(folder.file("one.wav"), header(1)).unwrap();
    std::fs::write(folder.file("float.wav"), header(3)).unwrap();
    std::fs::write(folder.file("two.mot"), filler(4, 2352 * 5)).unwrap();
    std::fs::write(folder.file("three.bin"), filler(5, 2336 * 40)).unwrap();
    let path = folder.file("disc.cue");
    let sheet = "FILE one.wav WAVE\nTRACK 1 AUDIO\nINDEX 1 0:0:0\nTRACK 2 AUDIO\nINDEX 0 0:0:8\nFILE two.mot MOTOROLA\nINDEX 1 0:0:0\n\
                 FILE three.bin BINARY\nTRACK 3 MODE2/2336\nPREGAP 0:0:2\nINDEX 1 0:0:0\n";
    std::fs::write(&path, sheet).unwrap();
    let mut disc = import_cue(&path).unwrap();
    let rows: Vec<_> = tracks(&disc).iter().map(|it| (it.start, it.pre_gap, it.end.unwrap())).collect();
    assert_eq!(rows, [(0, 150, 8), (11, 3, 16), (18, 2, 58)]);
    let mut sector = [0; 2352];
    disc.store.read(Area::Raw, 10, &mut sector).unwrap();
    assert_eq!(sector[..100], samples[23520..]);
    assert!(sector[100..].iter().all(|byte| *byte == 0));
    disc.store.read(Area::Raw, 11, &mut sector).unwrap();
    let swapped = filler(4, 2352);
    assert_eq!((sector[0], sector[1], sector[2351]), (swapped[1], swapped[0], swapped[2350]));
    for (block, tail) in [(16, vec![0; 2336]), (18, filler(5, 2336))] {
        disc.store.read(Area::Raw, block, &mut sector).unwrap();
        assert_eq!(
            sector[..16],
            [&frame::SYNC[..], &frame::header(Msf::from_lba(block).unwrap(), 2)].concat()
        );
        assert_eq!(sector[16..], tail);
    }
    std::fs::write(&path, sheet.replace("one", "float")).unwrap();
    let error = import_cue(&path).unwrap_err().to_string();
    assert!(error.contains("disc.cue:1: the file") && error.contains("convert it"), "{error}");
}

#[test]
fn errors_name_the_line_and_what_to_do() {
    let folder = Folder::new("lines");
    std::fs::write(folder.file("a.bin"), filler(1, 2352 * 300)).unwrap();
    let path = folder.file("disc.cue");
    let cases = [
        ("00:01:00", "00:00:31", 12, "go up"),
        ("INDEX 02", "INDEX 03", 12, "2 is next"),
        ("TRACK 02", "TRACK 04", 13, "2 is next"),
        ("MODE1/2352", "MODE3/2352", 13, "no mode that can be imported"),
        ("    INDEX 01 00:02:00\n", "", 15, "after the last INDEX"),
        ("    INDEX 01 00:03:00\n", "", 17, "no INDEX 01"),
        ("INDEX 01 00:03:00", "INDEX 01 00:99:00", 18, "59 seconds"),
        ("INDEX 01 00:03:00", "INDEX 01 00:09:00", 15, "ends 150 blocks after"),
        ("0123456789012", "012", 2, "13 digits"),
        ("ABXYZ0000001", "ABXYZ00000A1", 9, "recording code"),
        ("\"a.bin\"", "\"a.bin", 5, "quotation mark"),
        ("\"a.bin\"", "\"b.bin\"", 5, "cannot be opened"),
        ("BINARY", "MP3", 5, "can be imported"),
        ("REM", "REMARK", 1, "REMARK"),
        ("FLAGS DCP", "FLAGS XYZ", 8, "DCP"),
        ("PREGAP 00:02:00", "PREGAP", 14, "0 operands"),
        ("TITLE \"One\"", "TITLE \"One\"\nTITLE \"Two\"", 8, "second time"),
    ];
    for (from, to, line, part) in cases {
        std::fs::write(&path, SHEET.replacen(from, to, 1)).unwrap();
        match import_cue(&path) {
            Err(error) => {
                let said = error.to_string();
                assert!(said.contains(&format!("disc.cue:{line}:")) && said.contains(part), "{said}");
            }
            Ok(_) => panic!("{to} was taken"),
        }
    }
}

#[test]
fn an_iso_goes_in_and_out() {
    let folder = Folder::new("iso");
    let (path, copy) = (folder.file("a.iso"), folder.file("b.iso"));
    let contents = filler(9, 2048 * 100);
    std::fs::write(&path, &contents).unwrap();
    let mut disc = import_iso(&path).unwrap();
    assert_eq!(disc.state, DiscState::pressed(100).unwrap());
    let exported = export_iso(&mut disc, Part::Whole, &copy, Replace::Never).unwrap();
    assert_eq!(exported, Exported { blocks: 100, unreadable: 0 });
    assert_eq!(std::fs::read(&copy).unwrap(), contents);
    std::fs::write(&path, &contents[..2048 * 50]).unwrap();
    assert!(matches!(
        export_iso(&mut disc, Part::Whole, &copy, Replace::Never),
        Err(ImageError::Exists { .. })
    ));
    assert_eq!(std::fs::read(&copy).unwrap(), contents);
    // The image became shorter meanwhile.
    assert_eq!(
        export_iso(&mut disc, Part::Whole, &copy, Replace::Existing).unwrap(),
        Exported { blocks: 100, unreadable: 50 }
    );
    assert_eq!(std::fs::read(&copy).unwrap(), [&contents[..2048 * 50], &[0; 2048 * 50]].concat());
    let names: Vec<_> =
        std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    std::fs::write(&path, &contents[..3000]).unwrap();
    assert!(import_iso(&path).unwrap_err().to_string().contains("blocks of 2048"));
    let mut blank = Disc::blank(MediumKind::DvdPlusR).unwrap();
    assert!(export_iso(&mut blank, Part::Whole, &folder.file("c.iso"), Replace::Never).is_err());
    assert!(!folder.file("c.iso").exists());
}

#[test]
fn raw_images_are_kept_as_they_are() {
    let folder = Folder::new("raw");
    let path = folder.file("a.img");
    let mut contents = filler(2, 2352 * 20);
    std::fs::write(&path, &contents).unwrap();
    assert!(import_raw(&path, RawTrack::Data).unwrap_err().to_string().contains("import it as audio"));
    assert_eq!(tracks(&import_raw(&path, RawTrack::Audio).unwrap())[0].form, Form::Audio);
    contents[..12].copy_from_slice(&frame::SYNC);
    for (mode, form) in [(1, Form::Raw), (2, Form::Mode2)] {
        contents[15] = mode;
        std::fs::write(&path, &contents).unwrap();
        let mut disc = import_raw(&path, RawTrack::Data).unwrap();
        assert_eq!(tracks(&disc)[0].form, form);
        let mut sectors = vec![0; contents.len()];
        disc.store.read(Area::Raw, 0, &mut sectors).unwrap();
        assert!(sectors == contents);
    }
}

#[test]
fn cd_text_that_a_sheet_cannot_hold_goes_into_a_file() {
    let folder = Folder::new("cdt");
    let path = folder.file("disc.cue");
    let plan = TrackPlan {
        form: Form::Audio,
        pre_gap: 0,
        blocks: 10,
        indexes: Vec::new(),
        flags: 0,
        isrc: None,
        title: Some("with \" in it".into()),
    };
    let mut disc = planned(&[plan], None);
    export_cue(&mut disc, Part::Whole, &path, Replace::Never).unwrap();
    assert!(folder.file("disc.cdt").exists());
    assert_eq!(import_cue(&path).unwrap().state, disc.state);
    assert!(matches!(
        export_cue(&mut disc, Part::Whole, &path, Replace::Never),
        Err(ImageError::Exists { .. })
    ));
    std::fs::write(folder.file("disc.cdt"), b"short").unwrap();
    let error = import_cue(&path).unwrap_err().to_string();
    assert!(error.contains("packs of 18 bytes"), "{error}");
}
