//! A client of the control socket.

use super::{Answer, DriveRequest, Line, Outcome, Request, VERSION};
use serde_json::Value;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a request was not carried out.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ClientError {
    /// No server listens there.
    #[error("{}: {error}; is `discrig serve --control {}` running?", path.display(), path.display())]
    Connect {
        /// The socket.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The conversation broke off.
    #[error("{}: {error}", path.display())]
    Lost {
        /// The socket.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The server speaks another version, or is something else.
    #[error("{}: this is no server of protocol version {VERSION}: {detail}", path.display())]
    Protocol {
        /// The socket.
        path: PathBuf,
        /// What it said.
        detail: String,
    },
    /// The server refused.
    #[error("{0}")]
    Refused(String),
}

/// A conversation with a server.
#[derive(Debug)]
pub struct Client {
    path: PathBuf,
    stream: BufReader<UnixStream>,
}

impl Client {
    /// Connects to the control socket at `path`.
    ///
    /// # Errors
    /// [`ClientError::Connect`].
    pub fn connect(path: &Path) -> Result<Client, ClientError> {
        let stream = UnixStream::connect(path)
            .map_err(|error| ClientError::Connect { path: path.to_owned(), error })?;
        Ok(Client { path: path.to_owned(), stream: BufReader::new(stream) })
    }

    /// The drives of the server.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn list(&mut self) -> Result<Value, ClientError> {
        self.ask(&Line { version: VERSION, drive: None, request: Request::List {} })
    }

    /// Asks something of a drive and waits for the answer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn drive(&mut self, name: &str, request: DriveRequest) -> Result<Value, ClientError> {
        let request = Request::Drive(request);
        self.ask(&Line { version: VERSION, drive: Some(name.to_owned()), request })
    }

    fn ask(&mut self, line: &Line) -> Result<Value, ClientError> {
        let mut text = String::new();
        self.exchange(line, &mut text)
            .map_err(|error| ClientError::Lost { path: self.path.clone(), error })?;
        match serde_json::from_str(&text) {
            Ok(Answer { version: VERSION, outcome: Outcome::Ok(value) }) => Ok(value),
            Ok(Answer { version: VERSION, outcome: Outcome::Error(reason) }) => {
                Err(ClientError::Refused(reason))
            }
            Ok(Answer { version, .. }) => {
                Err(ClientError::Protocol { path: self.path.clone(), detail: format!("it speaks {version}") })
            }
            Err(error) => Err(ClientError::Protocol { path: self.path.clone(), detail: error.to_string() }),
        }
    }

    fn exchange(&mut self, line: &Line, answer: &mut String) -> io::Result<()> {
        writeln!(self.stream.get_mut(), "{}", serde_json::to_string(line)?)?;
        match self.stream.read_line(answer)? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the conversation")),
            _ => Ok(()),
        }
    }
}
