//! What an emulated laboratory is made of.

use crate::defect::Defect;
use crate::disc::DiscSource;
use crate::model::Model;
use discrig_drive::DriveConfig;
use discrig_host::HostConfig;

/// What an emulated laboratory is made of.
#[derive(Clone, Debug, Default)]
pub struct EmulatorConfig {
    /// The drive.
    pub drive: DriveConfig,
    /// Each of the hosts; their numbers are filled in.
    pub host: HostConfig,
    /// The disc that is in the drive when the bench is restored.
    pub disc: DiscSource,
    /// Seed of the random stream behind the probabilities of fault rules.
    pub seed: u64,
}

impl EmulatorConfig {
    /// A laboratory around a drive of a model.
    #[must_use]
    pub fn of(model: &Model) -> EmulatorConfig {
        EmulatorConfig { drive: model.drive_config(), ..EmulatorConfig::default() }
    }

    /// Gives drive and hosts the misbehaviour of a defect. (What it does to recorder objects concerns their source.)
    pub fn afflict(&mut self, defect: &Defect) {
        self.drive.quirks.extend(&defect.drive);
        self.host.quirks.extend(&defect.host);
    }
}
