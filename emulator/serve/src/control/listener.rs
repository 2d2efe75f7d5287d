//! The server's side of the control socket.

use super::{Answer, DriveRequest, Line, Reply, Request, VERSION};
use crate::error::ServeError;
use crate::log::Log;
use crate::thread::{Message, Sender};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::os::unix::net::{UnixListener as StdListener, UnixStream as StdStream};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::oneshot;

/// Longest line of a client, in bytes: a plan of faults.
const LONGEST: u64 = 1 << 20;

/// The control socket. The file goes with it.
#[derive(Debug)]
pub(crate) struct Socket {
    listener: StdListener,
    path: PathBuf,
}

impl Socket {
    /// Makes the socket, for its owner alone. One that nobody listens on is replaced.
    ///
    /// # Errors
    /// [`ServeError::ControlInUse`], [`ServeError::Control`].
    pub(crate) fn bind(path: &Path) -> Result<Socket, ServeError> {
        let failed = |error| ServeError::Control { path: path.to_owned(), error };
        match StdStream::connect(path) {
            Ok(_) => return Err(ServeError::ControlInUse { path: path.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                std::fs::remove_file(path).map_err(failed)?;
            }
            Err(_) => {}
        }
        // Whoever may write to it owns the drives, so it is nobody else's from the first moment on.
        let before = rustix::process::umask(rustix::fs::Mode::from_bits_truncate(0o177));
        let bound = StdListener::bind(path);
        rustix::process::umask(before);
        let listener = bound.map_err(failed)?;
        let socket = Socket { listener, path: path.to_owned() };
        socket.listener.set_nonblocking(true).map_err(failed)?;
        Ok(socket)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Another server replaces it where this fails.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// What the control socket can reach.
#[derive(Debug)]
pub(crate) struct Reach {
    pub(crate) drives: BTreeMap<String, Sender>,
    pub(crate) list: Value,
    pub(crate) log: Log,
}

/// Listens at the control socket for as long as the server lives.
///
/// # Errors
/// The system refuses to wait for connections.
pub(crate) async fn serve(socket: Rc<Socket>, reach: Rc<Reach>) -> io::Result<()> {
    let listener = UnixListener::from_std(socket.listener.try_clone()?)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let reach = Rc::clone(&reach);
                tokio::task::spawn_local(async move {
                    if let Err(error) = converse(stream, &reach).await {
                        reach.log.tell("control connection lost", &[("why", &error)]);
                    }
                });
            }
            Err(error) => {
                reach.log.tell("control connection not accepted", &[("why", &error)]);
                tokio::time::sleep(crate::server::AFTER_REFUSAL).await;
            }
        }
    }
}

/// Answers a client line by line.
async fn converse(stream: UnixStream, reach: &Reach) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let mut text = Vec::new();
    loop {
        text.clear();
        let length = (&mut reader).take(LONGEST).read_until(b'\n', &mut text).await?;
        if length == 0 {
            return Ok(());
        }
        let is_whole = text.ends_with(b"\n") || (length as u64) < LONGEST;
        let reply = match is_whole {
            true => answer(&text, reach).await,
            false => Err(format!("a request has at most {LONGEST} bytes")),
        };
        let mut line = serde_json::to_vec(&Answer::new(reply))?;
        line.push(b'\n');
        writer.write_all(&line).await?;
        if !is_whole {
            return Ok(());
        }
    }
}

async fn answer(text: &[u8], reach: &Reach) -> Reply {
    let version = serde_json::from_slice::<Value>(text)
        .map_err(|error| format!("a request is a line of JSON: {error}"))?
        .get("version")
        .and_then(Value::as_u64);
    if version != Some(VERSION.into()) {
        return Err(format!(
            "this server speaks version {VERSION} of the protocol; say `\"version\": {VERSION}`"
        ));
    }
    let line: Line = serde_json::from_slice(text).map_err(|error| format!("no such request: {error}"))?;
    match (line.request, line.drive) {
        (Request::List {}, _) => Ok(reach.list.clone()),
        (Request::Drive(request), Some(drive)) => ask(&drive, request, reach).await,
        (Request::Drive(request), None) => Err(format!("`{}` needs the name of a drive", request.name())),
    }
}

async fn ask(drive: &str, request: DriveRequest, reach: &Reach) -> Reply {
    let Some(sender) = reach.drives.get(drive) else {
        let names: Vec<_> = reach.drives.keys().map(String::as_str).collect();
        return Err(format!("there is no drive {drive}; there is {}", names.join(", ")));
    };
    let gone = || "the server is stopping".to_owned();
    let (reply, answer) = oneshot::channel();
    sender.send(Message::Control(request, reply)).map_err(|_| gone())?;
    answer.await.map_err(|_| gone())?
}
