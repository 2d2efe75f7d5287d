//! From the host's refusals to result codes.

use crate::hresult::Hresult;
use crate::policy::Policy;
use discrig_device::ErrorKind;

/// What was asked of the host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Request {
    Command,
    Lock,
    Notification,
    Open,
    Owner,
    Properties,
    Tray,
    Unlock,
}

type Answer = fn(&Policy) -> Hresult;

/// What holds for one request only. Looked up before [`GENERAL`].
const PARTICULAR: &[(Request, ErrorKind, Answer)] = &[
    (Request::Lock, ErrorKind::AlreadyLocked, |policy| policy.foreign_lock.hresult()),
    (Request::Lock, ErrorKind::Locked, |policy| policy.foreign_lock.hresult()),
    (Request::Notification, ErrorKind::InvalidState, |policy| policy.mcn_underflow.hresult()),
    // Somebody has the device open in a way that shuts others out, which is not the exclusive lock.
    (Request::Open, ErrorKind::Busy, |_| Hresult::E_ACCESSDENIED),
];

const GENERAL: &[(ErrorKind, Answer)] = &[
    (ErrorKind::AccessDenied, |_| Hresult::E_ACCESSDENIED),
    (ErrorKind::AlreadyLocked, |_| Hresult::E_IMAPI_RECORDER_LOCKED),
    (ErrorKind::Busy, |_| Hresult::ERROR_BUSY),
    (ErrorKind::Gone, |_| Hresult::ERROR_DEV_NOT_EXIST),
    (ErrorKind::Hardware, |_| Hresult::E_FAIL),
    (ErrorKind::InvalidHandle, |_| Hresult::ERROR_INVALID_HANDLE),
    (ErrorKind::InvalidName, |policy| policy.invalid_name.hresult()),
    (ErrorKind::InvalidRequest, |_| Hresult::E_INVALIDARG),
    (ErrorKind::InvalidState, |_| Hresult::E_FAIL),
    (ErrorKind::Locked, |_| Hresult::E_IMAPI_RECORDER_LOCKED),
    (ErrorKind::NotLocked, |_| Hresult::ERROR_INVALID_HANDLE),
    (ErrorKind::OutOfMemory, |_| Hresult::E_OUTOFMEMORY),
    (ErrorKind::Reserved, |_| Hresult::E_IMAPI_RECORDER_LOCKED),
    (ErrorKind::Timeout, |_| Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT),
    (ErrorKind::Transport, |_| Hresult::E_FAIL),
    (ErrorKind::Unsupported, |_| Hresult::E_FAIL),
    (ErrorKind::VolumeMounted, |policy| policy.mounted_volume.hresult()),
];

/// The code for a request that the host refused. Kinds without a row, which later hosts may bring, are E_FAIL.
pub(crate) fn hresult(request: Request, kind: ErrorKind, policy: &Policy) -> Hresult {
    let particular =
        PARTICULAR.iter().find(|(row, of, _)| (*row, *of) == (request, kind)).map(|(_, _, answer)| answer);
    let general = || GENERAL.iter().find(|(of, _)| *of == kind).map(|(_, answer)| answer);
    particular.or_else(general).map_or(Hresult::E_FAIL, |answer| answer(policy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{ForeignLock, InvalidName, McnUnderflow, MountedVolume};
    use rstest::rstest;

    #[test]
    fn rows_are_unique_and_in_order() {
        assert!(GENERAL.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (index, (request, kind, _)) in PARTICULAR.iter().enumerate() {
            assert!(
                PARTICULAR[..index].iter().all(|(r, k, _)| (r, k) != (request, kind)),
                "{request:?} {kind:?}"
            );
        }
    }

    #[rstest]
    #[case(Request::Lock, ErrorKind::AlreadyLocked, 0xC0AA_0210)]
    #[case(Request::Command, ErrorKind::Locked, 0xC0AA_0210)]
    #[case(Request::Unlock, ErrorKind::Reserved, 0xC0AA_0210)]
    #[case(Request::Command, ErrorKind::Timeout, 0xC0AA_020D)]
    #[case(Request::Owner, ErrorKind::Gone, 0x8007_0037)]
    #[case(Request::Unlock, ErrorKind::InvalidHandle, 0x8007_0006)]
    #[case(Request::Unlock, ErrorKind::NotLocked, 0x8007_0006)]
    #[case(Request::Properties, ErrorKind::OutOfMemory, 0x8007_000E)]
    #[case(Request::Lock, ErrorKind::VolumeMounted, 0x8007_0005)]
    #[case(Request::Open, ErrorKind::AccessDenied, 0x8007_0005)]
    #[case(Request::Open, ErrorKind::Busy, 0x8007_0005)]
    #[case(Request::Tray, ErrorKind::Busy, 0x8007_00AA)]
    #[case(Request::Lock, ErrorKind::InvalidName, 0x8007_0057)]
    #[case(Request::Command, ErrorKind::InvalidRequest, 0x8007_0057)]
    #[case(Request::Command, ErrorKind::Hardware, 0x8000_4005)]
    #[case(Request::Command, ErrorKind::Transport, 0x8000_4005)]
    #[case(Request::Tray, ErrorKind::Unsupported, 0x8000_4005)]
    #[case(Request::Notification, ErrorKind::InvalidState, 0x8000_4005)]
    #[case(Request::Tray, ErrorKind::InvalidState, 0x8000_4005)]
    fn by_default(#[case] request: Request, #[case] kind: ErrorKind, #[case] code: u32) {
        assert_eq!(hresult(request, kind, &Policy::default()), Hresult(code));
    }

    #[rstest]
    #[case(Request::Lock, ErrorKind::AlreadyLocked, 0x8007_0005)]
    #[case(Request::Command, ErrorKind::Locked, 0xC0AA_0210)]
    #[case(Request::Lock, ErrorKind::VolumeMounted, 0x8007_0016)]
    #[case(Request::Lock, ErrorKind::InvalidName, 0xC0AA_0211)]
    #[case(Request::Notification, ErrorKind::InvalidState, 0x8007_0016)]
    fn with_the_other_choices(#[case] request: Request, #[case] kind: ErrorKind, #[case] code: u32) {
        let policy = Policy {
            foreign_lock: ForeignLock::AccessDenied,
            mounted_volume: MountedVolume::BadCommand,
            invalid_name: InvalidName::ClientNameIsNotValid,
            mcn_underflow: McnUnderflow::BadCommand,
            ..Policy::default()
        };
        assert_eq!(hresult(request, kind, &policy), Hresult(code));
    }
}
