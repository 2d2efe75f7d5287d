//! What is demanded of DVD-RAM, in the order in which burners ask.

use super::{LEAST, MOST, PRIMARY_SPARES, USUAL};
use crate::kind::MediumKind;
use crate::rules::trial::Trial;
use discrig_wire::sense::codes;
use rstest::rstest;

fn sold() -> Trial {
    Trial::new(MediumKind::DvdRam)
}

#[test]
fn a_disc_is_sold_formatted() {
    let mut trial = sold();
    let list = vec![(0x00, 2_236_704, 0x800), (0x00, 2_295_072, 0x800), (0x01, 2_197_280, 0x800)];
    assert_eq!(trial.capacities(), (2, 2_236_704, list));
    assert_eq!(trial.features(), [0x20, 0x23, 0x24]);
    assert_eq!(trial.disc.last_block(), 2_236_703);
    for first in [100_000, 0, 1, 2_236_703] {
        trial.write(first, 1).unwrap();
    }
    assert_eq!(trial.write(2_236_704, 1), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.synchronize(), Ok(()));
    for function in 0..8 {
        assert_eq!(trial.close(function, 0), Err(codes::INVALID_FIELD_IN_CDB));
    }
}

#[test]
fn the_spare_area_grows_at_the_cost_of_the_end() {
    let mut trial = sold();
    trial.format_as((0, 0), MOST, 0x800).unwrap();
    assert_eq!(trial.surface().spares, PRIMARY_SPARES);
    assert_eq!(trial.capacities().2[2..], [(0x01, USUAL, 0x800), (0x01, LEAST, 0x800)]);
    trial.write(0, 16).unwrap();
    trial.write(MOST as i32 - 16, 16).unwrap();
    trial.format_as((1, 0), USUAL, 0x800).unwrap();
    assert!(trial.written.iter().flatten().eq(0..16));
    assert_eq!(trial.surface().spares, PRIMARY_SPARES + 3648);
    assert_eq!(trial.format_as((1, 0), USUAL, 0x800), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST));
    trial.format_as((1, 0), LEAST, 0x800).unwrap();
    assert_eq!(trial.capacities().2.len(), 2);
}

#[rstest]
#[case((0x00, 0), USUAL - 16)]
#[case((0x00, 0), u32::MAX)]
#[case((0x00, 1), USUAL)]
#[case((0x01, 0), MOST)]
#[case((0x26, 0), USUAL)]
fn sizes_that_are_not_offered(#[case] format: (u8, u8), #[case] blocks: u32) {
    let mut trial = sold();
    let before = trial.disc.clone();
    assert_eq!(trial.format_as(format, blocks, 0x800), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST));
    assert_eq!(trial.disc, before);
}

#[test]
fn spares_are_used_and_run_out() {
    let mut trial = sold();
    trial.format_as((0, 0), MOST, 0x800).unwrap();
    trial.disc.damaged.insert(0..16 * (PRIMARY_SPARES as i32 + 1));
    trial.write(0, 16 * PRIMARY_SPARES).unwrap();
    assert_eq!(trial.disc.replaced.len(), u64::from(16 * PRIMARY_SPARES));
    trial.write(0, 32).unwrap();
    let next = 16 * PRIMARY_SPARES as i32;
    assert_eq!(trial.write(next, 1), Err(codes::NO_DEFECT_SPARE_LOCATION_AVAILABLE));
    assert_eq!(trial.read(next, 1), Err(codes::UNRECOVERED_READ_ERROR));
    assert_eq!(trial.format_as((0, 0), MOST, 0x800), Err(codes::FORMAT_COMMAND_FAILED));
    trial.format_as((1, 0), USUAL, 0x800).unwrap();
    trial.write(next, 1).unwrap();
}

#[test]
fn erased_blocks_are_lost() {
    let mut trial = sold();
    trial.write(0, 64).unwrap();
    trial.carry_out(trial.disc.erase(16..32)).unwrap();
    assert_eq!(trial.written.iter().collect::<Vec<_>>(), [0..16, 32..64]);
    let beyond = trial.disc.erase(2_236_700..2_236_705).unwrap_err();
    assert_eq!(beyond.code, codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
}
