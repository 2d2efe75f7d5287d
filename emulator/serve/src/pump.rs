//! Bytes between a socket and a connection, as many as go without waiting.

use core::pin::Pin;
use core::task::{Context, Poll};
use discrig_iscsi::target::Connection;
use std::io::{self, IoSlice};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Pieces that are handed to the system in one write.
const PIECES: usize = 16;

/// What came of a turn.
#[derive(Debug)]
pub(crate) enum Flow {
    /// The peer has closed its side, or the path failed.
    Ended(Option<io::Error>),
    /// Nothing went; the task is woken when something can.
    Idle,
    /// Something went.
    Moved,
}

/// Writes what waits to be sent, in one go.
pub(crate) fn send(cx: &mut Context<'_>, stream: &mut TcpStream, connection: &mut Connection) -> Flow {
    let mut pieces = [IoSlice::new(&[]); PIECES];
    let count = connection.output(&mut pieces);
    if count == 0 {
        return Flow::Idle;
    }
    match Pin::new(stream).poll_write_vectored(cx, &pieces[..count]) {
        Poll::Pending => Flow::Idle,
        Poll::Ready(Ok(written)) => {
            connection.sent(written);
            Flow::Moved
        }
        Poll::Ready(Err(error)) => Flow::Ended(Some(error)),
    }
}

/// Receives straight to where the connection wants the bytes.
pub(crate) fn receive(cx: &mut Context<'_>, stream: &mut TcpStream, connection: &mut Connection) -> Flow {
    let place = connection.receive_buffer();
    if place.is_empty() {
        return Flow::Idle;
    }
    let mut buffer = ReadBuf::new(place);
    match Pin::new(stream).poll_read(cx, &mut buffer) {
        Poll::Pending => Flow::Idle,
        Poll::Ready(Ok(())) => match buffer.filled().len() {
            0 => Flow::Ended(None),
            received => {
                connection.received(received);
                Flow::Moved
            }
        },
        Poll::Ready(Err(error)) => Flow::Ended(Some(error)),
    }
}
