//! The tables of layouts and codes.

use super::codes::*;
use super::layout::LAYOUTS;
use super::*;

#[test]
fn fields_do_not_overlap_and_leave_the_framing_alone() {
    for (name, _, fields) in LAYOUTS {
        let mut end = 1;
        for (from, to) in *fields {
            assert!(*from >= end, "{name}: byte {from}");
            assert!(*to <= 4 || *from >= 8, "{name}: bytes 4 to 7 belong to the framing");
            end = *to;
        }
        assert!(end <= Bhs::LENGTH, "{name}");
    }
}

#[test]
fn each_opcode_has_one_layout_and_one_direction() {
    for (opcode, name) in Opcode::NAMED {
        assert_eq!(LAYOUTS.iter().filter(|row| row.1 == *opcode).count(), 1, "{name}");
        let directions =
            Request::OPCODES.contains(opcode) as usize + Response::OPCODES.contains(opcode) as usize;
        assert_eq!(directions, 1, "{name}");
        assert_eq!(Response::OPCODES.contains(opcode), opcode.0 >= 0x20, "{name}");
    }
}
