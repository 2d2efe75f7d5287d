//! What a bench and its other processes say to each other: frames of JSON behind their length.

use core::time::Duration;
use discrig_device::{
    Completion, DeviceError, Effect, ErrorKind, Observation, Owner, Properties, TrayLock, VolumePolicy,
};
use discrig_wire::{Cdb, SenseBuffer, Status};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// Largest frame in bytes. Data travel as hexadecimal text, two characters a byte.
const FRAME_MAX: u32 = 64 << 20;

/// A request to a process.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) enum Call {
    Close { handle: u32 },
    Duplicate { handle: u32 },
    Eject { handle: u32 },
    Execute { handle: u32, cdb: Cdb, data: Phase, timeout: Duration },
    Load { handle: u32 },
    Lock { handle: u32, name: String, volume: VolumePolicy },
    LockTray { handle: u32, lock: TrayLock },
    Open { path: PathBuf },
    Owner { handle: u32 },
    Properties { handle: u32 },
    Unlock { handle: u32 },
    UnlockTray { handle: u32, lock: TrayLock },
}

/// The data phase of a command.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) enum Phase {
    In { length: usize },
    None,
    Out { bytes: Bytes },
}

/// The answer to a request.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) enum Answer {
    Completed {
        status: Status,
        sense: Bytes,
        transferred: usize,
        elapsed: Duration,
        inferred: bool,
        data: Bytes,
    },
    Done,
    Failed {
        kind: ErrorKind,
        operation: String,
        effect: Effect,
        cause: Option<String>,
    },
    Opened {
        handle: u32,
        tray: bool,
    },
    Owner(Owner),
    Properties(Properties),
}

impl Answer {
    /// A completion with the data that were transferred to the initiator.
    pub(crate) fn completed(completion: &Completion, data: &[u8]) -> Answer {
        Answer::Completed {
            status: completion.status,
            sense: Bytes(completion.sense.bytes().to_vec()),
            transferred: completion.transferred,
            elapsed: completion.elapsed,
            inferred: completion.observed == Observation::Inferred,
            data: Bytes(data.to_vec()),
        }
    }

    /// An error, its source as text.
    pub(crate) fn failed(error: &DeviceError) -> Answer {
        Answer::Failed {
            kind: error.kind(),
            operation: error.operation().to_owned(),
            effect: error.effect(),
            cause: std::error::Error::source(error).map(ToString::to_string),
        }
    }

    /// A failure as the error it was.
    pub(crate) fn into_result(self) -> Result<Answer, DeviceError> {
        match self {
            Answer::Failed { kind, operation, effect, cause } => {
                let error = DeviceError::new(kind, operation).with_effect(effect);
                Err(match cause {
                    Some(cause) => error.with_source(cause),
                    None => error,
                })
            }
            answer => Ok(answer),
        }
    }
}

/// The completion that an answer carries.
pub(crate) fn completion(
    status: Status,
    sense: &Bytes,
    transferred: usize,
    elapsed: Duration,
    inferred: bool,
) -> Completion {
    Completion {
        status,
        sense: SenseBuffer::new(&sense.0),
        transferred,
        elapsed,
        observed: if inferred { Observation::Inferred } else { Observation::Seen },
    }
}

/// Bytes as hexadecimal text.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl TryFrom<String> for Bytes {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Bytes, &'static str> {
        const WRONG: &str = "pairs of hexadecimal digits are needed";
        let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8).ok_or(WRONG);
        let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
            [high, low] => Ok(digit(high)? << 4 | digit(low)?),
            _ => Err(WRONG),
        });
        pairs.collect::<Result<Vec<u8>, _>>().map(Bytes)
    }
}

impl From<Bytes> for String {
    fn from(bytes: Bytes) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digits = bytes.0.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
        digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
    }
}

/// Sends one frame: four bytes of length, least significant first, and the JSON.
pub(crate) fn send(out: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_vec(message)?;
    let length = u32::try_from(json.len()).ok().filter(|length| *length <= FRAME_MAX);
    let length =
        length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the frame is too long"))?;
    let mut frame = length.to_le_bytes().to_vec();
    frame.extend(json);
    out.write_all(&frame)?;
    out.flush()
}

/// Receives one frame; `None` at the end of the stream.
pub(crate) fn receive<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<T>> {
    let mut header = [0; 4];
    let first = loop {
        match input.read(&mut header) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => break other?,
        }
    };
    if first == 0 {
        return Ok(None);
    }
    input.read_exact(&mut header[first..])?;
    let length = u32::from_le_bytes(header);
    if length > FRAME_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {length} bytes")));
    }
    let mut json = Vec::new();
    let got = input.take(u64::from(length)).read_to_end(&mut json)?;
    if got < length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(serde_json::from_slice(&json)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use discrig_device::CallerName;
    use discrig_wire::sense::{FixedSense, codes};

    fn round_trip<T: Serialize + DeserializeOwned + PartialEq + core::fmt::Debug>(message: T) {
        let mut frames = Vec::new();
        send(&mut frames, &message).unwrap();
        let mut input = frames.as_slice();
        assert_eq!(receive::<T>(&mut input).unwrap(), Some(message));
        assert_eq!(receive::<T>(&mut input).unwrap(), None);
    }

    #[test]
    fn calls_and_answers_survive_the_way() {
        let cdb: Cdb = "12 00 00 00 24 00".parse().unwrap();
        let timeout = Duration::from_nanos(1_500_000_001);
        round_trip(Call::Open { path: "/dev/sr0".into() });
        round_trip(Call::Execute { handle: 1, cdb, data: Phase::In { length: 36 }, timeout });
        let out = Phase::Out { bytes: Bytes(vec![0, 0x7F, 0xFF]) };
        round_trip(Call::Execute { handle: 1, cdb, data: out, timeout });
        round_trip(Call::Lock { handle: 2, name: "a \"name\"".to_owned(), volume: VolumePolicy::Ignore });
        round_trip(Answer::Owner(Owner::Named(CallerName::new("Disc Burner").unwrap())));
        round_trip(Answer::Owner(Owner::Nobody));
        round_trip(Answer::Properties(Properties { serial: "S1".to_owned(), ..Properties::default() }));
        let mut completion = Completion::check(FixedSense::new(codes::MEDIUM_NOT_PRESENT));
        completion.observed = Observation::Inferred;
        let answer = Answer::completed(&completion, &[1, 2]);
        round_trip(answer.clone());
        let Answer::Completed { status, sense, transferred, elapsed, inferred, data } = answer else {
            unreachable!()
        };
        assert_eq!(data.0, [1, 2]);
        let same = super::completion(status, &sense, transferred, elapsed, inferred);
        assert_eq!((same.code(), same.observed), (completion.code(), Observation::Inferred));
    }

    #[test]
    fn errors_keep_kind_effect_and_cause() {
        let error =
            DeviceError::new(ErrorKind::Gone, "execute").with_effect(Effect::Unknown).with_source("pulled");
        let same = Answer::failed(&error).into_result().unwrap_err();
        assert_eq!((same.kind(), same.effect()), (ErrorKind::Gone, Effect::Unknown));
        assert_eq!(same.to_string(), error.to_string());
    }

    #[test]
    fn broken_frames_are_errors_and_no_panics() {
        let long = [0xFF; 8];
        assert!(receive::<Call>(&mut long.as_slice()).is_err());
        let short = [9, 0, 0, 0, b'{'];
        assert!(receive::<Call>(&mut short.as_slice()).is_err());
        let cut = [9, 0];
        assert!(receive::<Call>(&mut cut.as_slice()).is_err());
        let nonsense = [2, 0, 0, 0, b'{', b'}'];
        assert!(receive::<Call>(&mut nonsense.as_slice()).is_err());
        assert!(Bytes::try_from("abc".to_owned()).is_err());
        assert!(Bytes::try_from("zz".to_owned()).is_err());
    }
}
