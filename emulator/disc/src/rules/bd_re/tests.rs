//! What is demanded of BD-RE, in the order in which burners ask.

use crate::kind::MediumKind;
use crate::rules::trial::Trial;
use discrig_wire::disc::DiscStatus;
use discrig_wire::sense::codes;
use rstest::rstest;

const DEFAULT: u32 = 11_826_176;

fn blank() -> Trial {
    Trial::new(MediumKind::BdRe)
}

fn formatted() -> Trial {
    let mut trial = blank();
    trial.format_as((0, 0), DEFAULT, 0x3000).unwrap();
    trial
}

fn list() -> Vec<(u8, u32, u32)> {
    vec![
        (0x00, 11_826_176, 0x3000),
        (0x30, 11_826_176, 0x3000),
        (0x30, 11_564_032, 0x5000),
        (0x30, 12_088_320, 0x1000),
        (0x31, 12_219_392, 0x800),
    ]
}

#[test]
fn an_unformatted_disc() {
    let mut trial = blank();
    assert_eq!(trial.capacities(), (1, 12_219_392, list()));
    assert_eq!(trial.features(), [0x23, 0x41]);
    assert_eq!(trial.disc.last_block(), 0);
    assert_eq!(trial.write(0, 32), Err(codes::MEDIUM_NOT_FORMATTED));
    assert_eq!(trial.read(0, 1), Err(codes::MEDIUM_NOT_FORMATTED));
    assert_eq!(trial.disc.information().disc_status, DiscStatus::EMPTY);
}

#[test]
fn a_formatted_disc_is_written_in_any_order() {
    let mut trial = formatted();
    assert_eq!(trial.capacities(), (2, DEFAULT, list()));
    assert_eq!(trial.features(), [0x20, 0x23, 0x24, 0x41]);
    assert_eq!(trial.disc.last_block(), DEFAULT - 1);
    for first in [5000, 0, 1, 5000, DEFAULT as i32 - 1] {
        trial.write(first, 1).unwrap();
    }
    assert_eq!(trial.read(0, 100), Ok(()));
    assert_eq!(trial.disc.information().disc_status, DiscStatus::COMPLETE);
    for (first, blocks) in [(DEFAULT as i32, 1), (DEFAULT as i32 - 1, 2), (-1, 1)] {
        assert_eq!(trial.write(first, blocks), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
        assert_eq!(trial.read(first, blocks), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    }
}

/// There are no sessions to close, no tracks to reserve, and nothing to blank.
#[test]
fn what_a_bd_re_does_not_know() {
    let mut trial = formatted();
    for function in 0..8 {
        assert_eq!(trial.close(function, 1), Err(codes::INVALID_FIELD_IN_CDB));
    }
    assert_eq!(trial.reserve(32), Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT));
    assert_eq!(trial.blank(0), Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT));
    assert_eq!(trial.synchronize(), Ok(()));
}

#[rstest]
#[case((0x30, 0), 11_564_032, 0x5000, 20_480)]
#[case((0x30, 1), 12_088_320, 0, 4096)]
#[case((0x30, 2), 12_219_392 - 32 * 5000, 5000, 5000)]
#[case((0x30, 3), DEFAULT, 0, 12_288)]
#[case((0x31, 0), 12_219_392, 0x800, 0)]
#[case((0x31, 1), 12_219_392, 0, 0)]
fn a_disc_is_formatted_again_at_any_time(
    #[case] format: (u8, u8),
    #[case] blocks: u32,
    #[case] parameter: u32,
    #[case] spares: u32,
) {
    let mut trial = formatted();
    trial.write(0, 32).unwrap();
    trial.format_as(format, blocks, parameter).unwrap();
    assert_eq!((trial.surface().blocks, trial.surface().spares, trial.disc.rewrites), (blocks, spares, 2));
    assert!(trial.written.is_empty());
    assert_eq!(trial.features().contains(&0x24), spares > 0);
    assert_eq!(trial.write(blocks as i32 - 1, 1), Ok(()));
}

#[rstest]
#[case((0x00, 0), 12_219_392, 0)]
#[case((0x00, 1), DEFAULT, 0)]
#[case((0x30, 0), 12_088_320 + 32, 0)]
#[case((0x30, 0), 11_564_032 - 32, 0)]
#[case((0x30, 0), DEFAULT + 1, 0)]
#[case((0x30, 0), DEFAULT, 0x5000)]
#[case((0x31, 0), DEFAULT, 0)]
#[case((0x30, 4), DEFAULT, 0)]
#[case((0x32, 0), DEFAULT, 0)]
#[case((0x26, 0), 12_219_392, 0)]
fn formats_that_there_are_not(#[case] format: (u8, u8), #[case] blocks: u32, #[case] parameter: u32) {
    let mut trial = formatted();
    let before = trial.disc.clone();
    assert_eq!(trial.format_as(format, blocks, parameter), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST));
    assert_eq!(trial.disc, before);
}

#[rstest]
#[case(MediumKind::BdReDl, 23_652_352)]
#[case(MediumKind::BdReXl, 47_305_728)]
fn more_layers(#[case] kind: MediumKind, #[case] user: u32) {
    let mut trial = Trial::new(kind);
    trial.format_as((0, 0), user, 0).unwrap();
    assert_eq!(trial.disc.last_block(), user - 1);
    assert_eq!(trial.disc.information().disc_status, DiscStatus::COMPLETE);
}

#[test]
fn full_certification_replaces_what_is_damaged() {
    let mut trial = blank();
    trial.disc.damaged.insert(100..101);
    trial.format_as((0x30, 2), DEFAULT, 0).unwrap();
    assert!(trial.disc.replaced.iter().flatten().eq(96..128));
    trial.format_as((0x30, 0), DEFAULT, 0).unwrap();
    assert!(!trial.disc.replaced.is_empty());
    trial.format_as((0x31, 1), 12_219_392, 0).unwrap();
    assert!(trial.disc.replaced.is_empty());
    assert_eq!(trial.read(100, 1), Err(codes::UNRECOVERED_READ_ERROR));
    trial.disc.damaged.insert(0..32 * 4097);
    let before = trial.disc.clone();
    assert_eq!(trial.format_as((0x30, 2), 12_088_320, 0), Err(codes::FORMAT_COMMAND_FAILED));
    assert_eq!(trial.disc, before);
}

#[test]
fn a_disc_wears_out() {
    let mut trial = blank();
    trial.disc.endurance = Some(2);
    trial.format_as((0, 0), DEFAULT, 0).unwrap();
    trial.write(0, 32).unwrap();
    trial.write(0, DEFAULT).unwrap();
    assert_eq!((trial.disc.rewrites, trial.disc.overwritten), (2, 32));
    assert_eq!(trial.format_as((0, 0), DEFAULT, 0), Err(codes::FORMAT_COMMAND_FAILED));
    trial.write(0, DEFAULT / 2).unwrap();
    trial.write(0, DEFAULT / 2).unwrap();
    assert_eq!((trial.disc.rewrites, trial.write(0, 32)), (3, Err(codes::WRITE_ERROR)));
    assert_eq!(trial.read(0, 32), Ok(()));
}

#[test]
fn a_protected_disc_is_left_alone() {
    let mut trial = formatted();
    trial.protect(true).unwrap();
    assert_eq!(trial.write(0, 32), Err(codes::PERSISTENT_WRITE_PROTECT));
    assert_eq!(trial.format_as((0, 0), DEFAULT, 0), Err(codes::PERSISTENT_WRITE_PROTECT));
    trial.protect(false).unwrap();
    assert_eq!(trial.write(0, 32), Ok(()));
}

#[rstest]
#[case(&[], codes::PARAMETER_LIST_LENGTH_ERROR)]
#[case(&[2, 0, 0], codes::PARAMETER_LIST_LENGTH_ERROR)]
#[case(&[3, 0, 0, 0], codes::INVALID_FIELD_IN_PARAMETER_LIST)]
#[case(&[2, 0, 1, 0], codes::INVALID_FIELD_IN_PARAMETER_LIST)]
fn wrong_protection(#[case] bytes: &[u8], #[case] code: discrig_wire::sense::SenseCode) {
    let trial = formatted();
    assert_eq!(trial.disc.send_structure(0xC0, bytes).unwrap_err().code, code);
    assert_eq!(trial.disc.send_structure(0x20, &[0; 4]).unwrap_err().code, codes::INVALID_FIELD_IN_CDB);
}
