//! The laser and the speed: calibration before recording, and the choice of a write speed.

use super::burner::{BLOCK, Burner, pattern};
use super::usual::Usual;
use crate::allowed::{Allowed, Pattern, allowed};
use crate::families::unit;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::Medium;
use discrig_wire::SenseKey;
use discrig_wire::command::{
    GetPerformance, ReadDiscInformation, SendOpcInformation, SetCdSpeed, SetStreaming,
};
use discrig_wire::disc::{DiscInformation, OpcEntry};
use discrig_wire::performance::{PerformanceData, PerformanceKind, StreamingRequest, WriteSpeed};
use discrig_wire::sense::codes;

/// Blocks of each piece that is recorded.
const PIECE: usize = 320;

/// What SEND OPC INFORMATION is answered, which some drives need no more on some media.
const CALIBRATION: Allowed = allowed! { "SEND OPC INFORMATION with DoOPC":
    Pattern::Ok => "mmc5-6.36",
    Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE) => "mmc5-6.36",
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "mmc5-6.36",
    Pattern::Check(codes::COMMAND_SEQUENCE_ERROR) => "mmc5-6.36",
    Pattern::Asc(SenseKey::IllegalRequest, 0x30) => "mmc5-6.36",
    Pattern::Asc(SenseKey::DataProtect, 0x27) => "mmc5-6.36",
};

/// The laser is calibrated, and nothing is recorded by that; then data are.
pub(super) fn calibration(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let before = burner.information()?;
    let table = burner.calibrations()?;
    let command = SendOpcInformation { do_opc: true, ..SendOpcInformation::default() };
    let answer = burner.answer(command.into(), &[]);
    burner.stage.expect(&CALIBRATION, answer)?;
    burner.wait_until_ready()?;
    let after = burner.information()?;
    // The table of calibrations may have grown.
    let (data_length, opc_entries) = (before.data_length, before.opc_entries);
    let same = DiscInformation { data_length, opc_entries, ..after } == before;
    burner.ensure(same, || format!("calibration has changed the disc from {before:?} to {after:?}"))?;
    // What the drive has found out before can be given back to it.
    if !table.is_empty() {
        let list: Vec<u8> = table.iter().flat_map(OpcEntry::to_bytes).collect();
        let parameter_list_length = list.len() as u16;
        let command = SendOpcInformation { parameter_list_length, ..SendOpcInformation::default() };
        let answer = burner.answer(command.into(), &list);
        burner.stage.expect(&CALIBRATION, answer)?;
    }
    burner.make_ready()?;
    let data = pattern(160, PIECE, BLOCK);
    let first = burner.record(0, &data)?;
    burner.finish()?;
    burner.read_back(first, &data)
}

impl Burner<'_, '_> {
    /// The OPC table, whose length must be what the answer says.
    fn calibrations(&mut self) -> Result<Vec<OpcEntry>, Stop> {
        let bytes =
            self.fetch(ReadDiscInformation { allocation_length: 2048, ..ReadDiscInformation::default() })?;
        let information = unit::understood(DiscInformation::parse(&bytes))?;
        let table: Vec<_> = DiscInformation::opc_table(&bytes).collect();
        let (said, entries) =
            (usize::from(information.data_length) + 2, usize::from(information.opc_entries));
        let fits = said == DiscInformation::SIZE + entries * OpcEntry::SIZE && table.len() == entries;
        self.ensure(fits, || {
            format!("{entries} OPC entries in {said} bytes, of which {} are there", table.len())
        })?;
        Ok(table)
    }
}

/// Each of the lowest and the highest speed that the drive offers is taken, and data recorded at it.
pub(super) fn speeds(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.make_ready()?;
    let offered = burner.write_speeds()?;
    let chosen = match (offered.iter().min(), offered.iter().max()) {
        (Some(lowest), Some(highest)) => [*lowest, *highest],
        _ => return Err(Stop::Skip("GET PERFORMANCE offers no write speeds".to_owned())),
    };
    let mut pieces = Vec::new();
    for (n, speed) in (0u32..).zip(chosen) {
        burner.set_speed(speed)?;
        burner.expect_offered(&offered)?;
        let data = pattern(161 + n, PIECE, BLOCK);
        let first = burner.record(n * PIECE as u32, &data)?;
        pieces.push((first, data));
    }
    let still = burner.write_speeds()?;
    burner.ensure(still == offered, || format!("write speeds were {offered:?} and are {still:?}"))?;
    burner.finish()?;
    pieces.iter().try_for_each(|(first, data)| burner.read_back(*first, data))
}

impl Burner<'_, '_> {
    /// The speeds of GET PERFORMANCE type 03h, in kB/s.
    fn write_speeds(&mut self) -> Result<Vec<u32>, Stop> {
        let bytes = self.fetch(GetPerformance {
            kind: PerformanceKind::WRITE_SPEED.0,
            maximum_descriptors: 64,
            ..GetPerformance::default()
        })?;
        let data = unit::understood(PerformanceData::parse(&bytes))?;
        let speeds: Vec<WriteSpeed> = data.write_speeds().collect();
        let nothing = speeds.iter().find(|speed| speed.write_speed == 0);
        self.ensure(nothing.is_none(), || "a write speed is zero".to_owned())?;
        Ok(speeds.iter().map(|speed| speed.write_speed).collect())
    }

    /// SET CD SPEED, or SET STREAMING over the whole disc.
    fn set_speed(&mut self, kb_s: u32) -> Verdict {
        if self.traits.is_cd() {
            let write_speed = kb_s.min(u32::from(u16::MAX)) as u16;
            return self.send(SetCdSpeed { read_speed: u16::MAX, write_speed, ..SetCdSpeed::default() });
        }
        let end_block = match Usual::of(self.traits) {
            Usual::Overwrite => self.capacity()?.saturating_sub(1),
            _ => {
                let track = self.open_track()?;
                track.next_writable.saturating_add(track.free_blocks).saturating_sub(1)
            }
        };
        let request = StreamingRequest {
            end_block,
            read_size: kb_s,
            read_time_ms: 1000,
            write_size: kb_s,
            write_time_ms: 1000,
            ..StreamingRequest::default()
        };
        let list = request.to_bytes();
        let command = SetStreaming { parameter_list_length: list.len() as u16, ..SetStreaming::default() };
        self.give(command, &list)
    }

    /// The current speed of mode page 2Ah is one of those offered, as far as its sixteen bits can say it. Drives round differently.
    fn expect_offered(&mut self, offered: &[u32]) -> Verdict {
        let Some(page) = unit::capabilities_page(self.stage, &mut self.seat)? else { return Ok(()) };
        let seen = u32::from(page.current_write_speed);
        let is_near = |speed: u32| speed.min(u32::from(u16::MAX)).abs_diff(seen) <= speed / 50;
        self.ensure(seen == 0 || offered.iter().any(|speed| is_near(*speed)), || {
            format!("page 2Ah has the write speed {seen}, which is none of {offered:?}")
        })
    }
}
