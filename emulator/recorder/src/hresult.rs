//! Result codes: one table, from which constants, names and meanings follow.
//!
//! Recorder and write-engine errors are `0xC0AAxxxx`: severity, the R bit and facility AAh. They are not what `MAKE_HRESULT` would build
//! (`0x80AAxxxx`). Codes taken over from Win32 are `0x8007xxxx`.

use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A COM result code, exactly as a caller sees it. Codes that the table does not name are kept as they came.
#[derive(Clone, Copy, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hresult(pub u32);

macro_rules! hresults {
    ($($name:ident = $value:literal $meaning:literal;)+) => {
        impl Hresult {
            $(
                #[doc = concat!("`", stringify!($value), "`: ", $meaning, ".")]
                pub const $name: Hresult = Hresult($value);
            )+

            /// Every named code with its symbol and meaning, in ascending order. Symbols that begin with `ERROR_` are Win32
            /// numbers inside `HRESULT_FROM_WIN32`.
            pub const TABLE: &'static [(Hresult, &'static str, &'static str)] =
                &[$((Hresult($value), stringify!($name), $meaning),)+];
        }
    };
}

hresults! {
    S_OK = 0x0000_0000 "success";
    S_IMAPI_SPEEDADJUSTED = 0x00AA_0004 "the speed was adjusted, the rotation is as asked";
    S_IMAPI_ROTATIONADJUSTED = 0x00AA_0005 "the rotation was adjusted, the speed is as asked";
    S_IMAPI_BOTHADJUSTED = 0x00AA_0006 "speed and rotation were adjusted";
    S_IMAPI_COMMAND_HAS_SENSE_DATA = 0x00AA_0200 "the device failed the command and gave sense data";
    S_IMAPI_WRITE_NOT_IN_PROGRESS = 0x00AA_0302 "no write is under way";
    E_POINTER = 0x8000_4003 "a pointer is null";
    E_FAIL = 0x8000_4005 "unspecified failure";
    ERROR_INVALID_FUNCTION = 0x8007_0001 "the device does not know the request in this state";
    E_ACCESSDENIED = 0x8007_0005 "access denied: missing rights, or the device is in use by another application";
    ERROR_INVALID_HANDLE = 0x8007_0006 "the handle is not valid or does not own the lock";
    E_OUTOFMEMORY = 0x8007_000E "out of memory";
    ERROR_NOT_READY = 0x8007_0015 "the device is not ready";
    ERROR_BAD_COMMAND = 0x8007_0016 "the request makes no sense in the present state";
    ERROR_BAD_LENGTH = 0x8007_0018 "the request has the wrong length";
    ERROR_SHARING_VIOLATION = 0x8007_0020 "the device is open elsewhere in a way that shuts this open out";
    ERROR_DEV_NOT_EXIST = 0x8007_0037 "the device is no longer there";
    E_INVALIDARG = 0x8007_0057 "an argument is not valid";
    ERROR_SEM_TIMEOUT = 0x8007_0079 "the wait timed out";
    ERROR_INSUFFICIENT_BUFFER = 0x8007_007A "the buffer is too small";
    ERROR_BUSY = 0x8007_00AA "the device is in use in a way that forbids this";
    E_IMAPI_REQUEST_CANCELLED = 0xC0AA_0002 "the request was cancelled";
    E_IMAPI_RECORDER_REQUIRED = 0xC0AA_0003 "a recorder has to be chosen first";
    E_IMAPI_BURN_VERIFICATION_FAILED = 0xC0AA_0007 "what was burned does not verify";
    E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE = 0xC0AA_0201 "the device does not have the mode page or the kind of values asked for";
    E_IMAPI_RECORDER_MEDIA_NO_MEDIA = 0xC0AA_0202 "no disc is in the drive";
    E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE = 0xC0AA_0203 "the disc is incompatible or of unknown format";
    E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN = 0xC0AA_0204 "the disc lies the wrong side up";
    E_IMAPI_RECORDER_MEDIA_BECOMING_READY = 0xC0AA_0205 "the drive is becoming ready; later it will answer";
    E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS = 0xC0AA_0206 "the disc is being formatted";
    E_IMAPI_RECORDER_MEDIA_BUSY = 0xC0AA_0207 "a long operation keeps the disc busy";
    E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS = 0xC0AA_0208 "the drive refused this combination of mode parameters";
    E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED = 0xC0AA_0209 "the disc is write protected";
    E_IMAPI_RECORDER_NO_SUCH_FEATURE = 0xC0AA_020A "the drive does not have the feature";
    E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT = 0xC0AA_020B "the drive has the feature, but it is not current";
    E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED = 0xC0AA_020C "the drive does not know GET CONFIGURATION";
    E_IMAPI_RECORDER_COMMAND_TIMEOUT = 0xC0AA_020D "the command was not answered within its timeout";
    E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT = 0xC0AA_020E "the disc does not have the structure asked for";
    E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH = 0xC0AA_020F "the speeds of disc and drive do not match";
    E_IMAPI_RECORDER_LOCKED = 0xC0AA_0210 "another client holds the device exclusively";
    E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_0211 "the client's name breaks the naming rules";
    E_IMAPI_RECORDER_MEDIA_NOT_FORMATTED = 0xC0AA_0212 "the disc has to be formatted first";
    E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE = 0xC0AA_02FF "the device's answer contradicts itself";
    E_IMAPI_LOSS_OF_STREAMING = 0xC0AA_0300 "the write ran out of data";
    E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE = 0xC0AA_0301 "the device gave an answer that no write expects";
    E_IMAPI_DF2DATA_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_0408 "data writer: the client's name breaks the naming rules";
    E_IMAPI_DF2TAO_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_050F "track-at-once writer: the client's name breaks the naming rules";
    E_IMAPI_DF2RAW_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_0604 "raw writer: the client's name breaks the naming rules";
    E_IMAPI_ERASE_CLIENT_NAME_IS_NOT_VALID = 0xC0AA_090B "eraser: the client's name breaks the naming rules";
}

impl Hresult {
    /// The code for a Win32 error number, as the system's `HRESULT_FROM_WIN32` computes it: numbers that are already codes, and zero, stay.
    #[must_use]
    pub const fn from_win32(error: u32) -> Hresult {
        if error as i32 <= 0 { Hresult(error) } else { Hresult(error & 0xFFFF | 0x8007_0000) }
    }

    /// Whether the severity bit is clear, the system's `SUCCEEDED`. It is so for [`Hresult::S_IMAPI_COMMAND_HAS_SENSE_DATA`] too.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 & 0x8000_0000 == 0
    }

    /// The symbol, or `None` for a code that the table does not name.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|(_, name, _)| *name)
    }

    /// What the code means, or `None` for a code that the table does not name.
    #[must_use]
    pub fn meaning(self) -> Option<&'static str> {
        self.row().map(|(_, _, meaning)| *meaning)
    }

    fn row(self) -> Option<&'static (Hresult, &'static str, &'static str)> {
        let index = Hresult::TABLE.binary_search_by_key(&self, |(code, _, _)| *code).ok()?;
        Hresult::TABLE.get(index)
    }
}

impl fmt::Display for Hresult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row() {
            Some((code, name, meaning)) if name.starts_with("ERROR_") => {
                write!(f, "HRESULT_FROM_WIN32({name}) (0x{:08X}): {meaning}", code.0)
            }
            Some((code, name, meaning)) => write!(f, "{name} (0x{:08X}): {meaning}", code.0),
            None => write!(f, "0x{:08X}", self.0),
        }
    }
}

impl fmt::Debug for Hresult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name}(0x{:08X})", self.0),
            None => write!(f, "Hresult(0x{:08X})", self.0),
        }
    }
}

impl std::error::Error for Hresult {}

/// Text that is no result code.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error(
    "`{0}` is no result code: a symbol such as E_IMAPI_RECORDER_LOCKED or a number such as 0xC0AA0210 is needed"
)]
pub struct HresultError(String);

impl FromStr for Hresult {
    type Err = HresultError;

    /// Reads a symbol of the table or `0x` and hexadecimal digits.
    fn from_str(text: &str) -> Result<Hresult, HresultError> {
        let number = || u32::from_str_radix(text.strip_prefix("0x")?, 16).ok().map(Hresult);
        let named = || Hresult::TABLE.iter().find(|(_, name, _)| *name == text).map(|(code, _, _)| *code);
        number().or_else(named).ok_or_else(|| HresultError(text.to_owned()))
    }
}

impl TryFrom<String> for Hresult {
    type Error = HresultError;

    fn try_from(text: String) -> Result<Hresult, HresultError> {
        text.parse()
    }
}

/// The symbol where there is one, otherwise the number.
impl From<Hresult> for String {
    fn from(code: Hresult) -> String {
        code.name().map_or_else(|| format!("0x{:08X}", code.0), str::to_owned)
    }
}

/// How a raw command succeeded.
///
/// A command that the device failed with sense data *succeeds* as a call (IDiscRecorder2Ex SendCommand pages): whoever asks only whether the code is
/// a success overlooks every CHECK CONDITION.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Success {
    /// The device failed the command; the sense buffer says why.
    CommandHasSenseData,
    /// The command was done.
    Ok,
}

impl Success {
    /// The code.
    #[must_use]
    pub const fn hresult(self) -> Hresult {
        match self {
            Success::CommandHasSenseData => Hresult::S_IMAPI_COMMAND_HAS_SENSE_DATA,
            Success::Ok => Hresult::S_OK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn rows_are_unique_and_ascending() {
        for pair in Hresult::TABLE.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} is out of order or twice there", pair[1].1);
        }
        let names: BTreeSet<_> = Hresult::TABLE.iter().map(|(_, name, _)| name).collect();
        let meanings: BTreeSet<_> = Hresult::TABLE.iter().map(|(_, _, meaning)| meaning).collect();
        assert_eq!((names.len(), meanings.len()), (Hresult::TABLE.len(), Hresult::TABLE.len()));
    }

    #[test]
    fn symbols_tell_the_severity() {
        for (code, name, _) in Hresult::TABLE {
            assert_eq!(code.is_success(), name.starts_with("S_"), "{name}");
        }
    }

    #[test]
    fn values_by_signed_literal() {
        let signed = |code: Hresult| code.0 as i32;
        assert_eq!(signed(Hresult::E_IMAPI_RECORDER_LOCKED), -1_062_600_176);
        assert_eq!(signed(Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT), -1_062_600_179);
        assert_eq!(signed(Hresult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE), -1_062_599_937);
        assert_eq!(signed(Hresult::E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE), -1_062_600_191);
        assert_eq!(signed(Hresult::S_IMAPI_COMMAND_HAS_SENSE_DATA), 11_141_632);
        assert_eq!(signed(Hresult::ERROR_INVALID_HANDLE), -2_147_024_890);
        assert_eq!(signed(Hresult::ERROR_DEV_NOT_EXIST), -2_147_024_841);
        assert_eq!(signed(Hresult::E_ACCESSDENIED), -2_147_024_891);
        assert_eq!(signed(Hresult::E_INVALIDARG), -2_147_024_809);
    }

    #[test]
    fn win32_numbers() {
        let rows = [
            (1, Hresult::ERROR_INVALID_FUNCTION),
            (5, Hresult::E_ACCESSDENIED),
            (6, Hresult::ERROR_INVALID_HANDLE),
            (14, Hresult::E_OUTOFMEMORY),
            (21, Hresult::ERROR_NOT_READY),
            (22, Hresult::ERROR_BAD_COMMAND),
            (24, Hresult::ERROR_BAD_LENGTH),
            (32, Hresult::ERROR_SHARING_VIOLATION),
            (55, Hresult::ERROR_DEV_NOT_EXIST),
            (87, Hresult::E_INVALIDARG),
            (121, Hresult::ERROR_SEM_TIMEOUT),
            (122, Hresult::ERROR_INSUFFICIENT_BUFFER),
            (170, Hresult::ERROR_BUSY),
            (0, Hresult::S_OK),
            (0x8000_4005, Hresult::E_FAIL),
            (0x0001_0006, Hresult::ERROR_INVALID_HANDLE),
        ];
        for (error, code) in rows {
            assert_eq!(Hresult::from_win32(error), code, "{error}");
        }
    }

    #[test]
    fn texts() {
        assert_eq!(
            Hresult::E_IMAPI_RECORDER_LOCKED.to_string(),
            "E_IMAPI_RECORDER_LOCKED (0xC0AA0210): another client holds the device exclusively"
        );
        assert_eq!(
            Hresult::ERROR_DEV_NOT_EXIST.to_string(),
            "HRESULT_FROM_WIN32(ERROR_DEV_NOT_EXIST) (0x80070037): the device is no longer there"
        );
        assert_eq!(Hresult(0x1234).to_string(), "0x00001234");
        for (code, name, _) in Hresult::TABLE {
            assert_eq!(name.parse(), Ok(*code));
            assert_eq!(String::from(*code), *name);
        }
        assert_eq!("0xC0AA0210".parse(), Ok(Hresult::E_IMAPI_RECORDER_LOCKED));
        assert!("E_NO_SUCH".parse::<Hresult>().is_err());
        assert_eq!(String::from(Hresult(0xDEAD_BEEF)).parse(), Ok(Hresult(0xDEAD_BEEF)));
    }
}
