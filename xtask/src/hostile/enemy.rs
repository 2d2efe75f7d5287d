//! Enemies: mutated PDUs, silence, and a login that takes for ever.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use discrig_iscsi::initiator::{Command, Connection, Data};
use discrig_iscsi::pdu::{Bhs, Lun, TaskManagementFunction};
use discrig_wire::Command as AnyCommand;

use super::Field;
use super::wire::{Chance, Wire, config, take_output};

/// What an enemy waits for, at most, before it goes on.
const PATIENCE: Duration = Duration::from_millis(20);
const LOGIN: Duration = Duration::from_secs(10);
/// Requests of one attack.
const REQUESTS: usize = 12;

/// Attacks until the battle is over. What becomes of each attack does not matter.
pub(super) fn fight(field: &Field, number: u64, mut chance: Chance) {
    while !field.is_over() {
        field.attacks.fetch_add(1, Ordering::Relaxed);
        let _ = attack(field, number, &mut chance);
    }
}

fn attack(field: &Field, number: u64, chance: &mut Chance) -> Result<()> {
    let drive = ["a", "b", "honest", "nobody"][chance.below(4)];
    let isid = number as u16 * 64 + chance.below(64) as u16;
    let (name, target) = (format!("enemy-{number}"), Some(drive).filter(|_| !chance.one_in(8)));
    // The honest drive sees what is done to logins; who is in may reset it, which is everybody's right.
    let may_enter = matches!(target, Some("a" | "b")) || target.is_none();
    let config = config(&name, isid, target)?;
    if may_enter && !chance.one_in(3) {
        let Wire { mut stream, mut connection } = Wire::login(field.address, config, LOGIN)?;
        return abuse(&mut stream, &mut connection, chance);
    }
    let mut stream = TcpStream::connect(field.address)?;
    let mut bytes = match chance.below(4) {
        0 => (0..chance.below(400)).map(|_| chance.next() as u8).collect(),
        _ => take_output(&mut Connection::new(config, [7; 32])),
    };
    mutate(&mut bytes, chance);
    send(&mut stream, &bytes, chance)
}

/// Sends requests of a session, mutated more or less.
fn abuse(stream: &mut TcpStream, connection: &mut Connection, chance: &mut Chance) -> Result<()> {
    for _ in 0..=chance.below(REQUESTS) {
        request(connection, chance)?;
        let mut bytes = take_output(connection);
        if !chance.one_in(3) {
            mutate(&mut bytes, chance);
        }
        send(stream, &bytes, chance)?;
    }
    if chance.one_in(4) {
        // Some never read what they asked for.
        thread::sleep(PATIENCE);
        stream.shutdown(Shutdown::Both)?;
    }
    Ok(())
}

fn request(connection: &mut Connection, chance: &mut Chance) -> Result<()> {
    let lun = if chance.one_in(10) { Lun(chance.next()) } else { Lun::ZERO };
    match chance.below(12) {
        0 => connection.ping(&[0x55; 100][..chance.below(100)])?,
        1 => connection.text(&[("SendTargets", "All"), ("X-none", "1")])?,
        2 => {
            let function = TaskManagementFunction(chance.below(10) as u8);
            connection.task_management(function, lun, None, chance.one_in(2))?
        }
        3 if chance.one_in(4) => connection.logout()?,
        _ => {
            let spec = AnyCommand::TABLE[chance.below(AnyCommand::TABLE.len())];
            let cdb = spec
                .assemble(spec.fields.iter().map(|_| if chance.one_in(2) { chance.next() % 40 } else { 0 }));
            let data = match chance.below(3) {
                0 => Data::None,
                1 => Data::In(chance.below(1 << 18) as u32),
                _ => Data::Out(vec![chance.next() as u8; chance.below(1 << 17)]),
            };
            connection.command(Command {
                lun,
                cdb: *cdb.padded(),
                data,
                immediate: chance.one_in(16),
                ..Command::default()
            })?
        }
    };
    Ok(())
}

/// Changes a few bytes, mostly in the first header, cuts some off, or doubles some.
fn mutate(bytes: &mut Vec<u8>, chance: &mut Chance) {
    if bytes.is_empty() {
        return;
    }
    for _ in 0..=chance.below(4) {
        let within = if chance.one_in(3) { bytes.len() } else { bytes.len().min(Bhs::LENGTH) };
        let at = chance.below(within);
        match chance.below(4) {
            0 => bytes[at] ^= 1 << chance.below(8),
            1 => bytes[at] = 0xFF,
            2 => bytes[at] = 0,
            _ => bytes[at] = chance.next() as u8,
        }
    }
    match chance.below(12) {
        0 => bytes.truncate(chance.below(bytes.len())),
        1 => bytes.extend_from_within(..),
        _ => {}
    }
}

/// Sends bytes, at once or in pieces, and reads a little of what comes back.
fn send(stream: &mut TcpStream, bytes: &[u8], chance: &mut Chance) -> Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_read_timeout(Some(Duration::from_millis(1 + chance.below(5) as u64)))?;
    let piece = if chance.one_in(4) { 1 + chance.below(60) } else { bytes.len().max(1) };
    bytes.chunks(piece).try_for_each(|bytes| stream.write_all(bytes))?;
    let mut answer = [0; 4096];
    // Silence is as good as an answer.
    let _ = stream.read(&mut answer);
    Ok(())
}

/// Logs in a byte each second.
pub(super) fn crawl(field: &Field) {
    while !field.is_over() {
        let _ = crawl_once(field);
    }
}

fn crawl_once(field: &Field) -> Result<()> {
    let mut stream = TcpStream::connect(field.address)?;
    let bytes = take_output(&mut Connection::new(config("crawler", 9, Some("honest"))?, [7; 32]));
    for byte in bytes {
        stream.write_all(&[byte])?;
        for _ in 0..10 {
            if field.is_over() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
    Ok(())
}

/// Holds connections that say nothing, as many as it is told to and the server lets live.
pub(super) fn idle(field: &Field, count: usize) {
    let mut streams: Vec<TcpStream> = Vec::new();
    while !field.is_over() {
        streams.retain_mut(is_open);
        for _ in streams.len()..count {
            if field.is_over() {
                break;
            }
            streams.extend(TcpStream::connect(field.address));
        }
        thread::sleep(Duration::from_millis(500));
    }
}

fn is_open(stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    let nothing_yet = |error: std::io::Error| error.kind() == std::io::ErrorKind::WouldBlock;
    stream.set_nonblocking(true).is_ok() && stream.peek(&mut byte).map_or_else(nothing_yet, |count| count > 0)
}
