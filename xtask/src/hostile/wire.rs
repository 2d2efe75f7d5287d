//! Initiators without I/O on real sockets, and luck.

use std::io::{ErrorKind, IoSlice, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use discrig_iscsi::initiator::{Config, Connection, Event};
use discrig_iscsi::name::Name;
use discrig_iscsi::pdu::Isid;

/// Numbers that follow from a seed (xorshift64*).
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance(seed ^ 0x5DEE_CE66_D1CE_4E5B | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `limit`, which is not zero.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 11) as usize % limit.max(1)
    }

    /// Whether something happens that happens once in so many times.
    pub(super) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// An initiator port that wants to log in to a drive, or to discover.
pub(super) fn config(initiator: &str, isid: u16, drive: Option<&str>) -> Result<Config> {
    let name = |end: &str| Name::new(&format!("iqn.2026-11.dev.discrig:{end}"));
    let [high, low] = isid.to_be_bytes();
    let target = drive.map(name).transpose()?;
    Ok(Config { isid: Isid([0x80, 0, 0, 0, high, low]), ..Config::new(name(initiator)?, target) })
}

/// An initiator on a socket.
pub(super) struct Wire {
    pub(super) stream: TcpStream,
    pub(super) connection: Connection,
}

impl Wire {
    /// Connects and logs in.
    pub(super) fn login(address: SocketAddr, config: Config, limit: Duration) -> Result<Wire> {
        let stream = TcpStream::connect_timeout(&address, limit)?;
        stream.set_nodelay(true)?;
        let connection = Connection::new(config, [7; 32]);
        let mut wire = Wire { stream, connection };
        let end = Instant::now() + limit;
        loop {
            match wire.next(end)? {
                Event::LoggedIn { .. } => return Ok(wire),
                Event::Closed(reason) => bail!("no login: {reason:?}"),
                _ => {}
            }
        }
    }

    /// The next event; sends and receives until there is one.
    pub(super) fn next(&mut self, end: Instant) -> Result<Event> {
        loop {
            if let Some(event) = self.connection.poll_event() {
                return Ok(event);
            }
            self.flush()?;
            let left = end.saturating_duration_since(Instant::now());
            ensure!(!left.is_zero(), "no answer in time");
            self.stream.set_read_timeout(Some(left))?;
            let count = match self.stream.read(self.connection.receive_buffer()) {
                Ok(0) => bail!("the server closed the connection"),
                Ok(count) => count,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
                Err(error) => return Err(error.into()),
            };
            self.connection.received(count);
        }
    }

    fn flush(&mut self) -> Result<()> {
        while self.connection.has_output() {
            let mut slices = [IoSlice::new(&[]); 8];
            let count = self.connection.output(&mut slices);
            let sent = self.stream.write_vectored(&slices[..count])?;
            self.connection.sent(sent);
        }
        Ok(())
    }
}

/// Takes what a connection would send.
pub(super) fn take_output(connection: &mut Connection) -> Vec<u8> {
    let mut bytes = Vec::new();
    while connection.has_output() {
        let mut slices = [IoSlice::new(&[]); 8];
        let count = connection.output(&mut slices);
        slices[..count].iter().for_each(|slice| bytes.extend_from_slice(slice));
        let taken = slices[..count].iter().map(|slice| slice.len()).sum();
        connection.sent(taken);
    }
    bytes
}
