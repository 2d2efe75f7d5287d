//! Reading, and recording in sequence.

use crate::rig::{A, LOAD, Rig, TIMEOUT, data_disc, ending, hex, image};
use discrig_device::{Device, Request};
use discrig_disc::{Area, DiscState, Form, MemoryStore, Recording, Store, StoreError};
use discrig_drive::{Disc, HostEvent, MediumKind};
use discrig_wire::Cdb;
use rstest::rstest;

#[test]
fn capacity() {
    let capacity = |mut rig: Rig| hex(&rig.data(A, "25 00 00 00 00 00 00 00 00 00"));
    assert_eq!(capacity(Rig::loaded()), "00 00 00 63 00 00 08 00");
    assert_eq!(capacity(Rig::blank(MediumKind::BdR)), "00 00 00 00 00 00 08 00");
    assert_eq!(Rig::loaded().ask(A, "25 00 00 00 00 01 00 00 00 00"), "05/24/00 cdb 2.7");
    assert_eq!(Rig::loaded().ask(A, "25 00 00 00 00 00 00 00 01 00"), "05/24/00 cdb 8.0");
}

#[test]
fn blocks() {
    let mut rig = Rig::loaded();
    let expected = image(100);
    assert_eq!(rig.data(A, "28 00 00 00 00 00 00 00 64 00"), expected);
    assert_eq!(rig.data(A, "28 18 00 00 00 02 00 00 03 00"), expected[2 * 2048..5 * 2048]);
    assert_eq!(rig.data(A, "A8 00 00 00 00 63 00 00 00 01 80 00"), expected[99 * 2048..]);
    assert!(rig.data(A, "28 00 00 00 00 00 00 00 00 00").is_empty());
}

#[test]
fn a_small_buffer_takes_what_fits() {
    let mut rig = Rig::loaded();
    let mut buffer = [0xEE; 3000];
    let cdb: Cdb = "28 00 00 00 00 05 00 00 02 00".parse().unwrap();
    let answer = rig.port(A).execute(Request::input(cdb, &mut buffer, TIMEOUT)).unwrap();
    assert_eq!((answer.transferred, buffer[2047], buffer[2048]), (3000, 5, 6));
}

#[rstest]
#[case("28 00 00 00 00 64 00 00 01 00", "05/21/00 block 100")]
#[case("28 00 00 00 00 63 00 00 02 00", "05/21/00 block 100")]
#[case("28 00 FF FF FF FF 00 00 02 00", "05/21/00 block 4294967295")]
#[case("28 00 00 00 00 64 00 00 00 00", "05/21/00 block 100")]
#[case("A8 00 00 00 00 00 FF FF FF FF 00 00", "05/24/00 cdb 6.7")]
#[case("2B 00 00 00 00 63 00 00 00 00", "GOOD")]
#[case("2B 00 00 00 00 64 00 00 00 00", "05/21/00 block 100")]
#[case("2F 00 00 00 00 00 00 00 64 00", "GOOD")]
#[case("2F 00 00 00 00 00 00 00 65 00", "05/21/00 block 100")]
#[case("2F 02 00 00 00 00 00 00 64 00", "05/24/00 cdb 1.1")]
#[case("2A 00 00 00 00 00 00 00 01 00", "07/27/00")]
#[case("35 00 00 00 00 00 00 00 00 00", "GOOD")]
fn ends(#[case] cdb: &str, #[case] expected: &str) {
    assert_eq!(Rig::loaded().tell(A, cdb, &[0; 2048]), expected);
}

/// A disc whose file has a bad place.
#[derive(Debug)]
struct Scratched;

impl Store for Scratched {
    fn read(&mut self, _: Area, first: i32, buffer: &mut [u8]) -> Result<(), StoreError> {
        for (at, part) in (first..).zip(buffer.chunks_mut(2048)) {
            if at == 7 {
                return Err(StoreError::Failed("block 7 is bad".into()));
            }
            part.fill(at as u8);
        }
        Ok(())
    }
}

#[test]
fn a_source_that_fails_is_a_medium_error() {
    let mut rig = Rig::with(Disc { state: DiscState::pressed(40).unwrap(), store: Box::new(Scratched) }, &[]);
    assert_eq!(rig.data(A, "28 00 00 00 00 08 00 00 20 00"), image(40)[8 * 2048..]);
    assert_eq!(rig.ask(A, "28 00 00 00 00 00 00 00 08 00"), "03/11/00 block 7");
    assert_eq!(rig.ask(A, "2F 00 00 00 00 00 00 00 28 00"), "03/11/00 block 7");
    assert_eq!(rig.ask(A, "2F 00 00 00 00 08 00 00 20 00"), "GOOD");
}

#[test]
fn audio_is_no_user_data() {
    let mut state = DiscState::pressed(40).unwrap();
    if let Recording::Sequential(sequence) = &mut state.recording {
        sequence.track_mut(1).unwrap().form = Form::Audio;
    }
    let mut rig = Rig::with(Disc { state, store: Box::new(MemoryStore::default()) }, &[]);
    assert_eq!(rig.ask(A, "28 00 00 00 00 02 00 00 01 00"), "05/64/00 block 2");
}

#[rstest]
#[case(MediumKind::CdR)]
#[case(MediumKind::DvdPlusR)]
#[case(MediumKind::BdR)]
fn recording_in_sequence(#[case] kind: MediumKind) {
    let mut rig = Rig::blank(kind);
    assert_eq!(rig.ask(A, "28 00 00 00 00 00 00 00 01 00"), "05/21/00 block 0");
    assert_eq!(rig.tell(A, "2A 00 00 00 00 00 00 00 03 00", &image(3)), "GOOD");
    assert_eq!(rig.tell(A, "2A 00 00 00 00 00 00 00 01 00", &image(1)), "05/21/02 block 0");
    assert_eq!(rig.tell(A, "2A 00 00 00 00 04 00 00 01 00", &image(1)), "05/21/02 block 4");
    assert_eq!(rig.tell(A, "2A 00 00 00 00 03 00 00 02 00", &image(1)), "0B/4B/00");
    assert_eq!(rig.tell(A, "2A 00 00 00 00 03 00 00 00 00", &[]), "GOOD", "no blocks");
    assert_eq!(rig.tell(A, "2A 00 00 00 00 03 00 00 01 00", &[9; 2048]), "GOOD");
    let recorded = [image(3), vec![9; 2048]].concat();
    assert_eq!(rig.data(A, "28 00 00 00 00 00 00 00 04 00"), recorded);
    assert_eq!(rig.data(A, "51 00 00 00 00 00 00 00 22 00")[2], 0x05, "incomplete, so is its session");
    let track = rig.data(A, "52 01 00 00 00 01 00 00 24 00");
    assert_eq!((track[6], track[7], track[15], track[31]), (0x21, 0x03, 4, 3));
    rig.ask(A, "1B 00 00 00 02 00");
    rig.ask(A, LOAD);
    rig.settle();
    assert_eq!(rig.data(A, "28 00 00 00 00 00 00 00 04 00"), recorded, "still there");
}

#[test]
fn protected_by_software() {
    let mut rig = Rig::blank(MediumKind::BdR);
    let protect = [0, 0, 0, 0, 0, 0, 0, 0, 0x1D, 0x0A, 0, 0, 1, 0, 0, 10, 0, 180, 0, 0];
    assert_eq!(rig.tell(A, "55 10 00 00 00 00 00 00 14 00", &protect), "GOOD");
    assert_eq!(rig.tell(A, "2A 00 00 00 00 00 00 00 01 00", &image(1)), "07/27/02");
}

#[test]
fn another_disc_has_other_blocks() {
    let mut rig = Rig::loaded();
    rig.happen(HostEvent::SwapDisc(Some(data_disc(5))));
    assert_eq!(rig.ask(A, "28 00 00 00 00 00 00 00 01 00"), "06/28/00");
    assert_eq!(rig.ask(A, "28 00 00 00 00 05 00 00 01 00"), "05/21/00 block 5");
    rig.happen(HostEvent::SwapDisc(None));
    let mut buffer = [0; 2048];
    let cdb: Cdb = "28 00 00 00 00 00 00 00 01 00".parse().unwrap();
    let answer = rig.port(A).execute(Request::input(cdb, &mut buffer, TIMEOUT)).unwrap();
    assert_eq!((ending(&answer).as_str(), answer.transferred), ("02/3A/01", 0));
}
