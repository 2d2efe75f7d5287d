//! Features and profiles, by GET CONFIGURATION.

use super::CountingRecorder;
use crate::hresult::Hresult;
use crate::translation::Purpose;
use core::time::Duration;
use discrig_wire::WireError;
use discrig_wire::command::GetConfiguration;
use discrig_wire::feature::{
    Configuration, ConfigurationHeader, FeatureCode, FeatureDescriptor, FeatureHeader, RequestedType,
};

/// Room for the features of most drives.
const FIRST: u16 = 1024;

/// Room for one feature of any size.
const ONE_FEATURE: u16 = (ConfigurationHeader::SIZE + FeatureHeader::SIZE + 256) as u16;

const INVALID_RESPONSE: Hresult = Hresult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;

impl CountingRecorder {
    /// The answer of GET CONFIGURATION, whole and consistent.
    fn configuration(&mut self, which: RequestedType, starting: FeatureCode) -> Result<Vec<u8>, Hresult> {
        let first = if which == RequestedType::ONE { ONE_FEATURE } else { FIRST };
        let command = |allocation_length| {
            GetConfiguration {
                requested_type: which.0,
                starting_feature_number: starting.0,
                allocation_length,
            }
            .cdb()
        };
        let timeout = Duration::from_millis(GetConfiguration::SPEC.timeout_ms.into());
        self.fetch(Purpose::Configuration, first, configuration_size, command, timeout)
    }

    /// The descriptor of one feature with its header. Some drives answer with other features too, so it is looked for.
    pub(super) fn feature_page(&mut self, feature: u16, current_only: bool) -> Result<Vec<u8>, Hresult> {
        let feature = FeatureCode(feature);
        let answer = self.configuration(RequestedType::ONE, feature)?;
        let found = descriptors(&answer)?
            .into_iter()
            .find(|descriptor| descriptor.code == feature)
            .ok_or(Hresult::E_IMAPI_RECORDER_NO_SUCH_FEATURE)?;
        if current_only && !found.current {
            return Err(Hresult::E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT);
        }
        let mut page = vec![0; FeatureHeader::SIZE + found.payload.len()];
        let mut reply = discrig_wire::Reply::new(&mut page, usize::MAX);
        found.encode(&mut reply);
        Ok(page)
    }

    pub(super) fn feature_pages(
        &mut self,
        current_only: bool,
        unbound: Hresult,
    ) -> Result<Vec<u16>, Hresult> {
        self.handle(unbound)?;
        let which = if current_only { RequestedType::CURRENT } else { RequestedType::ALL };
        let answer = self.configuration(which, FeatureCode::default())?;
        let descriptors = descriptors(&answer)?;
        let wanted = descriptors.iter().filter(|descriptor| descriptor.current || !current_only);
        Ok(wanted.map(|descriptor| descriptor.code.0).collect())
    }

    pub(super) fn profiles(&mut self, current_only: bool, unbound: Hresult) -> Result<Vec<u16>, Hresult> {
        self.handle(unbound)?;
        let page = self.feature_page(FeatureCode::PROFILE_LIST.0, false)?;
        let list = FeatureDescriptor::parse(&page).map_err(|_| INVALID_RESPONSE)?;
        let profiles = list.profiles().ok_or(INVALID_RESPONSE)?;
        Ok(profiles.filter(|(_, current)| *current || !current_only).map(|(profile, _)| profile.0).collect())
    }
}

/// The size of the whole answer. Below the header's own size the answer contradicts itself.
fn configuration_size(bytes: &[u8]) -> Option<usize> {
    let length = ConfigurationHeader::parse(bytes).ok()?.data_length;
    (length >= 4).then(|| usize::try_from(length).unwrap_or(usize::MAX).saturating_add(4))
}

fn descriptors(answer: &[u8]) -> Result<Vec<FeatureDescriptor<'_>>, Hresult> {
    let configuration = Configuration::parse(answer).map_err(|_| INVALID_RESPONSE)?;
    configuration.features().collect::<Result<_, WireError>>().map_err(|_| INVALID_RESPONSE)
}
