//! Exclusive access and the media change notification switch.

use super::{CountingRecorder, GETTER_UNBOUND, UNBOUND};
use crate::hresult::Hresult;
use crate::policy::McnByOwner;
use crate::quirk::Quirk;
use crate::refusal::Request;
use discrig_device::{CallerName, Effect, ErrorKind, Owner, VolumePolicy};

impl CountingRecorder {
    /// Checks in this order: name, drive there, already ours (then only the count changes), volume, other owner.
    pub(super) fn acquire(&mut self, force: bool, client_name: Option<&str>) -> Result<(), Hresult> {
        let text = client_name.filter(|name| !name.is_empty()).ok_or(Hresult::E_INVALIDARG)?;
        let name = CallerName::new(text).map_err(|_| self.policy.invalid_name.hresult())?;
        if self.count.is_held() { self.acquire_again(name) } else { self.acquire_first(force, name) }
    }

    fn acquire_first(&mut self, force: bool, name: CallerName) -> Result<(), Hresult> {
        let volume = if force { VolumePolicy::Ignore } else { VolumePolicy::Respect };
        self.settle_doubt();
        let locked = self.handle(UNBOUND)?.lock(name.as_str(), volume);
        if let Err(error) = locked {
            self.lock_in_doubt = error.effect() != Effect::NotDone;
            let code = self.refused(Request::Lock, &error);
            self.settle_doubt();
            return Err(code);
        }
        self.last_name = Some(name);
        self.count.raise()
    }

    fn acquire_again(&mut self, name: CallerName) -> Result<(), Hresult> {
        self.check_presence()?;
        if self.has(Quirk::SecondAcquireRefused) {
            return Err(Hresult::E_IMAPI_RECORDER_LOCKED);
        }
        self.last_name = Some(name);
        if self.has(Quirk::AcquireNotCounted) { Ok(()) } else { self.count.raise() }
    }

    /// Gives back a lock that a host may have taken without saying so. A handle cannot disturb another one's lock by that.
    fn settle_doubt(&mut self) {
        if !self.lock_in_doubt {
            return;
        }
        let Ok(handle) = self.handle(UNBOUND) else { return };
        self.lock_in_doubt = match handle.unlock() {
            Ok(()) => false,
            Err(error) => !matches!(error.kind(), ErrorKind::NotLocked | ErrorKind::InvalidHandle),
        };
    }

    pub(super) fn release(&mut self) -> Result<(), Hresult> {
        match self.count.get() {
            0 => self.release_unheld(),
            1 => self.release_last(),
            _ => self.release_one(),
        }
    }

    /// Whoever holds the device, it is not this object. Its lock is never touched.
    fn release_unheld(&mut self) -> Result<(), Hresult> {
        match self.check_presence() {
            // The drive could not even be opened so far, so the lock that forbids it is another client's.
            Err(Hresult::E_IMAPI_RECORDER_LOCKED) => return Err(Hresult::ERROR_INVALID_HANDLE),
            present => present?,
        }
        if self.has(Quirk::ReleaseBelowZeroSucceeds) {
            return Ok(());
        }
        let foreign = self.handle(UNBOUND)?.owner().is_ok_and(|owner| owner.is_held());
        Err(if foreign { Hresult::ERROR_INVALID_HANDLE } else { self.policy.release_unheld.hresult() })
    }

    fn release_one(&mut self) -> Result<(), Hresult> {
        self.check_presence()?;
        if self.has(Quirk::ReleaseFreesTooEarly) {
            self.abandon();
        }
        self.count.lower();
        Ok(())
    }

    fn release_last(&mut self) -> Result<(), Hresult> {
        if self.has(Quirk::ReleaseNeverFrees) {
            self.check_presence()?;
            self.count.clear();
            return Ok(());
        }
        match self.handle(UNBOUND)?.unlock() {
            Ok(()) => {
                self.count.clear();
                Ok(())
            }
            Err(error) => match error.kind() {
                ErrorKind::NotLocked if self.has(Quirk::ReleaseFreesTooEarly) => {
                    self.count.clear();
                    Ok(())
                }
                ErrorKind::AlreadyLocked
                | ErrorKind::InvalidHandle
                | ErrorKind::Locked
                | ErrorKind::NotLocked => Err(self.lost_lock()),
                _ => Err(self.refused(Request::Unlock, &error)),
            },
        }
    }

    /// The lock was lost behind this object's back: says whether somebody else has the device now.
    fn lost_lock(&mut self) -> Hresult {
        self.count.clear();
        let owner = match self.handle(UNBOUND) {
            Ok(handle) => handle.owner(),
            Err(code) => return code,
        };
        match owner {
            Ok(owner) if owner.is_held() => Hresult::E_IMAPI_RECORDER_LOCKED,
            Err(error) if error.kind() == ErrorKind::Gone => self.refused(Request::Owner, &error),
            _ => Hresult::ERROR_INVALID_HANDLE,
        }
    }

    /// Fails when the host knows that the drive or the handle is gone. Only proof counts: what the host cannot say now is no reason to
    /// refuse what takes place in this object alone.
    fn check_presence(&mut self) -> Result<(), Hresult> {
        match self.handle(UNBOUND)?.properties() {
            Err(error) if error.kind() == ErrorKind::Gone => Err(self.refused(Request::Properties, &error)),
            Err(error) if error.kind() == ErrorKind::InvalidHandle => {
                self.count.clear();
                Err(self.refused(Request::Properties, &error))
            }
            _ => Ok(()),
        }
    }

    /// Ends exclusive access as some implementations do without being asked.
    pub(super) fn abandon(&mut self) {
        if let Some(handle) = self.handle.as_deref_mut() {
            // The misbehaviour is that it is tried; whether the host goes along shows in its answers.
            drop(handle.unlock());
        }
    }

    pub(super) fn owner(&mut self, value: Option<&mut String>) -> Result<(), Hresult> {
        let value = value.ok_or(Hresult::E_POINTER)?;
        let owner = self.handle(GETTER_UNBOUND)?.owner();
        let owner = owner.map_err(|error| self.refused(Request::Owner, &error))?;
        let owner = match self.last_name {
            Some(last) if self.count.is_held() && self.has(Quirk::NameFromLastAcquire) => Owner::Named(last),
            _ => owner,
        };
        if !owner.is_held() && self.has(Quirk::OwnerErrorWhenFree) {
            return Err(Hresult::E_FAIL);
        }
        value.clear();
        value.push_str(owner.name().unwrap_or_default());
        Ok(())
    }

    pub(super) fn notification_off(&mut self) -> Result<(), Hresult> {
        self.check_switch()?;
        let switched = self.handle(UNBOUND)?.disable();
        switched.map_err(|error| self.refused(Request::Notification, &error))?;
        if self.count.is_held() && self.has(Quirk::McnSharesLockCount) {
            self.count.raise()?;
        }
        Ok(())
    }

    pub(super) fn notification_on(&mut self) -> Result<(), Hresult> {
        self.check_switch()?;
        let switched = self.handle(UNBOUND)?.enable();
        switched.map_err(|error| self.refused(Request::Notification, &error))?;
        if self.has(Quirk::McnSharesLockCount) {
            match self.count.get() {
                0 => {}
                1 => self.release_last()?,
                _ => self.count.lower(),
            }
        }
        Ok(())
    }

    fn check_switch(&self) -> Result<(), Hresult> {
        if self.count.is_held() && self.policy.mcn_by_owner == McnByOwner::Refused {
            return Err(Hresult::E_IMAPI_RECORDER_LOCKED);
        }
        Ok(())
    }
}
