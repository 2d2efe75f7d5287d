//! The return codes that the interface's pages list, as data.
//!
//! Source: the member pages of `imapi2.h` in the Windows SDK documentation. Every page calls its list common rather than complete, so a list is a floor and
//! nothing may be refused for not being on it. Symbols that share a number (STRSAFE_E_INVALID_PARAMETER and E_INVALIDARG) are here once.

use crate::hresult::Hresult;
use core::fmt;
use serde::{Deserialize, Serialize};

/// Which of the two interfaces a member is of.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interface {
    /// IDiscRecorder2.
    DiscRecorder2,
    /// IDiscRecorder2Ex.
    DiscRecorder2Ex,
}

/// Codes of nearly every member.
pub const BASE: &[Hresult] = &[Hresult::E_POINTER, Hresult::E_FAIL, Hresult::E_OUTOFMEMORY];

/// The six codes of the members about exclusive access and notification.
pub const LOCK6: &[Hresult] = &[
    Hresult::E_FAIL,
    Hresult::E_OUTOFMEMORY,
    Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT,
    Hresult::ERROR_INVALID_HANDLE,
    Hresult::ERROR_DEV_NOT_EXIST,
    Hresult::E_IMAPI_RECORDER_LOCKED,
];

/// The seventeen codes of the members that reach the drive.
pub const MEDIA17: &[Hresult] = &[
    Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT,
    Hresult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE,
    Hresult::E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN,
    Hresult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY,
    Hresult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA,
    Hresult::E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS,
    Hresult::E_IMAPI_RECORDER_MEDIA_BUSY,
    Hresult::E_IMAPI_LOSS_OF_STREAMING,
    Hresult::E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE,
    Hresult::E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT,
    Hresult::E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE,
    Hresult::E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS,
    Hresult::E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED,
    Hresult::E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH,
    Hresult::ERROR_INVALID_HANDLE,
    Hresult::ERROR_DEV_NOT_EXIST,
    Hresult::E_IMAPI_RECORDER_LOCKED,
];

/// The three codes about features.
pub const FEAT3: &[Hresult] = &[
    Hresult::E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED,
    Hresult::E_IMAPI_RECORDER_NO_SUCH_FEATURE,
    Hresult::E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT,
];

const ARGUMENT: &[Hresult] = &[Hresult::E_INVALIDARG];
const ACQUIRE: &[Hresult] = &[Hresult::E_ACCESSDENIED, Hresult::E_INVALIDARG];
const POINTER: &[Hresult] = &[Hresult::E_POINTER];
const POINTER_FAIL: &[Hresult] = &[Hresult::E_POINTER, Hresult::E_FAIL];
const FAIL_MEMORY: &[Hresult] = &[Hresult::E_FAIL, Hresult::E_OUTOFMEMORY];

/// Lists put together; the length is part of the type, so a row cannot lose or gain a code unnoticed.
const fn join<const N: usize>(parts: &[&[Hresult]]) -> [Hresult; N] {
    let mut joined = [Hresult::S_OK; N];
    let mut at = 0;
    let mut part = 0;
    while part < parts.len() {
        let mut index = 0;
        while index < parts[part].len() {
            joined[at] = parts[part][index];
            at += 1;
            index += 1;
        }
        part += 1;
    }
    assert!(at == N, "a list has another number of codes than its row says");
    joined
}

macro_rules! members {
    ($($interface:ident $slot:literal $name:ident $text:literal $count:literal: $($group:ident)+;)+) => {
        /// A member of one of the interfaces, in the order of the vtables.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        pub enum Member {
            $(#[doc = concat!($text, ", slot ", stringify!($slot), " of I", stringify!($interface), ".")] $name,)+
        }

        impl Member {
            /// Every member.
            pub const ALL: &'static [Member] = &[$(Member::$name,)+];

            /// The name in the interface definition.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Member::$name => $text,)+
                }
            }

            /// The interface it is of.
            #[must_use]
            pub const fn interface(self) -> Interface {
                match self {
                    $(Member::$name => Interface::$interface,)+
                }
            }

            /// The place in the interface's vtable; the inherited members come before.
            #[must_use]
            pub const fn slot(self) -> u8 {
                match self {
                    $(Member::$name => $slot,)+
                }
            }
        }

        /// The error codes that the page of `member` lists. A floor, not a closed set.
        #[must_use]
        pub fn documented(member: Member) -> &'static [Hresult] {
            match member {
                $(Member::$name => {
                    const CODES: [Hresult; $count] = join(&[$($group),+]);
                    &CODES
                })+
            }
        }
    };
}

members! {
    DiscRecorder2 7 EjectMedia "EjectMedia" 21: ARGUMENT BASE MEDIA17;
    DiscRecorder2 8 CloseTray "CloseTray" 21: ARGUMENT BASE MEDIA17;
    DiscRecorder2 9 AcquireExclusiveAccess "AcquireExclusiveAccess" 8: LOCK6 ACQUIRE;
    DiscRecorder2 10 ReleaseExclusiveAccess "ReleaseExclusiveAccess" 6: LOCK6;
    DiscRecorder2 11 DisableMcn "DisableMcn" 6: LOCK6;
    DiscRecorder2 12 EnableMcn "EnableMcn" 6: LOCK6;
    DiscRecorder2 13 InitializeDiscRecorder "InitializeDiscRecorder" 20: ARGUMENT FAIL_MEMORY MEDIA17;
    DiscRecorder2 14 ActiveDiscRecorder "get_ActiveDiscRecorder" 3: FAIL_MEMORY ARGUMENT;
    DiscRecorder2 15 VendorId "get_VendorId" 3: BASE;
    DiscRecorder2 16 ProductId "get_ProductId" 3: BASE;
    DiscRecorder2 17 ProductRevision "get_ProductRevision" 3: BASE;
    DiscRecorder2 18 VolumeName "get_VolumeName" 3: BASE;
    DiscRecorder2 19 VolumePathNames "get_VolumePathNames" 3: BASE;
    DiscRecorder2 20 DeviceCanLoadMedia "get_DeviceCanLoadMedia" 2: POINTER_FAIL;
    DiscRecorder2 21 LegacyDeviceNumber "get_LegacyDeviceNumber" 2: POINTER_FAIL;
    DiscRecorder2 22 SupportedFeaturePages "get_SupportedFeaturePages" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2 23 CurrentFeaturePages "get_CurrentFeaturePages" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2 24 SupportedProfiles "get_SupportedProfiles" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2 25 CurrentProfiles "get_CurrentProfiles" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2 26 SupportedModePages "get_SupportedModePages" 21: ARGUMENT BASE MEDIA17;
    DiscRecorder2 27 ExclusiveAccessOwner "get_ExclusiveAccessOwner" 7: LOCK6 POINTER;
    DiscRecorder2Ex 3 SendCommandNoData "SendCommandNoData" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2Ex 4 SendCommandSendDataToDevice "SendCommandSendDataToDevice" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2Ex 5 SendCommandGetDataFromDevice "SendCommandGetDataFromDevice" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2Ex 6 ReadDvdStructure "ReadDvdStructure" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2Ex 7 SendDvdStructure "SendDvdStructure" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2Ex 8 GetAdapterDescriptor "GetAdapterDescriptor" 2: POINTER_FAIL;
    DiscRecorder2Ex 9 GetDeviceDescriptor "GetDeviceDescriptor" 3: BASE;
    DiscRecorder2Ex 10 GetDiscInformation "GetDiscInformation" 20: BASE MEDIA17;
    DiscRecorder2Ex 11 GetTrackInformation "GetTrackInformation" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2Ex 12 GetFeaturePage "GetFeaturePage" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2Ex 13 GetModePage "GetModePage" 21: ARGUMENT BASE MEDIA17;
    DiscRecorder2Ex 14 SetModePage "SetModePage" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2Ex 15 GetSupportedFeaturePages "GetSupportedFeaturePages" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2Ex 16 GetSupportedProfiles "GetSupportedProfiles" 23: BASE FEAT3 MEDIA17;
    DiscRecorder2Ex 17 GetSupportedModePages "GetSupportedModePages" 21: ARGUMENT BASE MEDIA17;
    DiscRecorder2Ex 18 GetByteAlignmentMask "GetByteAlignmentMask" 2: POINTER_FAIL;
    DiscRecorder2Ex 19 GetMaximumNonPageAlignedTransferSize "GetMaximumNonPageAlignedTransferSize" 2: POINTER_FAIL;
    DiscRecorder2Ex 20 GetMaximumPageAlignedTransferSize "GetMaximumPageAlignedTransferSize" 2: POINTER_FAIL;
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn slots_are_consecutive() {
        for (interface, first, last) in
            [(Interface::DiscRecorder2, 7, 27), (Interface::DiscRecorder2Ex, 3, 20)]
        {
            let slots: Vec<u8> = Member::ALL
                .iter()
                .filter(|member| member.interface() == interface)
                .map(|member| member.slot())
                .collect();
            assert_eq!(slots, (first..=last).collect::<Vec<u8>>(), "{interface:?}");
        }
    }

    #[test]
    fn lists_have_no_code_twice_and_only_errors() {
        for member in Member::ALL {
            let codes = documented(*member);
            let unique: BTreeSet<_> = codes.iter().collect();
            assert_eq!(unique.len(), codes.len(), "{member}");
            assert!(codes.iter().all(|code| !code.is_success() && code.name().is_some()), "{member}");
        }
    }

    #[test]
    fn the_lock_members() {
        let sizes =
            [Member::AcquireExclusiveAccess, Member::ReleaseExclusiveAccess, Member::ExclusiveAccessOwner]
                .map(|member| documented(member).len());
        assert_eq!(sizes, [8, 6, 7]);
        let acquire = documented(Member::AcquireExclusiveAccess);
        assert!(!acquire.contains(&Hresult::E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID));
        assert!(!acquire.contains(&Hresult::E_POINTER));
    }
}
