//! A plain model of what is on a disc: the blocks that were written and not erased since.

use super::Chaos;
use discrig_disc::{Form, Recording, TrackSelector};
use discrig_drive::{DiscState, State};
use discrig_wire::Cdb;
use discrig_wire::command::Command;
use discrig_wire::mode::{WriteParametersPage, WriteType};
use std::collections::BTreeMap;

/// What a block was written with: its number, over and over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Block {
    Audio(u64),
    User(u64),
}

#[derive(Default)]
pub(super) struct Plain {
    blocks: BTreeMap<i32, Block>,
    number: u64,
}

/// Format types that leave what is recorded: expanding, growing, adding (MMC-5 6.5.4.2).
const KEEPING: [u8; 5] = [0x01, 0x11, 0x12, 0x13, 0x14];

impl Plain {
    /// Data for so many blocks, no two alike.
    pub(super) fn blocks(&mut self, count: u16, length: usize) -> Vec<u8> {
        let mut data = Vec::with_capacity(usize::from(count) * length);
        for _ in 0..count {
            self.number += 1;
            let tag = self.number.to_le_bytes();
            data.extend(tag.iter().cycle().take(length));
        }
        data
    }

    /// A command succeeded.
    pub(super) fn note(&mut self, cdb: &Cdb, data: &[u8], before: &State, after: &State) {
        let Ok(command) = Command::decode(cdb) else { return };
        let write = match &command {
            Command::Write10(it) => Some((it.logical_block_address, u32::from(it.transfer_length))),
            Command::Write12(it) => Some((it.logical_block_address, it.transfer_length)),
            Command::WriteAndVerify10(it) => Some((it.logical_block_address, it.transfer_length.into())),
            _ => None,
        };
        match &command {
            Command::Blank(_) => self.blocks.clear(),
            Command::FormatUnit(it) => {
                let keeps =
                    it.format_code == 1 && data.get(8).is_some_and(|byte| KEEPING.contains(&(byte >> 2)));
                let restarts = data.get(8).is_some_and(|byte| byte >> 2 == 0x26) && data.get(11) == Some(&1);
                if !keeps && !restarts {
                    self.blocks.clear();
                }
            }
            Command::Erase10(it) => {
                let first = it.logical_block_address as i32;
                let end = if it.erase_all { i32::MAX } else { first + i32::from(it.transfer_length) };
                self.blocks.retain(|block, _| !(first..end).contains(block));
            }
            _ => {}
        }
        if let Some((first, count)) = write {
            self.written(first as i32, count, data, before, after);
        }
    }

    fn written(&mut self, first: i32, count: u32, data: &[u8], before: &State, after: &State) {
        let (Some(disc), Some(later)) = (&before.disc, &after.disc) else { return };
        if count == 0 || later.rehearsal.is_some() {
            return;
        }
        assert!(
            may_begin(disc.seen(), &before.modes.write_parameters, first),
            "block {first} is no next writable address"
        );
        let placement = disc.placement(&before.modes.write_parameters, first, count);
        let placement = placement.expect("what succeeds is placed");
        let length = usize::from(placement.block_length);
        for (block, bytes) in (first..).zip(data.chunks_exact(length).take(count as usize)) {
            let tag = u64::from_le_bytes(bytes[..8].try_into().unwrap());
            // Data for blocks of another length, which are cut up here, are not looked at.
            let is_whole = bytes.chunks(8).all(|part| *part == bytes[..part.len()]);
            match (placement.form, length) {
                _ if !is_whole => self.blocks.remove(&block),
                (Form::Mode1 | Form::Mode2Form1, 2048) => self.blocks.insert(block, Block::User(tag)),
                (Form::Audio, 2352) => self.blocks.insert(block, Block::Audio(tag)),
                _ => self.blocks.remove(&block),
            };
        }
    }
}

/// Whether READ TRACK INFORMATION, before the WRITE, said of a track that it goes on at this block, or the disc is written in any order there.
fn may_begin(disc: &DiscState, page: &WriteParametersPage, first: i32) -> bool {
    let sequence = match &disc.recording {
        // What is appended to a DVD-RW that was formatted quickly follows its last block.
        Recording::Random(surface) => return (0..=i64::from(surface.blocks)).contains(&first.into()),
        Recording::Sequential(sequence) => sequence,
    };
    // Where the initiator makes the lead-in itself, it begins where it likes in it.
    if page.write_type == WriteType::RAW && disc.is_blank() && first < -150 {
        return true;
    }
    let behind = sequence.last_track().map_or(1, |last| u32::from(last.number) + 1);
    let tracks = (1..=behind).chain([0xFF]).map(TrackSelector::Number);
    tracks
        .filter_map(|track| disc.track_information(track).ok())
        .filter(|track| track.next_writable_valid)
        .any(|track| {
            let (start, next) = (track.start as i32, track.next_writable as i32);
            // A track at once makes nothing of a cue sheet that was only sent; pseudo-overwrite goes back.
            first == next
                || track.blank && first == start && page.write_type != WriteType::SESSION_AT_ONCE
                || sequence.pow.is_some() && (0..next).contains(&first)
        })
}

impl Chaos {
    /// Reads some of the blocks that were written.
    pub(super) fn read_back(&mut self, most: usize) {
        if self.ask("00 00 00 00 00 00").is_err() && self.ask("00 00 00 00 00 00").is_err() {
            return;
        }
        let count = self.plain.blocks.len();
        let from = self.chance.below(count as u64 + 1) as usize;
        let some: Vec<(i32, Block)> = self
            .plain
            .blocks
            .iter()
            .cycle()
            .skip(from)
            .take(most.min(count))
            .map(|(block, what)| (*block, *what))
            .collect();
        for (block, what) in some {
            let address = format!("{:02X?}", block.to_be_bytes()).replace([',', '[', ']'], "");
            let (tag, answer) = match what {
                Block::User(tag) if block >= 0 => (tag, self.ask(&format!("28 00 {address} 00 00 01 00"))),
                Block::User(tag) => (tag, self.ask(&format!("BE 00 {address} 00 00 01 10 00 00"))),
                Block::Audio(tag) => (tag, self.ask(&format!("BE 04 {address} 00 00 01 10 00 00"))),
            };
            match answer {
                Ok(bytes) => assert!(
                    bytes.chunks(8).all(|part| *part == tag.to_le_bytes()[..part.len()]),
                    "block {block} was written as {what:?}, reads {:02X?}",
                    &bytes[..8]
                ),
                Err(ends) => panic!("block {block} was written as {what:?}, and ends {ends}"),
            }
        }
    }
}
