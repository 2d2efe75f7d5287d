//! What is demanded of DVD-PLUS-RW, in the order in which burners ask.

use crate::kind::MediumKind;
use crate::rules::trial::Trial;
use crate::state::BackgroundState::{Complete, Running, Suspended};
use discrig_wire::disc::{BackgroundFormat, DiscStatus};
use discrig_wire::sense::codes;
use rstest::rstest;

const CAPACITY: u32 = 2_295_104;
const FORMAT: (u8, u8) = (0x26, 0);
const RESTART: u32 = 1;
const STOP: u8 = 0;
const SESSION: u8 = 2;
const COMPATIBLE: u8 = 3;

fn running() -> Trial {
    let mut trial = Trial::new(MediumKind::DvdPlusRw);
    trial.format_as(FORMAT, u32::MAX, 0).unwrap();
    trial
}

fn format_status(trial: &Trial) -> (BackgroundFormat, bool) {
    let information = trial.disc.information();
    (information.background_format, information.dirty)
}

#[test]
fn an_unformatted_disc() {
    let mut trial = Trial::new(MediumKind::DvdPlusRw);
    assert_eq!(trial.capacities(), (1, CAPACITY, vec![(0x26, CAPACITY, 0)]));
    assert_eq!(trial.features(), [0x20, 0x23, 0x2A]);
    assert_eq!((trial.disc.last_block(), format_status(&trial)), (0, (BackgroundFormat::NONE, false)));
    assert_eq!(trial.disc.information().disc_status, DiscStatus::EMPTY);
    assert_eq!(trial.write(0, 16), Err(codes::MEDIUM_NOT_FORMATTED));
    assert_eq!(trial.read(0, 1), Err(codes::MEDIUM_NOT_FORMATTED));
    for function in [STOP, SESSION, COMPATIBLE] {
        assert_eq!(trial.close(function, 0), Err(codes::MEDIUM_NOT_FORMATTED));
    }
    assert_eq!(trial.format_as(FORMAT, CAPACITY, RESTART), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST));
}

/// As burners do: format, write at once, stop the format, write the lead-out; later more.
#[test]
fn a_format_that_is_stopped_and_goes_on() {
    let mut trial = running();
    assert_eq!(format_status(&trial), (BackgroundFormat::RUNNING, true));
    assert_eq!(trial.capacities().0, 2);
    assert_eq!(trial.disc.last_block(), CAPACITY - 1);
    trial.write(0, 160).unwrap();
    assert!(trial.disc.background(1000));
    assert_eq!(trial.surface().formatted_to, 1160);
    trial.synchronize().unwrap();
    trial.close(STOP, 0).unwrap();
    assert_eq!(format_status(&trial), (BackgroundFormat::SUSPENDED, false));
    assert_eq!((trial.disc.last_block(), trial.capacities().1), (1159, 1160));
    assert!(!trial.disc.background(1000));
    trial.close(SESSION, 0).unwrap();
    assert!(!trial.surface().open);
    assert_eq!(trial.read(1160, 1), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));

    trial.format_as(FORMAT, u32::MAX, RESTART).unwrap();
    assert_eq!((trial.surface().background, trial.surface().formatted_to), (Running, 1160));
    assert!(trial.disc.background(CAPACITY));
    assert_eq!(
        (trial.surface().background, format_status(&trial)),
        (Complete, (BackgroundFormat::COMPLETE, false))
    );
    assert_eq!(trial.disc.last_block(), CAPACITY - 1);
    assert_eq!(trial.disc.information().disc_status, DiscStatus::COMPLETE);
    trial.write(500, 1).unwrap();
    assert_eq!(format_status(&trial), (BackgroundFormat::COMPLETE, false));
    for function in [STOP, SESSION, COMPATIBLE] {
        assert_eq!(trial.close(function, 0), Ok(()));
    }
    assert_eq!(trial.format_as(FORMAT, u32::MAX, RESTART), Ok(()));
    assert_eq!(trial.surface().background, Complete);
}

#[test]
fn writing_ahead_of_the_format() {
    let mut trial = running();
    trial.write(1_000_000, 1).unwrap();
    assert_eq!(trial.surface().formatted_to, 1_000_016);
    assert_eq!(trial.read(2_000_000, 16), Ok(()));
    trial.write(CAPACITY as i32 - 1, 1).unwrap();
    assert_eq!(trial.surface().background, Complete);
    assert_eq!(trial.write(CAPACITY as i32, 1), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
}

#[test]
fn writing_restarts_a_format_that_was_stopped() {
    let mut trial = running();
    trial.close(STOP, 0).unwrap();
    assert_eq!(trial.disc.last_block(), 15);
    trial.write(32, 16).unwrap();
    assert_eq!(
        (trial.surface().background, format_status(&trial)),
        (Running, (BackgroundFormat::RUNNING, true))
    );
}

#[test]
fn power_fails_while_a_format_runs() {
    let mut trial = running();
    trial.write(0, 16).unwrap();
    trial.interrupt();
    assert_eq!(
        (trial.surface().background, format_status(&trial)),
        (Suspended, (BackgroundFormat::SUSPENDED, true))
    );
    assert_eq!(trial.read(0, 16), Ok(()));
    trial.close(COMPATIBLE, 0).unwrap();
    assert_eq!(format_status(&trial), (BackgroundFormat::SUSPENDED, false));
}

#[test]
fn a_format_from_the_beginning() {
    let mut trial = running();
    assert_eq!(trial.format_as(FORMAT, u32::MAX, 0), Err(codes::COMMAND_SEQUENCE_ERROR));
    trial.write(0, 16).unwrap();
    trial.close(STOP, 0).unwrap();
    trial.format_as(FORMAT, CAPACITY, 0).unwrap();
    assert_eq!((trial.surface().formatted_to, trial.disc.rewrites), (16, 2));
    assert!(trial.written.is_empty());
}

#[rstest]
#[case((0x00, 0), CAPACITY, 0)]
#[case((0x26, 1), CAPACITY, 0)]
#[case((0x26, 0), CAPACITY - 16, 0)]
#[case((0x26, 0), CAPACITY, 2)]
fn formats_that_there_are_not(#[case] format: (u8, u8), #[case] blocks: u32, #[case] parameter: u32) {
    let mut trial = Trial::new(MediumKind::DvdPlusRw);
    assert_eq!(trial.format_as(format, blocks, parameter), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST));
    assert!(trial.disc.is_blank());
}

#[test]
fn what_a_dvd_plus_rw_does_not_know() {
    let mut trial = running();
    for function in [1, 4, 5, 6, 7] {
        assert_eq!(trial.close(function, 1), Err(codes::INVALID_FIELD_IN_CDB));
    }
    assert_eq!(trial.reserve(16), Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT));
    assert_eq!(trial.blank(0), Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT));
}
