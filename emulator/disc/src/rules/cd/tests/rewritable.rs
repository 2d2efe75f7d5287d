//! Blanking and formatting.

use super::*;
use crate::rules::FormatRequest;
use crate::state::Form;
use discrig_wire::capacity::FormatType;
use discrig_wire::feature::FeatureCode;
use discrig_wire::sense::codes;
use rstest::rstest;

/// 9226 packets of 32 blocks, with seven link blocks each, fit into 359849 blocks.
const MOST: u32 = 295_232;

fn blank(rig: &mut Rig, blanking_type: u8, address: u32) -> Result<(Task, u64), SenseCode> {
    let change = Cd.blank(&rig.disc, blanking_type, address);
    rig.carry(change)
}

fn format(rig: &mut Rig, format_type: u8, blocks: u32) -> Result<(Task, u64), SenseCode> {
    let request = FormatRequest { blocks, format_type, parameter: 32, ..FormatRequest::default() };
    let change = Cd.format(&rig.disc, &request);
    rig.carry(change)
}

#[rstest]
#[case(0, Task::BlankFull)]
#[case(1, Task::BlankMinimal)]
fn a_complete_disc_becomes_blank(#[case] blanking_type: u8, #[case] task: Task) {
    let mut rig = Rig::new(MediumKind::CdRw, at_once_data());
    rig.page.multi_session = MultiSession::NONE;
    rig.write(0, 500).unwrap();
    rig.close(2, 0).unwrap();
    assert_eq!(rig.write(20_000, 1), Err(codes::WRITE_PROTECTED));
    assert_eq!(blank(&mut rig, blanking_type, 0).unwrap().0, task);
    assert!(rig.sequence().is_blank());
    assert_eq!((rig.nwa(), rig.disc.rewrites), (Some(0), 1));
    rig.disc.endurance = Some(1);
    assert_eq!(blank(&mut rig, blanking_type, 0), Err(codes::ERASE_FAILURE));
}

#[rstest]
fn other_ways_of_blanking_are_unknown(#[values(2, 3, 5, 6, 7)] blanking_type: u8) {
    let mut rig = Rig::new(MediumKind::CdRw, at_once_data());
    assert_eq!(blank(&mut rig, blanking_type, 0), Err(codes::INVALID_FIELD_IN_CDB));
    let mut once = Rig::new(MediumKind::CdR, at_once_data());
    assert_eq!(blank(&mut once, 0, 0), Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT));
}

#[test]
fn the_tail_of_a_track() {
    let mut rig = Rig::new(MediumKind::CdRw, variable_packets());
    rig.write(0, 100).unwrap();
    rig.sync();
    rig.write(107, 100).unwrap();
    rig.sync();
    assert_eq!(blank(&mut rig, 4, 50), Err(codes::INVALID_FIELD_IN_CDB), "within a packet");
    blank(&mut rig, 4, 107).unwrap();
    assert_eq!(rig.nwa(), Some(107));
    rig.write(107, 10).unwrap();
    blank(&mut rig, 4, 0).unwrap();
    assert!(rig.sequence().is_blank(), "a track without blocks is invisible");
    rig.page = at_once_data();
    rig.write(0, 400).unwrap();
    assert_eq!(blank(&mut rig, 4, 0), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK));
}

#[test]
fn a_formatted_disc_is_written_in_any_order() {
    let mut rig = Rig::new(MediumKind::CdRw, fixed_packets());
    let (_, offered) = Cd.format_capacities(&rig.disc);
    assert_eq!(offered[0].format_type, FormatType::PACKET_FULL);
    assert_eq!((offered[0].blocks, offered[0].parameter), (MOST, 32));
    assert_eq!(format(&mut rig, 0x10, 3200).unwrap().0, Task::FormatFull);
    assert!(Cd.write_features(&rig.disc).contains(&FeatureCode::RESTRICTED_OVERWRITE));
    assert_eq!(Cd.last_block(&rig.disc), 3199);
    for first in [3168, 0, 320, 0] {
        rig.write(first, 32).unwrap();
    }
    assert_eq!(rig.readable(0, 3200), Ok(Form::Mode1));
    assert_eq!(rig.write(1, 32), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(rig.write(0, 31), Err(codes::INVALID_PACKET_SIZE));
    assert_eq!(rig.write(3200, 32), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    rig.page = at_once_data();
    assert_eq!(rig.write(0, 32), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK));
    let (_, offered) = Cd.format_capacities(&rig.disc);
    assert_eq!((offered[1].format_type, offered[1].blocks), (FormatType::PACKET_GROW, MOST - 3200));
    format(&mut rig, 0x11, 320).unwrap();
    assert_eq!(Cd.last_block(&rig.disc), 3519);
    blank(&mut rig, 1, 0).unwrap();
    assert!(rig.sequence().is_blank());
    format(&mut rig, 0x12, MOST).unwrap();
    assert_eq!(Cd.last_block(&rig.disc), MOST - 1);
}

#[rstest]
#[case::other_type(0x26, 32, 32, 8)]
#[case::grow_what_is_not_there(0x11, 32, 32, 8)]
#[case::packet_size(0x10, 32, 16, 9)]
#[case::nothing(0x10, 0, 32, 4)]
#[case::part_of_a_packet(0x10, 33, 32, 4)]
#[case::too_much(0x10, MOST + 32, 32, 4)]
fn formats_that_are_refused(
    #[case] format_type: u8,
    #[case] blocks: u32,
    #[case] parameter: u32,
    #[case] byte: u16,
) {
    let rig = Rig::new(MediumKind::CdRw, fixed_packets());
    let request = FormatRequest { blocks, format_type, parameter, ..FormatRequest::default() };
    assert_eq!(Cd.format(&rig.disc, &request).unwrap_err(), Refusal::parameter(byte, Some(7)));
    let once = Rig::new(MediumKind::CdR, fixed_packets());
    let refused = Cd.format(&once.disc, &request).unwrap_err();
    assert_eq!(refused.code, codes::CANNOT_FORMAT_MEDIUM_INCOMPATIBLE_MEDIUM);
}
