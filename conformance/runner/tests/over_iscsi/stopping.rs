//! A server that is told to stop by a signal, while somebody writes.

use crate::rig::{Secrets, Served};
use core::time::Duration;
use discrig::cli::EmulatorArguments;
use discrig::target::{Target, Terms};
use discrig_device::{Bench, Data, HostId, ProcessId, Request};
use discrig_scenarios::Hazard;
use discrig_storage::DiscSpec;
use discrig_wire::command::{Read10, Write10};
use rstest::rstest;

const TIMEOUT: Duration = Duration::from_secs(10);
const BLOCKS: u16 = 16;

/// Carries a command out, behind the unit attentions that wait.
fn execute(bench: &mut dyn Bench, mut request: Request<'_>) {
    let mut handle = bench.open(HostId(0), ProcessId(0)).unwrap();
    for _ in 0..4 {
        if handle.execute(request.reborrow()).unwrap().is_good() {
            return;
        }
    }
    panic!("{:?} does not succeed", request.cdb);
}

#[rstest]
fn a_signal_ends_the_server_in_order_and_the_disc_has_what_was_written(
    #[values("TERM", "INT")] signal: &str,
) {
    let folder = crate::rig::Folder::new();
    let file = folder.0.join("kept.disc");
    let drive = format!("b,disc=file+dvd-ram:{}", file.display());
    let mut served = Served::with(&["--grace", "1s", "--drive", &drive], &Secrets::default());
    let target: Target = served.address.replace(":a/0", ":b/0").parse().unwrap();
    let terms = Terms { allowed: Hazard::ALL, fresh: false, iscsi: None };
    let mut bench = target.open(&EmulatorArguments::default(), terms).unwrap().bench;
    let blocks: Vec<u8> = (0..usize::from(BLOCKS) * 2048).map(|byte| (byte / 5) as u8).collect();
    let write = Write10 { transfer_length: BLOCKS, ..Write10::default() };
    execute(&mut *bench, Request { cdb: write.into(), data: Data::Out(&blocks), timeout: TIMEOUT });
    // Nobody asked for it to be made durable, and the session is still there.
    assert_eq!(served.end_by(signal), Some(0));
    drop(bench);
    let emulator: Target = "emulator".parse().unwrap();
    let arguments = EmulatorArguments {
        disc: Some(DiscSpec::File { path: file, medium: None }),
        ..EmulatorArguments::default()
    };
    let mut bench = emulator.open(&arguments, Terms::default()).unwrap().bench;
    let mut found = vec![0; blocks.len()];
    let read = Read10 { transfer_length: BLOCKS, ..Read10::default() };
    execute(&mut *bench, Request::input(read, &mut found, TIMEOUT));
    assert!(found == blocks);
}
