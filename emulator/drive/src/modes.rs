//! The mode pages: their values now, their defaults, and which bits can be changed.

use crate::profile::Profile;
use discrig_wire::mode::{
    AudioControlPage, CachingPage, DataBlockType, DeviceParametersPage, ErrorRecoveryPage,
    FaultReportingPage, InactivityTime, MrwPage, MultiSession, PageCode, PowerConditionPage,
    ProtocolSpecificUnitPage, TimeOutAndProtectPage, VerifyRecoveryPage, WriteParametersPage, WriteType,
};
use serde::{Deserialize, Serialize};

/// A row: a page with its default values and the mask of what MODE SELECT can change.
pub(crate) struct PageSpec {
    pub(crate) code: PageCode,
    pub(crate) default: fn() -> Vec<u8>,
    pub(crate) changeable: fn() -> Vec<u8>,
    get: fn(&ModePages) -> Vec<u8>,
    set: fn(&mut ModePages, &[u8]) -> bool,
}

macro_rules! mode_pages {
    ($($field:ident: $page:ident = $default:expr, changeable $changeable:expr;)+) => {
        /// The values of the mode pages that can be changed. Page 2Ah is derived when it is asked for.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct ModePages {
            $(
                #[doc = concat!("The [`", stringify!($page), "`].")]
                pub $field: $page,
            )+
        }

        impl Default for ModePages {
            fn default() -> ModePages {
                ModePages { $($field: $default,)+ }
            }
        }

        impl ModePages {
            /// The rows, ascending by page code.
            pub(crate) const TABLE: &'static [PageSpec] = &[$(PageSpec {
                code: $page::CODE,
                default: || ($default).page().to_vec(),
                changeable: || ($changeable).page().to_vec(),
                get: |pages| pages.$field.page().to_vec(),
                set: |pages, bytes| {
                    let page = discrig_wire::mode::ModePage {
                        code: $page::CODE,
                        subpage: None,
                        saveable: false,
                        bytes,
                    };
                    $page::parse(&page).map(|value| pages.$field = value).is_ok()
                },
            }),+];
        }
    };
}

mode_pages! {
    error_recovery: ErrorRecoveryPage = ErrorRecoveryPage {
        automatic_write_reallocation: true,
        read_retry_count: 0x13,
        write_retry_count: 3,
        ..ErrorRecoveryPage::default()
    }, changeable ErrorRecoveryPage {
        transfer_block: true,
        read_continuous: true,
        post_error: true,
        disable_transfer_on_error: true,
        disable_correction: true,
        read_retry_count: 0xFF,
        enhanced_media_certification: 3,
        write_retry_count: 0xFF,
        ..ErrorRecoveryPage::default()
    };
    mrw: MrwPage = MrwPage::default(), changeable MrwPage::default();
    write_parameters: WriteParametersPage = WriteParametersPage {
        buffer_underrun_free: true,
        link_size_valid: true,
        track_mode: 5,
        data_block_type: DataBlockType::MODE_1,
        link_size: 0x10,
        packet_size: 16,
        audio_pause_length: 150,
        ..WriteParametersPage::default()
    }, changeable WriteParametersPage {
        buffer_underrun_free: true,
        link_size_valid: true,
        test_write: true,
        write_type: WriteType(0x0F),
        multi_session: MultiSession(3),
        fixed_packet: true,
        copy: true,
        track_mode: 0x0F,
        data_block_type: DataBlockType(0x0F),
        link_size: 0xFF,
        host_application_code: 0x3F,
        session_format: 0xFF,
        packet_size: u32::MAX,
        audio_pause_length: u16::MAX,
        media_catalog_number: [0xFF; 16],
        isrc: [0xFF; 16],
        sub_header: [0xFF; 4],
    };
    verify_error_recovery: VerifyRecoveryPage = VerifyRecoveryPage {
        verify_retry_count: 0x13,
        ..VerifyRecoveryPage::default()
    }, changeable VerifyRecoveryPage {
        post_error: true,
        disable_transfer_on_error: true,
        disable_correction: true,
        verify_retry_count: 0xFF,
        ..VerifyRecoveryPage::default()
    };
    caching: CachingPage = CachingPage { write_cache_enable: true, ..CachingPage::default() },
    changeable CachingPage { write_cache_enable: true, read_cache_disable: true, ..CachingPage::default() };
    device_parameters: DeviceParametersPage = DeviceParametersPage {
        inactivity_multiplier: InactivityTime(0x0A),
        seconds_per_minute: 60,
        frames_per_second: 75,
    }, changeable DeviceParametersPage { inactivity_multiplier: InactivityTime(0x0F), ..DeviceParametersPage::default() };
    audio_control: AudioControlPage = AudioControlPage {
        immediate: true,
        output_0_channel: 1,
        output_0_volume: 0xFF,
        output_1_channel: 2,
        output_1_volume: 0xFF,
        ..AudioControlPage::default()
    }, changeable AudioControlPage {
        stop_on_track_crossing: true,
        output_0_channel: 0x0F,
        output_0_volume: 0xFF,
        output_1_channel: 0x0F,
        output_1_volume: 0xFF,
        ..AudioControlPage::default()
    };
    protocol_specific_unit: ProtocolSpecificUnitPage = ProtocolSpecificUnitPage { protocol: 5 },
    changeable ProtocolSpecificUnitPage::default();
    power_condition: PowerConditionPage = PowerConditionPage {
        idle: true,
        standby: true,
        idle_timer_100ms: 200,
        standby_timer_100ms: 4800,
    }, changeable PowerConditionPage {
        idle: true,
        standby: true,
        idle_timer_100ms: u32::MAX,
        standby_timer_100ms: u32::MAX,
    };
    fault_reporting: FaultReportingPage = FaultReportingPage {
        disable_exceptions: true,
        ..FaultReportingPage::default()
    }, changeable FaultReportingPage {
        performance: true,
        disable_exceptions: true,
        reporting_method: 0x0F,
        interval_timer_100ms: u32::MAX,
        report_count: u32::MAX,
        ..FaultReportingPage::default()
    };
    time_out_and_protect: TimeOutAndProtectPage = TimeOutAndProtectPage {
        group_1_minimum_s: 10,
        group_2_minimum_s: 180,
        ..TimeOutAndProtectPage::default()
    }, changeable TimeOutAndProtectPage {
        time_out_enable: true,
        software_write_protect: true,
        ..TimeOutAndProtectPage::default()
    };
}

impl ModePages {
    /// The values that a model begins with.
    pub(crate) fn of(profile: &Profile) -> ModePages {
        let mut pages = ModePages::default();
        for spec in ModePages::TABLE {
            if let Some(own) = spec.own_default(profile) {
                spec.store(&mut pages, own);
            }
        }
        pages
    }
}

impl PageSpec {
    /// The row for `code`.
    pub(crate) fn of(code: PageCode) -> Option<&'static PageSpec> {
        ModePages::TABLE.iter().find(|spec| spec.code == code)
    }

    /// The defaults of a model.
    pub(crate) fn default_of(&self, profile: &Profile) -> Vec<u8> {
        self.current_of(profile, &ModePages::of(profile))
    }

    /// The whole page as it is now, with the bits of a model that no field of the standard has.
    pub(crate) fn current_of(&self, profile: &Profile, pages: &ModePages) -> Vec<u8> {
        let mut page = self.current(pages);
        if let Some(own) = self.own_default(profile) {
            let understood = self.current(&ModePages::of(profile));
            for (byte, (own, understood)) in page.iter_mut().zip(own.iter().zip(understood)) {
                *byte ^= own ^ understood;
            }
        }
        page
    }

    /// The defaults in a model's own bytes. A page of another length than the rig's is left out.
    fn own_default<'a>(&self, profile: &'a Profile) -> Option<&'a [u8]> {
        let own = profile.mode_page(self.code)?.default.as_ref()?;
        (own.0.len() == (self.default)().len()).then_some(&own.0[..])
    }

    /// What can be changed on a model.
    pub(crate) fn changeable_of(&self, profile: &Profile) -> Vec<u8> {
        let generic = (self.changeable)();
        let own = profile.mode_page(self.code).and_then(|page| page.changeable.as_ref());
        let bytes = own.map_or(&[][..], |own| &own.0);
        if bytes.len() == generic.len() { bytes.to_vec() } else { generic }
    }

    /// The whole page as it is now.
    pub(crate) fn current(&self, pages: &ModePages) -> Vec<u8> {
        (self.get)(pages)
    }

    /// Takes the values of a whole page; `false` when it is another page.
    pub(crate) fn store(&self, pages: &mut ModePages, bytes: &[u8]) -> bool {
        (self.set)(pages, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_ascend_and_defaults_are_the_initial_values() {
        let codes: Vec<u8> = ModePages::TABLE.iter().map(|spec| spec.code.0).collect();
        assert_eq!(codes, [0x01, 0x03, 0x05, 0x07, 0x08, 0x0D, 0x0E, 0x18, 0x1A, 0x1C, 0x1D]);
        let initial = ModePages::default();
        for spec in ModePages::TABLE {
            let default = (spec.default)();
            assert_eq!(spec.current(&initial), default);
            assert_eq!(default[..2], (spec.changeable)()[..2], "page {}", spec.code);
            let mut pages = initial;
            let inverted: Vec<u8> = default.iter().zip((spec.changeable)()).map(|(d, c)| d ^ c).collect();
            let inverted = [&default[..2], &inverted[2..]].concat();
            assert!(spec.store(&mut pages, &inverted));
            assert_eq!(spec.current(&pages), inverted);
        }
    }
}
