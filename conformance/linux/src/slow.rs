//! Commands that take too long: reads that are known to last longer than the shortest timeout that the node honours.
//!
//! How fast the drive reads is measured once. Most drives are too fast for that, and then the ability is not declared; a drive on a slow
//! bus or with a slow disc gives genuine timeouts, late answers and error handling.

use crate::ask::Ask;
use crate::node::NodeKind;
use crate::rig::Rig;
use crate::sg::SR_SHORTEST_TIMEOUT;
use core::time::Duration;
use discrig_device::{DeviceError, ErrorKind, SlowCommand, SlowPath};
use discrig_wire::command::Read10;
use std::sync::Arc;

/// The block layer rounds the end of every timeout up to a whole second.
const SG_SHORTEST_TIMEOUT: Duration = Duration::from_secs(1);
/// How much longer than the shortest timeout a command takes at least: enough for the rounding, and for a drive that is a bit faster than measured.
const MARGIN: Duration = Duration::from_secs(2);
/// How many times its timeout a command takes at most, where single blocks take longer than the shortest timeout.
const FACTOR: u32 = 3;
/// Longest time that a slow command may take.
const LONGEST: Duration = Duration::from_secs(60);
/// Bytes of the reads that measure: small ones first, so that a very slow drive is found out soon.
const SAMPLES: [u32; 3] = [2 * 1024, 32 * 1024, 512 * 1024];
/// A sample that takes this long is good enough.
const TELLING: Duration = Duration::from_millis(500);
const TIMEOUT: Duration = Duration::from_secs(60);
/// Host adapter drivers that start a command's timer anew whenever it runs out.
const PATIENT_DRIVERS: &[&str] = &["virtio_scsi"];

/// A measured drive that is slow enough.
#[derive(Clone, Debug)]
pub(crate) struct SlowReads {
    rig: Arc<Rig>,
    blocks: u16,
    block_size: u32,
    timeout: Duration,
    takes: Duration,
    /// Blocks on the disc.
    capacity: u32,
    /// Next address to read: regions are not read twice, or a cache would answer.
    next: u32,
}

/// The shortest timeout that commands on a node of this kind can have.
pub(crate) const fn shortest_timeout(kind: NodeKind) -> Duration {
    match kind {
        NodeKind::Sg => SG_SHORTEST_TIMEOUT,
        NodeKind::Sr => SR_SHORTEST_TIMEOUT,
    }
}

/// Measures the drive.
///
/// # Errors
/// Why no read of this drive is slow enough, in words for the capability's remark.
pub(crate) fn measure(rig: &Arc<Rig>, limit: u32) -> Result<SlowReads, String> {
    let words = |error: DeviceError| error.to_string();
    let (node, fd) = rig.open_either().map_err(words)?;
    let driver = node.device.as_ref().and_then(|device| device.driver()).unwrap_or_default();
    if PATIENT_DRIVERS.contains(&driver.as_str()) {
        return Err(format!("the adapter's driver, {driver}, never gives a command up"));
    }
    let mut ask = Ask::new(&node, &fd);
    let Some((capacity, block_size)) = ask.capacity().map_err(words)? else {
        return Err("there is no disc to read slowly".to_owned());
    };
    let limit_blocks = (limit / block_size).clamp(1, u32::from(u16::MAX));
    let mut next = capacity / 2;
    let mut rate = None;
    for sample in SAMPLES {
        let blocks = (sample / block_size).clamp(1, limit_blocks);
        // The first read pays for what was read before it, or meets what was read ahead; the second one counts.
        read(&mut ask, &mut next, capacity, blocks, block_size).map_err(words)?;
        let Some(taken) = read(&mut ask, &mut next, capacity, blocks, block_size).map_err(words)? else {
            break;
        };
        rate = Some(taken.as_secs_f64() / f64::from(blocks));
        if taken > TELLING {
            break;
        }
    }
    let seconds_per_block = rate.ok_or("the disc's second half cannot be read")?;
    plan(rig.current().kind, seconds_per_block, limit_blocks).map(|plan| SlowReads {
        rig: Arc::clone(rig),
        blocks: plan.blocks,
        block_size,
        timeout: plan.timeout,
        takes: plan.takes,
        capacity,
        next,
    })
}

/// A read that is too slow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Plan {
    blocks: u16,
    timeout: Duration,
    takes: Duration,
}

/// How many blocks to read under which timeout, so that the read takes longer, but no longer than it must.
fn plan(kind: NodeKind, seconds_per_block: f64, limit_blocks: u32) -> Result<Plan, String> {
    let shortest = shortest_timeout(kind);
    let wanted = shortest + MARGIN.max(shortest / 2);
    let needed = (wanted.as_secs_f64() / seconds_per_block.max(1e-9)).ceil();
    if needed > f64::from(limit_blocks) {
        return Err(format!(
            "the drive is too fast: its largest read takes {:.1} ms, and the shortest timeout of {kind} nodes is {} ms",
            seconds_per_block * f64::from(limit_blocks) * 1e3,
            shortest.as_millis(),
        ));
    }
    let blocks = needed.max(1.0) as u16;
    let takes = Duration::from_secs_f64((seconds_per_block * f64::from(blocks)).min(3600.0));
    if takes > LONGEST {
        return Err(format!("the drive is too slow: a single read takes {} s", takes.as_secs()));
    }
    Ok(Plan { blocks, timeout: (takes / FACTOR).max(shortest), takes })
}

/// Reads a fresh region.
fn read(
    ask: &mut Ask<'_>,
    next: &mut u32,
    capacity: u32,
    blocks: u32,
    block_size: u32,
) -> Result<Option<Duration>, DeviceError> {
    let command = fresh(next, capacity, blocks as u16);
    let mut buffer = vec![0; blocks as usize * block_size as usize];
    ask.timed_read(command, &mut buffer, TIMEOUT)
}

/// A read of the next region that was not read yet, beginning over at the end of the disc. The gap keeps read-ahead away.
fn fresh(next: &mut u32, capacity: u32, blocks: u16) -> Read10 {
    let length = u32::from(blocks);
    if next.checked_add(length).is_none_or(|end| end > capacity) {
        *next = 0;
    }
    let logical_block_address = *next;
    *next = next.saturating_add(length.saturating_mul(4));
    Read10 { force_unit_access: false, logical_block_address, transfer_length: blocks, ..Read10::default() }
}

impl SlowReads {
    /// In words, for the capability's remark.
    pub(crate) fn describe(&self) -> String {
        format!(
            "a READ(10) of {} blocks takes about {} ms, its timeout is {} ms; the answer may come late all the same",
            self.blocks,
            self.takes.as_millis(),
            self.timeout.as_millis()
        )
    }
}

impl SlowPath for SlowReads {
    fn arm(&mut self) -> Result<SlowCommand, DeviceError> {
        let (node, fd) = self.rig.open_either()?;
        let mut ask = Ask::new(&node, &fd);
        // A read of the same size before it uses up what buffers ahead of the disc, or credit at a throttled bus, would give.
        let blocks = u32::from(self.blocks);
        read(&mut ask, &mut self.next, self.capacity, blocks, self.block_size)?.ok_or_else(|| {
            DeviceError::new(ErrorKind::InvalidState, "make slow").with_source("the disc cannot be read")
        })?;
        let command = fresh(&mut self.next, self.capacity, self.blocks);
        let transfer = usize::from(self.blocks) * self.block_size as usize;
        Ok(SlowCommand { cdb: command.cdb(), transfer, timeout: self.timeout })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_drives_are_refused_with_their_speed() {
        let refusal = plan(NodeKind::Sr, 0.000_1, 256).unwrap_err();
        assert!(refusal.contains("25.6 ms") && refusal.contains("7000 ms"), "{refusal}");
        assert!(plan(NodeKind::Sg, 0.000_1, 256).is_err());
    }

    #[test]
    fn a_plan_outlasts_the_shortest_timeout_by_little() {
        let of = |kind, seconds| {
            let Plan { blocks, timeout, takes } = plan(kind, seconds, 32).unwrap();
            (blocks, timeout.as_millis(), takes.as_millis())
        };
        // 2 KiB a second.
        assert_eq!(of(NodeKind::Sr, 1.0), (11, 7_000, 11_000));
        assert_eq!(of(NodeKind::Sg, 1.0), (3, 1_000, 3_000));
        assert_eq!(of(NodeKind::Sg, 30.0), (1, 10_000, 30_000), "a single block outlasts everything");
        assert!(plan(NodeKind::Sr, 500.0, 32).unwrap_err().contains("too slow"));
    }

    #[test]
    fn regions_are_fresh_and_on_the_disc() {
        let mut next = 50;
        let at: Vec<u32> = (0..4).map(|_| fresh(&mut next, 100, 10).logical_block_address).collect();
        assert_eq!(at, [50, 90, 0, 40]);
        let mut next = u32::MAX;
        assert_eq!(fresh(&mut next, u32::MAX, 10).logical_block_address, 0);
    }
}
