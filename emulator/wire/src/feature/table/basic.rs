//! What every drive with removable media has: features below 0010h.

macro_rules! rows {
    ($($before:tt)*) => {
        chain! {
        $($before)*

        /// The profiles that the drive supports. Their list is the payload: [`FeatureDescriptor::profiles`].
        0x0000 PROFILE_LIST ProfileList "Profile List" version 0, size 4 [persistent], clause "MMC-5 5.3.1"
        {}

        /// What every drive does.
        0x0001 CORE Core "Core" version 2, size 12 [persistent], clause "MMC-5 5.3.2"
        {
            interface: PhysicalInterface = 4[7; 32] "How the drive is connected.",
            inquiry_2: bool = 8[1; 1] "INQ2: INQUIRY with vital product data as SPC-3 has it.",
            device_busy_events: bool = 8[0; 1] "DBE: device busy events are reported.",
        }

        /// Reports events.
        0x0002 MORPHING Morphing "Morphing" version 1, size 8 [persistent], clause "MMC-5 5.3.3"
        {
            operational_change_events: bool = 4[1; 1] "OCEVENT.",
            asynchronous: bool = 4[0; 1] "ASYNC: events are also reported without polling.",
        }

        /// The medium can be removed.
        0x0003 REMOVABLE_MEDIUM RemovableMedium "Removable Medium" version 2, size 8 [persistent], clause "MMC-5 5.3.4"
        {
            loading_mechanism: LoadingMechanism = 4[7; 3] "How a medium gets in.",
            load: bool = 4[4; 1] "A command can load the medium.",
            eject: bool = 4[3; 1] "A command can eject the medium.",
            prevent_jumper: bool = 4[2; 1] "The prevent jumper; documents disagree about its polarity.",
            device_busy_medium_load: bool = 4[1; 1] "DBML: device busy events tell of loading and unloading.",
            lock: bool = 4[0; 1] "PREVENT ALLOW MEDIUM REMOVAL can lock the medium.",
        }

        /// Media can be protected against writing.
        0x0004 WRITE_PROTECT WriteProtect "Write Protect" version 2, size 8 [], clause "MMC-5 5.3.5"
        {
            disc_write_protect_pac: bool = 4[3; 1] "DWP: disc write protect PAC on BD.",
            write_inhibit_dcb: bool = 4[2; 1] "WDCB.",
            persistent_write_protect: bool = 4[1; 1] "SPWP.",
            software_write_protect: bool = 4[0; 1] "SSWPP: the SWPP bit of mode page 1Dh.",
        }
        }
    };
}

pub(super) use rows;
