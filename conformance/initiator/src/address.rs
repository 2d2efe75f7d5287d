//! Where a drive is: `iscsi://[USER@]HOST[:PORT]/TARGET/LUN`, as libiscsi and QEMU write it.

use core::fmt;
use core::str::FromStr;
use discrig_iscsi::name::{Name, NameError};
use thiserror::Error;

/// The scheme of addresses.
const SCHEME: &str = "iscsi://";
/// The port of iSCSI (RFC 7143, 4.2.7).
const PORT: u16 = 3260;
/// Highest number of a logical unit with a single level (SAM-5, 4.7.5).
const MOST_LUN: u16 = 0x3FFF;

/// Where a drive is, and who wants to go there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Address {
    /// The name that is proven by CHAP.
    pub user: Option<String>,
    /// Host name or IP address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The target.
    pub target: Name,
    /// The logical unit.
    pub lun: u16,
}

/// Text that is no address of a drive.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum AddressError {
    /// Not of the form.
    #[error(
        "an iSCSI drive is iscsi://[USER@]HOST[:PORT]/TARGET/LUN, such as iscsi://127.0.0.1/iqn.2026-11.dev.discrig:a/0"
    )]
    Form,
    /// The logical unit is no number, or too large.
    #[error("`{0}` is no logical unit; expected 0 to {MOST_LUN}")]
    Lun(String),
    /// The target's name is none.
    #[error("`{0}` is no name of a target: {1}")]
    Name(String, NameError),
    /// A secret stands in it.
    #[error("no secret belongs into an address: --chap-secret-file or DISCRIG_CHAP_SECRET has it")]
    Secret,
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Address, AddressError> {
        let rest = text.strip_prefix(SCHEME).ok_or(AddressError::Form)?;
        let (portal, unit) = rest.split_once('/').ok_or(AddressError::Form)?;
        let (target, lun) = unit.rsplit_once('/').ok_or(AddressError::Form)?;
        let (user, portal) = match portal.rsplit_once('@') {
            Some((user, _)) if user.contains([':', '%']) => return Err(AddressError::Secret),
            Some(("", _)) => return Err(AddressError::Form),
            Some((user, portal)) => (Some(user.to_owned()), portal),
            None => (None, portal),
        };
        let (host, port) = split_portal(portal).ok_or(AddressError::Form)?;
        let lun = lun
            .parse()
            .ok()
            .filter(|lun| *lun <= MOST_LUN)
            .ok_or_else(|| AddressError::Lun(lun.to_owned()))?;
        let target = Name::new(target).map_err(|error| AddressError::Name(target.to_owned(), error))?;
        Ok(Address { user, host: host.to_owned(), port, target, lun })
    }
}

/// Host and port; an IPv6 address stands in brackets.
fn split_portal(portal: &str) -> Option<(&str, u16)> {
    let (host, port) = match portal.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (host, if port.is_empty() { None } else { Some(port.strip_prefix(':')?) })
        }
        None => match portal.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (portal, None),
        },
    };
    let port = port.map_or(Some(PORT), |port| port.parse().ok())?;
    (!host.is_empty()).then_some((host, port))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SCHEME)?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        match self.host.contains(':') {
            true => write!(f, "[{}]", self.host)?,
            false => f.write_str(&self.host)?,
        }
        if self.port != PORT {
            write!(f, ":{}", self.port)?;
        }
        write!(f, "/{}/{}", self.target, self.lun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("iscsi://127.0.0.1:3261/iqn.2026-11.dev.discrig:a/0", None, "127.0.0.1", 3261, 0)]
    #[case("iscsi://drives.example/iqn.2026-11.dev.discrig:a/1", None, "drives.example", PORT, 1)]
    #[case("iscsi://burner@[::1]:99/iqn.2026-11.dev.discrig:a/255", Some("burner"), "::1", 99, 255)]
    #[case("iscsi://[::1]/iqn.2026-11.dev.discrig:a/0", None, "::1", PORT, 0)]
    fn addresses_are_read_and_written(
        #[case] text: &str,
        #[case] user: Option<&str>,
        #[case] host: &str,
        #[case] port: u16,
        #[case] lun: u16,
    ) {
        let address: Address = text.parse().unwrap();
        assert_eq!((address.user.as_deref(), address.host.as_str()), (user, host));
        assert_eq!((address.port, address.lun), (port, lun));
        assert_eq!(address.to_string(), text);
    }

    #[rstest]
    #[case("127.0.0.1/iqn.2026-11.dev.discrig:a/0", "is iscsi://")]
    #[case("iscsi://127.0.0.1", "is iscsi://")]
    #[case("iscsi://127.0.0.1/iqn.2026-11.dev.discrig:a", "is iscsi://")]
    #[case("iscsi:///iqn.2026-11.dev.discrig:a/0", "is iscsi://")]
    #[case("iscsi://@h/iqn.2026-11.dev.discrig:a/0", "is iscsi://")]
    #[case("iscsi://h:x/iqn.2026-11.dev.discrig:a/0", "is iscsi://")]
    #[case("iscsi://[::1/iqn.2026-11.dev.discrig:a/0", "is iscsi://")]
    #[case("iscsi://h/a/0", "no name of a target")]
    #[case("iscsi://h/iqn.2026-11.dev.discrig:a/x", "no logical unit")]
    #[case("iscsi://h/iqn.2026-11.dev.discrig:a/16384", "no logical unit")]
    #[case("iscsi://user:secret@h/iqn.2026-11.dev.discrig:a/0", "no secret")]
    #[case("iscsi://user%secret@h/iqn.2026-11.dev.discrig:a/0", "no secret")]
    fn what_is_no_address_is_refused_without_showing_secrets(#[case] text: &str, #[case] named: &str) {
        let error = text.parse::<Address>().unwrap_err().to_string();
        assert!(error.contains(named) && !error.contains("user:secret"), "{error}");
    }
}
