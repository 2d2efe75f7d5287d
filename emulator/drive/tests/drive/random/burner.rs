//! Commands as burning software sends them, in no order; and commands that nobody sends.

use super::Chaos;
use super::chance::Chance;
use discrig_disc::{Family, Recording, Rules, TrackSelector};
use discrig_drive::{DiscState, Tray};
use discrig_wire::Cdb;
use discrig_wire::command::{
    Blank, CloseTrackSession, Command, Erase10, FormatUnit, ModeSelect10, Read10, RepairTrack, ReserveTrack,
    SendCueSheet, SendDiscStructure, SendOpcInformation, StartStopUnit, SynchronizeCache, Write10, Write12,
    WriteAndVerify10,
};

/// A command with its data.
pub(super) struct Order {
    pub(super) cdb: Cdb,
    pub(super) data: Vec<u8>,
}

impl From<Cdb> for Order {
    fn from(cdb: Cdb) -> Order {
        Order { cdb, data: Vec::new() }
    }
}

/// Write parameters that go together: bytes 2 to 4 of page 05h without the test write bit, and the packet size.
const PARAMETERS: &[([u8; 3], u32)] = &[
    ([0x41, 0xC4, 0x08], 0),  // track at once, data, another session may follow
    ([0x41, 0x04, 0x08], 0),  // the last session
    ([0x41, 0xC0, 0x00], 0),  // audio
    ([0x40, 0xC5, 0x08], 0),  // packets of variable length, or incremental
    ([0x40, 0xE5, 0x08], 32), // fixed packets
    ([0x40, 0xE5, 0x08], 16), // fixed packets of DVD
    ([0x42, 0xC0, 0x00], 0),  // session at once, disc at once
    ([0x42, 0x00, 0x00], 0),
    ([0x42, 0x05, 0x08], 0),
    ([0x43, 0xC0, 0x01], 0), // raw
    ([0x44, 0xC5, 0x08], 0), // layer jump
    ([0x41, 0xC4, 0x0A], 0), // mode 2 form 1
];

fn page(parameters: ([u8; 3], u32), test: bool) -> Vec<u8> {
    let ([first, second, third], packet) = parameters;
    let mut list = vec![0; 8 + 52];
    list[8..14].copy_from_slice(&[0x05, 0x32, first | u8::from(test) << 4, second, third, 0x10]);
    list[18..22].copy_from_slice(&packet.to_be_bytes());
    list[23] = 150;
    list
}

/// An entry of a cue sheet.
fn row(control: u8, track: u8, index: u8, form: u8, block: i32) -> [u8; 8] {
    let frames = block + 150;
    [control, track, index, form, 0, (frames / 4500) as u8, (frames / 75 % 60) as u8, (frames % 75) as u8]
}

/// What a track of a cue sheet is made of: control and ADR, data form, that of blocks which are not given, bytes of a block.
type Material = (u8, u8, u8, usize);
const MATERIALS: &[Material] = &[
    (0x01, 0x00, 0x01, 2352), // audio
    (0x21, 0x00, 0x01, 2352), // audio that may be copied
    (0x41, 0x10, 0x14, 2048), // mode 1
    (0x41, 0x11, 0x14, 2352), // mode 1 as whole sectors
    (0x41, 0x20, 0x24, 2336), // mode 2 of XA
    (0x41, 0x30, 0x34, 2336), // mode 2 formless
];

/// A cue sheet, and the stretches that it asks for: first block, behind the last one, bytes of a block.
#[derive(Default)]
struct Sheet {
    rows: Vec<u8>,
    stretches: Vec<(i32, i32, usize)>,
}

impl Sheet {
    /// One to three short tracks from a block on, with pauses, indexes, a catalogue number and recording codes here and there.
    fn random(chance: &mut Chance, start: i32, first_track: u8) -> Sheet {
        let mut sheet = Sheet::default();
        let first = chance.pick(MATERIALS);
        if chance.one_in(4) {
            sheet.rows.extend(*b"\x021234567\x02890123\0");
        }
        sheet.rows.extend(row(first.0, 0, 0, first.2, start - 150));
        let (mut at, mut last) = (start, first);
        for nth in 0..1 + chance.below(3) as u8 {
            let (track, material) =
                (first_track.saturating_add(nth), if nth == 0 { first } else { chance.pick(MATERIALS) });
            if material.0 & 0x40 == 0 && chance.one_in(4) {
                sheet.rows.extend([0x03, track]);
                sheet.rows.extend(*b"USABC9\x03");
                sheet.rows.push(track);
                sheet.rows.extend(*b"900001");
            }
            if nth == 0 {
                sheet.add(track, 0, material, start - 150, start);
            } else if material != last || chance.one_in(2) {
                sheet.add(track, 0, material, at, at + 150);
                at += 150;
            }
            let end = at + 300 + chance.below(3) as i32 * 10;
            if chance.one_in(4) {
                sheet.add(track, 1, material, at, at + 100);
                sheet.add(track, 2, material, at + 100, end);
            } else {
                sheet.add(track, 1, material, at, end);
            }
            (at, last) = (end, material);
        }
        sheet.rows.extend(row(last.0, 0xAA, 1, last.2, at));
        sheet
    }

    fn add(&mut self, track: u8, index: u8, (control, form, _, length): Material, from: i32, to: i32) {
        self.rows.extend(row(control, track, index, form, from));
        self.stretches.push((from, to, length));
    }
}

/// Addresses at which recording could go on.
fn nexts(disc: &DiscState) -> Vec<i32> {
    match &disc.recording {
        Recording::Random(surface) => vec![surface.blocks as i32, surface.written.end().unwrap_or(0)],
        Recording::Sequential(sequence) => {
            let cue = sequence.cue.iter().map(|cue| cue.next);
            let tracks = sequence.tracks().map(|(_, track)| track).filter(|track| track.is_writable());
            let behind = sequence.last_track().map_or(1, |track| u32::from(track.number) + 1);
            let invisible = [0xFF, behind].into_iter().filter_map(|number| {
                let track = disc.track_information(TrackSelector::Number(number)).ok()?;
                track.next_writable_valid.then_some(track.next_writable as i32)
            });
            cue.chain(tracks.map(|track| track.next)).chain(invisible).collect()
        }
    }
}

impl Chaos {
    /// The next command.
    pub(super) fn order(&mut self) -> Order {
        if let Some(order) = self.queue.pop_front() {
            return order;
        }
        if self.rig.drive.state().tray != Tray::Ready && !self.chance.one_in(4) {
            return StartStopUnit { load_eject: true, start: true, ..StartStopUnit::default() }.cdb().into();
        }
        match self.chance.below(100) {
            0..=38 => self.write(),
            39..=44 => {
                let first = self.chance.below(3000) as u32;
                let count = self.chance.below(40) as u16;
                Read10 { logical_block_address: first, transfer_length: count, ..Read10::default() }
                    .cdb()
                    .into()
            }
            45..=49 => self.parameters(),
            50..=52 => {
                let close_function = self.chance.below(8) as u8;
                let track_number = self.chance.pick(&[0, 1, 1, 2, 3, 4, 0xFF]);
                CloseTrackSession { immed: self.chance.one_in(2), close_function, track_number }.cdb().into()
            }
            53..=55 => {
                SynchronizeCache { immed: self.chance.one_in(2), ..SynchronizeCache::default() }.cdb().into()
            }
            56..=58 => self.reserve(),
            59 => self.format(),
            60 => self.blank(),
            61 => self.cue_sheet(),
            62..=68 => self.rarely(),
            69..=90 => self.any_row(false),
            91..=95 => self.any_row(true),
            _ => self.noise(),
        }
    }

    fn write(&mut self) -> Order {
        let disc = self.disc().seen();
        let spec = disc.kind.spec();
        let (nexts, random) = (nexts(disc), matches!(disc.recording, Recording::Random(_)));
        let pow = spec.rules == Rules::BdR;
        let chance = &mut self.chance;
        let somewhere = chance.below(100) as i32 * i32::from(spec.blocking.max(1));
        let first = match chance.below(10) {
            0 => somewhere + chance.below(32) as i32,
            1..=7 if random => somewhere,
            1..=2 if pow => somewhere,
            9 if chance.one_in(3) => chance.next() as i32,
            _ if nexts.is_empty() => chance.pick(&[0, -150]),
            _ => chance.pick(&nexts),
        };
        let count: u16 = chance.pick(&[0, 1, 2, 7, 16, 16, 32, 32, 32, 32, 64, 150]);
        let count = if chance.one_in(50) { chance.next() as u16 } else { count };
        let page = &self.rig.drive.state().modes.write_parameters;
        let length =
            self.disc().placement(page, first, count.into()).map_or(2048, |placement| placement.block_length);
        // What is refused for its address needs no data.
        let blocks = if count > 200 { 0 } else { count };
        let data = self.plain.blocks(blocks, length.into());
        let logical_block_address = first as u32;
        let cdb = match self.chance.below(8) {
            0 => Write12 { logical_block_address, transfer_length: count.into(), ..Write12::default() }.cdb(),
            1 => WriteAndVerify10 {
                logical_block_address,
                transfer_length: count,
                ..WriteAndVerify10::default()
            }
            .cdb(),
            _ => Write10 { logical_block_address, transfer_length: count, ..Write10::default() }.cdb(),
        };
        Order { cdb, data }
    }

    fn parameters(&mut self) -> Order {
        let (parameters, test) = (self.chance.pick(PARAMETERS), self.chance.one_in(8));
        let data = page(parameters, test);
        let parameter_list_length = data.len() as u16;
        let save_pages = self.chance.one_in(20);
        Order { cdb: ModeSelect10 { page_format: true, save_pages, parameter_list_length }.cdb(), data }
    }

    fn reserve(&mut self) -> Order {
        let next = nexts(self.disc().seen()).into_iter().max().unwrap_or(0).max(0) as u64;
        let size =
            self.chance.pick(&[0, 1, 16, 32, 300, 320, 1024, 5000, 100_000, 3_000_000, u64::from(u32::MAX)]);
        let by_address = self.chance.one_in(3);
        let parameter = if by_address { ((next + size) & 0xFFFF_FFFF) << 24 } else { size };
        ReserveTrack { by_zone: self.chance.one_in(50), by_address, parameter }.cdb().into()
    }

    fn format(&mut self) -> Order {
        let (current, offers) = self.disc().format_capacities();
        let chance = &mut self.chance;
        let offer = if offers.is_empty() { None } else { Some(chance.pick(&offers)) };
        let (mut blocks, format_type, mut parameter) = offer
            .map_or((current.blocks, 0, 2048), |offer| (offer.blocks, offer.format_type.0, offer.parameter));
        if chance.one_in(4) {
            blocks = chance.pick(&[0, u32::MAX, blocks / 64 * 32, 32_000]);
        }
        if chance.one_in(4) {
            parameter = chance.pick(&[0, 1, 16, 32, 2048]);
        }
        let sub_type = chance.below(4) as u8;
        let mut data = vec![0, if chance.one_in(2) { 0x82 } else { 0 }, 0, 8];
        data.extend(blocks.to_be_bytes());
        data.extend(parameter.to_be_bytes());
        data[8] = format_type << 2 | sub_type;
        if chance.one_in(10) {
            data.truncate(chance.below(12) as usize);
        }
        let format_code = if chance.one_in(10) { 7 } else { 1 };
        Order { cdb: FormatUnit { format_data: true, format_code, ..FormatUnit::default() }.cdb(), data }
    }

    fn blank(&mut self) -> Order {
        let blanking_type = self.chance.below(8) as u8;
        let start_address = self.chance.below(4) as u32;
        Blank { immed: self.chance.one_in(2), blanking_type, start_address }.cdb().into()
    }

    /// A whole session at once: parameters, sheet, blocks, and the end; more often than not without a flaw.
    fn cue_sheet(&mut self) -> Order {
        let disc = self.disc().seen();
        let start = nexts(disc).last().copied().unwrap_or(0).max(0);
        let behind = match &disc.recording {
            Recording::Sequential(sequence) => sequence.last_track().map_or(1, |last| last.number + 1),
            Recording::Random(_) => 1,
        };
        let mut sheet = Sheet::random(&mut self.chance, start, behind as u8);
        if self.chance.one_in(4) {
            let at = self.chance.below(sheet.rows.len() as u64) as usize;
            sheet.rows[at] = self.chance.next() as u8;
        }
        if self.chance.one_in(12) {
            sheet.rows.truncate(self.chance.below(sheet.rows.len() as u64) as usize);
        }
        let cdb = SendCueSheet { cue_sheet_size: sheet.rows.len() as u32 }.cdb();
        let sent = Order { cdb, data: sheet.rows };
        if self.chance.one_in(4) || self.disc().kind.spec().family != Family::Cd {
            return sent;
        }
        self.queue.push_back(sent);
        for (from, to, length) in sheet.stretches {
            for at in (from..to).step_by(100) {
                let count = (to - at).min(100) as u16;
                let data = self.plain.blocks(count, length);
                let cdb = Write10 {
                    logical_block_address: at as u32,
                    transfer_length: count,
                    ..Write10::default()
                };
                self.queue.push_back(Order { cdb: cdb.cdb(), data });
            }
        }
        // Now and then something comes in between.
        if self.chance.one_in(3) {
            let left = self.chance.below(self.queue.len() as u64 + 1) as usize;
            self.queue.truncate(left);
        } else {
            self.queue.push_back(SynchronizeCache::default().cdb().into());
        }
        let another = if self.chance.one_in(4) { 0x00 } else { 0xC0 };
        let data = page(([0x42, another, 0x00], 0), self.chance.one_in(8));
        let parameter_list_length = data.len() as u16;
        Order {
            cdb: ModeSelect10 { page_format: true, save_pages: false, parameter_list_length }.cdb(),
            data,
        }
    }

    fn rarely(&mut self) -> Order {
        let chance = &mut self.chance;
        match chance.below(10) {
            0 => RepairTrack { immed: false, track_number: chance.below(4) as u16 }.cdb().into(),
            1 => SendOpcInformation { do_opc: true, ..SendOpcInformation::default() }.cdb().into(),
            2 => {
                let logical_block_address = chance.below(2000) as u32;
                Erase10 { erase_all: chance.one_in(9), logical_block_address, transfer_length: 32 }
                    .cdb()
                    .into()
            }
            3 => {
                let format = chance.pick(&[0x04, 0x05, 0x0F, 0x20, 0x22, 0x23, 0xC0]);
                let mut data = vec![0; 4 + chance.pick(&[0usize, 4, 8, 12, 16])];
                data.iter_mut().for_each(|byte| *byte = (chance.next() as u8) & 0x03);
                let parameter_list_length = data.len() as u16;
                let cdb =
                    SendDiscStructure { format, parameter_list_length, ..SendDiscStructure::default() }.cdb();
                Order { cdb, data }
            }
            4 => StartStopUnit { load_eject: true, start: false, ..StartStopUnit::default() }.cdb().into(),
            5..=7 => StartStopUnit { load_eject: true, start: true, ..StartStopUnit::default() }.cdb().into(),
            8 => StartStopUnit { start: true, ..StartStopUnit::default() }.cdb().into(),
            // Nothing stays locked or reserved for long.
            _ => "1E 00 00 00 00 00".parse::<Cdb>().unwrap().into(),
        }
    }

    fn any_row(&mut self, broken: bool) -> Order {
        let chance = &mut self.chance;
        let spec = chance.pick(&Command::TABLE.iter().collect::<Vec<_>>());
        let values: Vec<u64> = spec
            .fields
            .iter()
            .map(|_| match chance.below(8) {
                0..=4 => chance.below(4),
                5..=6 => chance.below(300),
                _ => chance.next(),
            })
            .collect();
        let mut bytes = spec.assemble(values).bytes().to_vec();
        if broken {
            let at = chance.below(bytes.len() as u64) as usize;
            bytes[at] ^= 1 << chance.below(8);
        }
        let data =
            (0..chance.below(80)).map(|_| if chance.one_in(3) { chance.next() as u8 } else { 0 }).collect();
        Order { cdb: Cdb::new(&bytes).unwrap(), data }
    }

    fn noise(&mut self) -> Order {
        let length = self.chance.pick(&[6, 10, 12, 16]);
        let bytes: Vec<u8> = (0..length).map(|_| self.chance.next() as u8).collect();
        Order { cdb: Cdb::new(&bytes).unwrap(), data: bytes }
    }
}
