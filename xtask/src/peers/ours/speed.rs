//! What takes time, by the virtual clock.

use std::time::Duration;

use discrig_drive::{Disc, MediumKind};

use super::super::Own;
use super::super::desk::{A, Desk};
use super::{pressed, set};

/// Blocks of the disc that is read.
const BLOCKS: usize = 4096;

/// READ(10).
fn read(first: u32, count: u8) -> [u8; 10] {
    let [a, b, c, d] = first.to_be_bytes();
    [0x28, 0, a, b, c, d, 0, 0, count, 0]
}

/// How long a command takes on a fresh drive with a disc, after the block at the beginning was read.
fn lasts(disc: Option<Disc>, cdb: &[u8]) -> Duration {
    let mut desk = Desk::slow(disc);
    desk.does(A, &read(0, 1));
    let answer = desk.send(A, cdb, &[]);
    if answer.good { answer.elapsed } else { Duration::ZERO }
}

/// How long a disc is not ready after the tray was closed.
fn becomes_ready() -> Duration {
    const STEP: Duration = Duration::from_millis(100);
    const MOST: u32 = 1000;
    let mut desk = Desk::slow(pressed(BLOCKS));
    desk.does(A, &[0x1B, 0, 0, 0, 2, 0]);
    desk.does(A, &[0x1B, 1, 0, 0, 3, 0]);
    let mut waited = 0;
    while waited < MOST && !desk.does(A, &[0; 6]) {
        desk.wait(STEP);
        waited += 1;
    }
    STEP * waited
}

pub(super) fn timing() -> Own {
    let far = BLOCKS as u32 - 1;
    let disc = || pressed(BLOCKS);
    let blank = || Disc::blank(MediumKind::CdRw).ok();
    let command = lasts(disc(), &[0; 6]);
    let near = lasts(disc(), &read(1, 1));
    let found = [
        ("becoming ready", becomes_ready() > Duration::ZERO),
        ("blanking", lasts(blank(), &[0xA1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) > command),
        ("command", command > Duration::ZERO),
        ("power calibration", lasts(blank(), &[0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0]) > command),
        ("seek", lasts(disc(), &read(far, 1)) > near),
        ("transfer", lasts(disc(), &read(1, 64)) > near),
        ("tray", lasts(disc(), &[0x1B, 0, 0, 0, 2, 0]) > command),
    ];
    let own = set(found.into_iter().filter(|row| row.1).map(|row| row.0));
    Own { text: Some(format!("{}; by a virtual clock", own.is)), ..own }
}
