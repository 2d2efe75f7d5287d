//! The floor: what the same bytes take on the same loopback, without a protocol.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use anyhow::Result;

/// Bytes of a header in either direction.
const HEADER: usize = 48;

/// Microseconds for a request of a header that is answered with a header and `bytes`, one after the other.
///
/// # Errors
/// The loopback fails.
pub(super) fn microseconds(bytes: usize, rounds: u32) -> Result<f64> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    thread::scope(|scope| {
        let server = scope.spawn(move || -> std::io::Result<()> {
            let (mut stream, _) = listener.accept()?;
            stream.set_nodelay(true)?;
            let (mut request, answer) = ([0; HEADER], vec![0; HEADER + bytes]);
            for _ in 0..rounds {
                stream.read_exact(&mut request)?;
                stream.write_all(&answer)?;
            }
            Ok(())
        });
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let mut answer = vec![0; HEADER + bytes];
        let began = Instant::now();
        for _ in 0..rounds {
            stream.write_all(&[0; HEADER])?;
            stream.read_exact(&mut answer)?;
        }
        let elapsed = began.elapsed();
        server.join().unwrap_or(Ok(()))?;
        Ok(elapsed.as_secs_f64() * 1e6 / f64::from(rounds))
    })
}
