//! Any order of commands.

use crate::kind::MediumKind;
use crate::rules::trial::Trial;
use crate::state::Recording;
use discrig_wire::mode::{MultiSession, WriteType};
use discrig_wire::sense::codes;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Blank(u8),
    Close(u8, u16),
    Format(u8, u32),
    Interrupt,
    Page { write_type: u8, next: bool, link: bool, fixed: bool },
    Repair(u16),
    Reserve(u32),
    Send(u8, u32),
    Synchronize,
    Write { at: usize, off: i32, blocks: u32 },
}

fn step() -> impl Strategy<Value = Step> {
    let blocks = prop_oneof![4 => (1u32..8).prop_map(|ecc| ecc * 16), 2 => 0u32..100, 1 => 100_000u32..3_000_000, 1 => any::<u32>()];
    let write_type = prop_oneof![6 => Just(0u8), 3 => Just(2), 3 => Just(4), 1 => 0u8..9];
    prop_oneof![
        20 => (0usize..4, prop_oneof![6 => Just(0), 1 => -20i32..20], blocks.clone())
            .prop_map(|(at, off, blocks)| Step::Write { at, off, blocks }),
        3 => Just(Step::Synchronize),
        3 => blocks.clone().prop_map(Step::Reserve),
        4 => (prop_oneof![4 => Just(1u8), 4 => Just(2), 1 => 0u8..8], 0u16..6).prop_map(|(function, track)| Step::Close(function, track)),
        2 => (write_type, any::<bool>(), any::<bool>(), any::<bool>())
            .prop_map(|(write_type, next, link, fixed)| Step::Page { write_type, next, link, fixed }),
        1 => Just(Step::Interrupt),
        2 => (0u16..6).prop_map(Step::Repair),
        2 => (0x20u8..0x25, (0u32..300).prop_map(|value| value * 16 + 15)).prop_map(|(format, value)| Step::Send(format, value)),
        1 => (0u8..3).prop_map(Step::Blank),
        2 => (prop_oneof![Just(0x00u8), Just(0x10), Just(0x11), Just(0x13), Just(0x15), any::<u8>()], blocks)
            .prop_map(|(format, blocks)| Step::Format(format, blocks)),
    ]
}

/// The n-th address at which something could be written.
fn address(trial: &Trial, at: usize) -> i32 {
    match &trial.disc.recording {
        Recording::Random(surface) => {
            [0, surface.blocks as i32, 32, surface.blocks as i32 / 2 / 16 * 16][at % 4]
        }
        Recording::Sequential(sequence) => {
            let open =
                sequence.tracks().filter(|(_, track)| track.is_writable()).map(|(_, track)| track.next);
            let all: Vec<i32> = open.chain(trial.next().map(|next| next.start)).collect();
            all.get(at % all.len().max(1)).copied().unwrap_or(0)
        }
    }
}

fn perform(trial: &mut Trial, step: &Step) {
    let before = trial.disc.clone();
    let outcome = match *step {
        Step::Blank(kind) => trial.blank(kind),
        Step::Close(function, track) => trial.close(function, track),
        Step::Format(format, blocks) => trial.format(format, blocks),
        Step::Interrupt => {
            trial.interrupt();
            Ok(())
        }
        Step::Page { write_type, next, link, fixed } => {
            trial.page.write_type = WriteType(write_type);
            trial.page.multi_session = if next { MultiSession::NEXT } else { MultiSession::NONE };
            trial.page.buffer_underrun_free = !link;
            (trial.page.link_size_valid, trial.page.link_size) = (link, 0x10);
            (trial.page.fixed_packet, trial.page.packet_size) = (fixed, 16);
            Ok(())
        }
        Step::Repair(track) => trial.repair(track),
        Step::Reserve(blocks) => trial.reserve(blocks),
        Step::Send(format, value) => trial.send(format, value),
        Step::Synchronize => trial.synchronize(),
        Step::Write { at, off, blocks } => {
            let first = address(trial, at) + off;
            trial.write(first, blocks)
        }
    };
    if outcome.is_err() {
        assert_eq!(trial.disc, before, "a refusal changes nothing");
    }
    let complete = matches!(&before.recording, Recording::Sequential(sequence) if sequence.finalized);
    if complete && matches!(step, Step::Write { .. } | Step::Reserve(_)) {
        assert_eq!(outcome, Err(codes::WRITE_PROTECTED));
    }
}

/// How burners begin: media, write type, and blocks between layer jumps.
fn beginning() -> impl Strategy<Value = (MediumKind, WriteType, u32)> {
    prop_oneof![
        Just((MediumKind::DvdMinusR, WriteType::PACKET, 0)),
        Just((MediumKind::DvdMinusRw, WriteType::PACKET, 0)),
        Just((MediumKind::DvdMinusRw, WriteType::SESSION_AT_ONCE, 0)),
        Just((MediumKind::DvdMinusRDl, WriteType::PACKET, 0)),
        (0u32..8).prop_map(|ecc| (MediumKind::DvdMinusRDl, WriteType::LAYER_JUMP, 16 * ecc)),
    ]
}

proptest! {
    #[test]
    fn every_order_of_commands_leaves_a_legal_disc(
        (kind, write_type, interval) in beginning(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut trial = Trial::new(kind);
        trial.page.write_type = write_type;
        if interval > 0 {
            trial.send(0x22, interval).unwrap();
        }
        for step in &steps {
            perform(&mut trial, step);
        }
    }
}
