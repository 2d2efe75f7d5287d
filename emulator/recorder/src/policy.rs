//! The choices that the interface's pages leave open and that can be made otherwise.
//!
//! The first value of each choice is the default. Choices that have only one defensible value are not here but in tests; the complete list is
//! [`crate::decisions`].

use crate::hresult::Hresult;
use core::fmt;
use serde::{Deserialize, Serialize};
use thiserror::Error;

macro_rules! policies {
    ($(
        $number:literal $(#[doc = $doc:literal])+
        $field:ident $name:literal: $choice:ident {
            $(#[doc = $first_doc:literal])+ $first:ident $first_name:literal,
            $($(#[doc = $value_doc:literal])+ $value:ident $value_name:literal,)+
        }
    )+) => {
        $(
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = concat!("Decision ", stringify!($number), "; the first value is the default.")]
            #[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
            pub enum $choice {
                $(#[doc = $first_doc])+
                #[default]
                #[serde(rename = $first_name)]
                $first,
                $($(#[doc = $value_doc])+ #[serde(rename = $value_name)] $value,)+
            }

            impl $choice {
                /// Every value.
                pub const ALL: &'static [$choice] = &[$choice::$first, $($choice::$value),+];

                /// The name in data and reports.
                #[must_use]
                pub const fn name(self) -> &'static str {
                    match self {
                        $choice::$first => $first_name,
                        $($choice::$value => $value_name,)+
                    }
                }
            }

            impl fmt::Display for $choice {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(self.name())
                }
            }
        )+

        /// How the portable recorder decides what the interface leaves open. The default is what the project defends.
        #[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Policy {
            $(
                $(#[doc = $doc])+
                #[serde(rename = $name)]
                pub $field: $choice,
            )+
        }

        impl Policy {
            /// Every choice with its values.
            pub const CHOICES: &'static [Choice] = &[$(Choice {
                name: $name,
                decision: $number,
                values: &[$first_name, $($value_name),+],
            }),+];

            /// The choices made, by name.
            #[must_use]
            pub fn list(&self) -> Vec<(&'static str, String)> {
                vec![$(($name, self.$field.to_string())),+]
            }

            /// Makes one choice by name.
            ///
            /// # Errors
            /// [`PolicyError`] for a choice or value that does not exist.
            pub fn set(&mut self, name: &str, value: &str) -> Result<(), PolicyError> {
                match name {
                    $($name => {
                        let chosen = $choice::ALL.iter().copied().find(|choice| choice.name() == value);
                        self.$field = chosen.ok_or_else(|| PolicyError::Value(name.into(), value.into()))?;
                        Ok(())
                    })+
                    _ => Err(PolicyError::Name(name.into())),
                }
            }
        }
    };
}

/// A choice that the interface leaves open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Choice {
    /// Name in data and reports.
    pub name: &'static str,
    /// Number of the decision.
    pub decision: u8,
    /// The values, the default first.
    pub values: &'static [&'static str],
}

/// A choice that cannot be made.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum PolicyError {
    /// There is no such choice.
    #[error("there is no policy `{0}`; there are {names}", names = names())]
    Name(String),
    /// The choice has no such value.
    #[error("policy `{0}` has no value `{1}`; it has {values}", values = values(.0))]
    Value(String, String),
}

fn names() -> String {
    Policy::CHOICES.iter().map(|choice| choice.name).collect::<Vec<_>>().join(", ")
}

fn values(name: &str) -> String {
    let choice = Policy::CHOICES.iter().find(|choice| choice.name == name);
    choice.map(|choice| choice.values.join(", ")).unwrap_or_default()
}

policies! {
    3
    /// What taking exclusive access gives while another client has it.
    foreign_lock "foreign-lock": ForeignLock {
        /// E_IMAPI_RECORDER_LOCKED.
        Locked "locked",
        /// E_ACCESSDENIED, which the page lists too.
        AccessDenied "access-denied",
    }

    5
    /// What taking exclusive access without force gives while a volume is mounted.
    mounted_volume "mounted-volume": MountedVolume {
        /// E_ACCESSDENIED, the listed code for a device in use.
        AccessDenied "access-denied",
        /// ERROR_BAD_COMMAND, what the Windows driver's status becomes.
        BadCommand "bad-command",
    }

    10
    /// What a name with illegal characters, or more than 63, gives. A missing or empty name is always E_INVALIDARG.
    invalid_name "invalid-name": InvalidName {
        /// E_INVALIDARG.
        InvalidArgument "invalid-argument",
        /// E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID.
        ClientNameIsNotValid "client-name-is-not-valid",
    }

    14
    /// What a release gives when nobody has exclusive access.
    release_unheld "release-unheld": ReleaseUnheld {
        /// ERROR_INVALID_HANDLE.
        InvalidHandle "invalid-handle",
        /// E_FAIL.
        Fail "fail",
    }

    24
    /// Whether the owner of exclusive access may use the media change notification switch.
    mcn_by_owner "mcn-by-owner": McnByOwner {
        /// At any time.
        Allowed "allowed",
        /// E_IMAPI_RECORDER_LOCKED, as from an implementation that keeps a second handle for the switch.
        Refused "refused",
    }

    25
    /// What switching notification on gives when it is not off.
    mcn_underflow "mcn-underflow": McnUnderflow {
        /// E_FAIL.
        Fail "fail",
        /// ERROR_BAD_COMMAND, what the Windows driver's status becomes.
        BadCommand "bad-command",
    }

    35
    /// What a second initialization does while the object has exclusive access.
    reinitialize "reinitialize": Reinitialize {
        /// Refuses with E_FAIL.
        Refuse "refuse",
        /// Gives everything free and binds anew.
        Rebind "rebind",
    }

    38
    /// How the tray is moved.
    tray_path "tray-path": TrayPath {
        /// By the host's own calls, which know its tray locks (ERROR_BUSY); by command on a host that has none.
        HostCall "host-call",
        /// By START STOP UNIT, so that the drive's sense decides.
        Command "command",
    }

    51
    /// What a raw command's misaligned buffer gives.
    misaligned_buffer "misaligned-buffer": MisalignedBuffer {
        /// E_INVALIDARG.
        Refuse "refuse",
        /// The data are copied through an aligned buffer.
        Bounce "bounce",
    }
}

impl ForeignLock {
    pub(crate) const fn hresult(self) -> Hresult {
        match self {
            ForeignLock::Locked => Hresult::E_IMAPI_RECORDER_LOCKED,
            ForeignLock::AccessDenied => Hresult::E_ACCESSDENIED,
        }
    }
}

impl MountedVolume {
    pub(crate) const fn hresult(self) -> Hresult {
        match self {
            MountedVolume::AccessDenied => Hresult::E_ACCESSDENIED,
            MountedVolume::BadCommand => Hresult::ERROR_BAD_COMMAND,
        }
    }
}

impl InvalidName {
    pub(crate) const fn hresult(self) -> Hresult {
        match self {
            InvalidName::InvalidArgument => Hresult::E_INVALIDARG,
            InvalidName::ClientNameIsNotValid => Hresult::E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID,
        }
    }
}

impl ReleaseUnheld {
    pub(crate) const fn hresult(self) -> Hresult {
        match self {
            ReleaseUnheld::InvalidHandle => Hresult::ERROR_INVALID_HANDLE,
            ReleaseUnheld::Fail => Hresult::E_FAIL,
        }
    }
}

impl McnUnderflow {
    pub(crate) const fn hresult(self) -> Hresult {
        match self {
            McnUnderflow::Fail => Hresult::E_FAIL,
            McnUnderflow::BadCommand => Hresult::ERROR_BAD_COMMAND,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    #[test]
    fn the_default_is_the_first_value_of_every_choice() {
        let listed = Policy::default().list();
        let first: Vec<_> =
            Policy::CHOICES.iter().map(|choice| (choice.name, choice.values[0].to_owned())).collect();
        assert_eq!(listed, first);
    }

    #[test]
    fn every_value_can_be_set_and_shows() {
        for choice in Policy::CHOICES {
            for value in choice.values {
                let mut policy = Policy::default();
                policy.set(choice.name, value).unwrap();
                assert!(policy.list().contains(&(choice.name, (*value).to_owned())));
            }
        }
    }

    #[test]
    fn what_does_not_exist_is_named_with_what_does() {
        let mut policy = Policy::default();
        let name = policy.set("no-such", "locked").unwrap_err().to_string();
        assert!(name.contains("no-such") && name.contains("foreign-lock"), "{name}");
        let value = policy.set("foreign-lock", "no-such").unwrap_err().to_string();
        assert!(value.contains("no-such") && value.contains("access-denied"), "{value}");
        assert_eq!(policy, Policy::default());
    }

    #[test]
    fn data_use_the_same_names() {
        let from =
            |text: &'static str| ForeignLock::deserialize(IntoDeserializer::<Error>::into_deserializer(text));
        assert_eq!(from("access-denied"), Ok(ForeignLock::AccessDenied));
        let policy = [("release-unheld", "fail"), ("tray-path", "command")];
        let policy = serde::de::value::MapDeserializer::<_, Error>::new(policy.into_iter());
        let policy = Policy::deserialize(policy).unwrap();
        assert_eq!((policy.release_unheld, policy.tray_path), (ReleaseUnheld::Fail, TrayPath::Command));
        let unknown = serde::de::value::MapDeserializer::<_, Error>::new([("no-such", "fail")].into_iter());
        assert!(Policy::deserialize(unknown).is_err());
    }
}
