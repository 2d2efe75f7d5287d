//! What the host knows of the drive without asking it.

use super::{CountingRecorder, GETTER_UNBOUND};
use crate::hresult::Hresult;
use crate::refusal::Request;
use discrig_device::Properties;
use discrig_wire::inquiry::StandardInquiry;

impl CountingRecorder {
    pub(super) fn properties(&mut self) -> Result<Properties, Hresult> {
        let properties = self.handle(GETTER_UNBOUND)?.properties();
        properties.map_err(|error| self.refused(Request::Properties, &error))
    }

    pub(super) fn inquiry(&mut self) -> Result<StandardInquiry, Hresult> {
        StandardInquiry::parse(&self.properties()?.inquiry).map_err(|_| Hresult::E_FAIL)
    }

    pub(super) fn legacy_number(&mut self) -> Result<i32, Hresult> {
        i32::try_from(self.properties()?.legacy_device_number).map_err(|_| Hresult::E_FAIL)
    }

    /// The mask that adapters use has the low bits set; callers get the power of two above it.
    pub(super) fn alignment(&mut self) -> Result<u32, Hresult> {
        self.properties()?.alignment_mask.checked_add(1).ok_or(Hresult::E_FAIL)
    }
}
