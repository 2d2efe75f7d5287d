//! The portable recorder: it counts over a host handle, whose lock is binary.

mod command;
mod configuration;
mod count;
mod extended;
mod identity;
mod lock;
mod mode;
mod structure;
mod tray;

use crate::hresult::Hresult;
use crate::interface::{DiscRecorder2, ModePageRequestType};
use crate::policy::{Policy, Reinitialize};
use crate::quirk::{Quirk, Quirks};
use crate::refusal::{self, Request};
use core::fmt;
use count::LockCount;
use discrig_device::{CallerName, DeviceError, ErrorKind, Handle, Opener};

/// A recorder over one handle of any host.
///
/// # Contract
/// - The lock count is this object's alone: another object, even in the same process, is another client.
/// - What only counts (a nested acquisition, a release that is not the last) causes no command and waits for nothing; it fails when the host
///   knows that the drive or the handle is gone.
/// - A failed release leaves the count as it was, so that it can be tried again, unless the lock is known to be lost: when somebody else holds the
///   device (E_IMAPI_RECORDER_LOCKED), nobody does (ERROR_INVALID_HANDLE), or the drive is gone (ERROR_DEV_NOT_EXIST).
/// - A failed acquisition leaves the device as it was: where a host's answer did not come, the lock that it may have taken is given back.
/// - Once the drive is gone every member but the identifier's getter answers ERROR_DEV_NOT_EXIST, until the object is initialized again.
/// - Dropping the object closes its handle. The host frees what that held: notification first, then exclusive access.
pub struct CountingRecorder {
    opener: Box<dyn Opener>,
    policy: Policy,
    quirks: Quirks,
    state: State,
    unique_id: String,
    handle: Option<Box<dyn Handle>>,
    alignment_mask: u32,
    can_load: Option<bool>,
    count: LockCount,
    last_name: Option<CallerName>,
    lock_in_doubt: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// Not initialized.
    Unbound,
    /// Initialized. The handle may still have to be opened.
    Bound,
    /// The drive that it was bound to is gone.
    Gone,
}

/// What a getter gives before initialization.
const GETTER_UNBOUND: Hresult = Hresult::E_FAIL;

/// What anything else gives before initialization.
const UNBOUND: Hresult = Hresult::ERROR_INVALID_HANDLE;

impl CountingRecorder {
    /// A recorder that is not initialized. `opener` opens its handle.
    #[must_use]
    pub fn new(opener: Box<dyn Opener>) -> CountingRecorder {
        CountingRecorder {
            opener,
            policy: Policy::default(),
            quirks: Quirks::new(),
            state: State::Unbound,
            unique_id: String::new(),
            handle: None,
            alignment_mask: 0,
            can_load: None,
            count: LockCount::default(),
            last_name: None,
            lock_in_doubt: false,
        }
    }

    /// The same with other choices.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> CountingRecorder {
        self.policy = policy;
        self
    }

    /// The same with misbehaviours.
    #[must_use]
    pub fn with_quirks(mut self, quirks: Quirks) -> CountingRecorder {
        self.quirks = quirks;
        self
    }

    /// How often this object has taken exclusive access.
    #[must_use]
    pub fn lock_count(&self) -> u32 {
        self.count.get()
    }

    fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    /// Binds to the drive anew. Nothing changes when that fails.
    fn initialize(&mut self, unique_id: Option<&str>) -> Result<(), Hresult> {
        let unique_id = unique_id.filter(|id| *id == self.opener.unique_id()).ok_or(Hresult::E_INVALIDARG)?;
        if self.count.is_held() && self.policy.reinitialize == Reinitialize::Refuse {
            return Err(Hresult::E_FAIL);
        }
        let handle = match self.open() {
            Ok(opened) => Some(opened),
            // An open that the lock forbids is made up for later: a locked drive can be bound to.
            Err(error) if matches!(error.kind(), ErrorKind::AlreadyLocked | ErrorKind::Locked) => None,
            Err(error) => return Err(refusal::hresult(Request::Open, error.kind(), &self.policy)),
        };
        self.unbind(State::Bound);
        unique_id.clone_into(&mut self.unique_id);
        if let Some((handle, alignment_mask)) = handle {
            self.handle = Some(handle);
            self.alignment_mask = alignment_mask;
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(Box<dyn Handle>, u32), DeviceError> {
        let mut handle = self.opener.open()?;
        let alignment_mask = handle.properties()?.alignment_mask;
        Ok((handle, alignment_mask))
    }

    /// Closes the handle, which frees what it held, and forgets what was known of the drive.
    fn unbind(&mut self, state: State) {
        self.handle = None;
        self.state = state;
        self.alignment_mask = 0;
        self.can_load = None;
        self.count.clear();
        self.last_name = None;
        self.lock_in_doubt = false;
    }

    /// The handle. It is opened here if the drive was locked when the object was initialized.
    fn handle(&mut self, unbound: Hresult) -> Result<&mut (dyn Handle + 'static), Hresult> {
        match self.state {
            State::Unbound => return Err(unbound),
            State::Gone => return Err(Hresult::ERROR_DEV_NOT_EXIST),
            State::Bound => {}
        }
        if self.handle.is_none() {
            let (handle, alignment_mask) =
                self.open().map_err(|error| self.refused(Request::Open, &error))?;
            self.handle = Some(handle);
            self.alignment_mask = alignment_mask;
        }
        self.handle.as_deref_mut().ok_or(unbound)
    }

    /// The code for a refusal. A drive that is gone takes everything that this object held with it.
    fn refused(&mut self, request: Request, error: &DeviceError) -> Hresult {
        if error.kind() == ErrorKind::Gone {
            self.unbind(State::Gone);
        }
        refusal::hresult(request, error.kind(), &self.policy)
    }

    /// What the caller is told: the truth, unless a quirk has it otherwise.
    fn told<T>(&self, result: Result<T, Hresult>) -> Result<T, Hresult> {
        if self.quirks.is_empty() {
            return result;
        }
        result.map_err(|code| match code {
            Hresult::ERROR_DEV_NOT_EXIST if self.has(Quirk::GoneReportedAsFail) => Hresult::E_FAIL,
            Hresult::E_IMAPI_RECORDER_LOCKED if self.has(Quirk::LockedReportedAsAccessDenied) => {
                Hresult::E_ACCESSDENIED
            }
            _ => code,
        })
    }

    /// Fills the out parameter with what `get` finds. A null pointer is refused first.
    fn fill<T>(
        &mut self,
        value: Option<&mut T>,
        get: impl FnOnce(&mut CountingRecorder) -> Result<T, Hresult>,
    ) -> Result<(), Hresult> {
        let value = value.ok_or(Hresult::E_POINTER)?;
        let found = get(self);
        *value = self.told(found)?;
        Ok(())
    }
}

impl fmt::Debug for CountingRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CountingRecorder")
            .field("unique_id", &self.unique_id)
            .field("state", &self.state)
            .field("count", &self.count.get())
            .finish_non_exhaustive()
    }
}

impl DiscRecorder2 for CountingRecorder {
    fn eject_media(&mut self) -> Result<(), Hresult> {
        let result = self.eject();
        self.told(result)
    }

    fn close_tray(&mut self) -> Result<(), Hresult> {
        let result = self.load();
        self.told(result)
    }

    fn acquire_exclusive_access(&mut self, force: bool, client_name: Option<&str>) -> Result<(), Hresult> {
        let result = self.acquire(force, client_name);
        self.told(result)
    }

    fn release_exclusive_access(&mut self) -> Result<(), Hresult> {
        let result = self.release();
        self.told(result)
    }

    fn disable_mcn(&mut self) -> Result<(), Hresult> {
        let result = self.notification_off();
        self.told(result)
    }

    fn enable_mcn(&mut self) -> Result<(), Hresult> {
        let result = self.notification_on();
        self.told(result)
    }

    fn initialize_disc_recorder(&mut self, recorder_unique_id: Option<&str>) -> Result<(), Hresult> {
        let result = self.initialize(recorder_unique_id);
        self.told(result)
    }

    fn active_disc_recorder(&mut self, value: Option<&mut String>) -> Result<(), Hresult> {
        self.fill(value, |recorder| match recorder.state {
            State::Unbound => Err(GETTER_UNBOUND),
            State::Bound | State::Gone => Ok(recorder.unique_id.clone()),
        })
    }

    fn vendor_id(&mut self, value: Option<&mut String>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.inquiry().map(|inquiry| inquiry.vendor.to_string()))
    }

    fn product_id(&mut self, value: Option<&mut String>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.inquiry().map(|inquiry| inquiry.product.to_string()))
    }

    fn product_revision(&mut self, value: Option<&mut String>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.inquiry().map(|inquiry| inquiry.revision.to_string()))
    }

    fn volume_name(&mut self, value: Option<&mut String>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.properties().map(|properties| properties.volume_name))
    }

    fn volume_path_names(&mut self, value: Option<&mut Vec<String>>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.properties().map(|properties| properties.volume_paths))
    }

    fn device_can_load_media(&mut self, value: Option<&mut bool>) -> Result<(), Hresult> {
        self.fill(value, CountingRecorder::loads)
    }

    fn legacy_device_number(&mut self, value: Option<&mut i32>) -> Result<(), Hresult> {
        self.fill(value, CountingRecorder::legacy_number)
    }

    fn supported_feature_pages(&mut self, value: Option<&mut Vec<u16>>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.feature_pages(false, GETTER_UNBOUND))
    }

    fn current_feature_pages(&mut self, value: Option<&mut Vec<u16>>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.feature_pages(true, GETTER_UNBOUND))
    }

    fn supported_profiles(&mut self, value: Option<&mut Vec<u16>>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.profiles(false, GETTER_UNBOUND))
    }

    fn current_profiles(&mut self, value: Option<&mut Vec<u16>>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.profiles(true, GETTER_UNBOUND))
    }

    fn supported_mode_pages(&mut self, value: Option<&mut Vec<u8>>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.mode_pages(ModePageRequestType::CurrentValues, GETTER_UNBOUND))
    }

    fn exclusive_access_owner(&mut self, value: Option<&mut String>) -> Result<(), Hresult> {
        let result = self.owner(value);
        self.told(result)
    }
}
