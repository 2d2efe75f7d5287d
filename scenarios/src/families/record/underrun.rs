//! The buffer runs empty while data are recorded: with protection against that recording goes on as if nothing had happened; without, the drive
//! says that it was cut off, or that nothing was lost.

use super::burner::{BLOCK, Burner, close, pattern};
use super::cd_read::Expected;
use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::families::unit;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::Medium;
use discrig_wire::buffer::BufferCapacity;
use discrig_wire::close::CloseFunction;
use discrig_wire::command::{ReadBufferCapacity, SynchronizeCache, Write10};
use discrig_wire::disc::DiscStatus;
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;
use discrig_wire::{SenseCode, SenseKey};

/// Blocks of each stretch between pauses where nothing can be lost.
const STRETCH: usize = 320;
/// How often a buffer is looked at that empties itself, and when.
const POLLS: u32 = 120;
const PAUSE: Duration = Duration::from_millis(500);
/// How long is waited behind that: drives tell belatedly.
const IDLE: Duration = Duration::from_secs(2);

/// Blocks of each WRITE without protection, and the most that are written to fill a buffer.
const PIECE: usize = 32;
const MOST: usize = 8192;

/// What a WRITE is told behind a recording that was cut off: that, or that its track does not go on there.
const CUT_OFF: Allowed = allowed! { "WRITE after the buffer ran empty without protection":
    Pattern::Check(codes::WRITE_ERROR_LOSS_OF_STREAMING) => "mmc5-7.5",
    Pattern::Check(SenseCode::new(SenseKey::IllegalRequest, 0x0C, 0x09)) => "mmc5-7.5",
    Pattern::Check(codes::INVALID_ADDRESS_FOR_WRITE) => "mmc5-6.44",
    Pattern::Check(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE) => "mmc5-6.44",
    Pattern::Check(codes::INVALID_FIELD_IN_CDB) => "mmc5-6.44",
    Pattern::Check(codes::COMMAND_SEQUENCE_ERROR) => "mmc5-6.44",
};

impl Burner<'_, '_> {
    /// READ BUFFER CAPACITY; `None` where the drive does not have it.
    fn buffer(&mut self) -> Result<Option<BufferCapacity>, Stop> {
        match self.ask(ReadBufferCapacity { block: false, allocation_length: 12 }) {
            (Answer::Ok, bytes) => {
                let capacity = unit::understood(BufferCapacity::parse(&bytes))?;
                self.ensure(capacity.available <= capacity.size, || {
                    format!("{} of {} bytes are free in the buffer", capacity.available, capacity.size)
                })?;
                Ok(Some(capacity))
            }
            (Answer::Check(code), _) if code == codes::INVALID_COMMAND_OPERATION_CODE => Ok(None),
            (answer, _) => Err(Stop::fail(format!("READ BUFFER CAPACITY: {answer}"))),
        }
    }

    /// Waits until the buffer is empty, and some time longer.
    fn starve(&mut self) -> Verdict {
        for _ in 0..POLLS {
            match self.buffer()? {
                Some(capacity) if capacity.available < capacity.size => self.stage.wait(PAUSE),
                _ => break,
            }
        }
        self.stage.wait(IDLE);
        Ok(())
    }
}

/// With protection: several pauses in one track.
pub(super) fn protected(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.make_ready()?;
    let data = pattern(170, 3 * STRETCH, BLOCK);
    let first = burner.place(0)?;
    let mut at = first;
    for stretch in data.chunks(STRETCH * BLOCK) {
        burner.write(at, stretch)?;
        burner.starve()?;
        at += STRETCH as u32;
    }
    burner.end_track()?;
    burner.finish()?;
    burner.read_back(first, &data)?;
    if burner.traits.is_cd() {
        return burner.expect_sectors(first as i32, &data, Expected::data(1, 0));
    }
    Ok(())
}

/// Without protection: so much is written that recording begins, then nothing for a while, and then the rest. A slow initiator may be cut off
/// before.
pub(super) fn unprotected(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.make_ready_with(|page| WriteParametersPage { buffer_underrun_free: false, ..page })?;
    let most = burner.buffer()?.map_or(0, |capacity| capacity.size as usize / BLOCK);
    let pieces = most.clamp(STRETCH, MOST).div_ceil(PIECE) + 2;
    let data = pattern(171, pieces * PIECE, BLOCK);
    let first = burner.place(0)?;
    for (n, piece) in data.chunks(PIECE * BLOCK).enumerate() {
        if n + 1 == pieces {
            burner.starve()?;
        }
        let command = Write10 {
            logical_block_address: first + (n * PIECE) as u32,
            transfer_length: PIECE as u16,
            ..Write10::default()
        };
        let answer = burner.answer(command.into(), piece);
        if answer != Answer::Ok {
            burner.stage.expect(&CUT_OFF, answer)?;
            return burner.after_loss();
        }
    }
    burner.end_track()?;
    burner.finish()?;
    burner.read_back(first, &data)
}

impl Burner<'_, '_> {
    /// A disc on which a recording was cut off: it is not blank, and the drive goes on with other commands. What can be closed is closed.
    fn after_loss(&mut self) -> Verdict {
        for command in [SynchronizeCache::default().into(), close(CloseFunction::SESSION, 0).into()] {
            let answer = self.answer(command, &[]);
            let answered = matches!(answer, Answer::Ok | Answer::Check(_));
            self.ensure(answered, || format!("after a recording was cut off: {answer}"))?;
            self.wait_until_ready()?;
        }
        let information = self.information()?;
        self.ensure(information.disc_status != DiscStatus::EMPTY, || {
            "a recording was cut off, and the disc says that it is blank".to_owned()
        })
    }
}
