//! The tray.

use super::{CountingRecorder, GETTER_UNBOUND, UNBOUND};
use crate::hresult::Hresult;
use crate::interface::ModePageRequestType;
use crate::policy::TrayPath;
use crate::quirk::Quirk;
use crate::refusal;
use crate::translation::Purpose;
use core::time::Duration;
use discrig_device::{DeviceError, HostTray, Request};
use discrig_wire::command::StartStopUnit;
use discrig_wire::feature::{FeatureCode, FeatureDescriptor, LoadingMechanism, RemovableMedium};
use discrig_wire::mode::PageCode;

/// Mechanisms that a command can load, on drives too old to say so themselves.
const MOTORIZED: [LoadingMechanism; 3] =
    [LoadingMechanism::TRAY, LoadingMechanism::CHANGER_DISCS, LoadingMechanism::CHANGER_MAGAZINE];

/// Where page 2Ah has its loading mechanism: the upper three bits of this byte.
const MECHANISM_BYTE: usize = 6;

impl CountingRecorder {
    /// Exclusive access is kept.
    pub(super) fn eject(&mut self) -> Result<(), Hresult> {
        self.move_tray(|tray| tray.eject(), StartStopUnit { load_eject: true, ..StartStopUnit::default() })?;
        if self.count.is_held() && self.has(Quirk::EjectDropsLock) {
            self.abandon();
            self.count.clear();
        }
        Ok(())
    }

    pub(super) fn load(&mut self) -> Result<(), Hresult> {
        let command = StartStopUnit { load_eject: true, start: true, ..StartStopUnit::default() };
        self.move_tray(|tray| tray.load(), command)
    }

    fn move_tray(
        &mut self,
        call: impl FnOnce(&mut dyn HostTray) -> Result<(), DeviceError>,
        command: StartStopUnit,
    ) -> Result<(), Hresult> {
        let by_call = self.policy.tray_path == TrayPath::HostCall;
        if let Some(tray) = self.handle(UNBOUND)?.tray().filter(|_| by_call) {
            return call(tray).map_err(|error| self.refused(refusal::Request::Tray, &error));
        }
        let timeout = Duration::from_millis(StartStopUnit::SPEC.timeout_ms.into());
        self.ask(Purpose::Other, Request::none(command, timeout)).map(drop)
    }

    /// Whether the tray can be closed by command. The mechanism does not change, so a drive is asked until it has answered once; from
    /// then on the answer is there while another client holds the device, too.
    pub(super) fn loads(&mut self) -> Result<bool, Hresult> {
        self.handle(GETTER_UNBOUND)?
            .properties()
            .map_err(|error| self.refused(refusal::Request::Properties, &error))?;
        if let Some(known) = self.can_load {
            return Ok(known);
        }
        let loads = match self.feature_page(FeatureCode::REMOVABLE_MEDIUM.0, false) {
            Ok(page) => loads_by_feature(&page)?,
            Err(
                Hresult::E_IMAPI_RECORDER_NO_SUCH_FEATURE
                | Hresult::E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED,
            ) => {
                let page = self.mode_page(PageCode::CAPABILITIES.0, ModePageRequestType::CurrentValues)?;
                page.get(MECHANISM_BYTE).is_some_and(|byte| MOTORIZED.contains(&LoadingMechanism(byte >> 5)))
            }
            Err(code) => return Err(code),
        };
        self.can_load = Some(loads);
        Ok(loads)
    }
}

/// The Load bit came with version 1 of the feature; before, the mechanism has to do.
fn loads_by_feature(page: &[u8]) -> Result<bool, Hresult> {
    let invalid = |_| Hresult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;
    let descriptor = FeatureDescriptor::parse(page).map_err(invalid)?;
    let feature = RemovableMedium::parse(&descriptor).map_err(invalid)?;
    Ok(if descriptor.version == 0 { MOTORIZED.contains(&feature.loading_mechanism) } else { feature.load })
}
