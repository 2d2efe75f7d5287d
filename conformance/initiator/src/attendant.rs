//! Somebody at the drive, who can do what no initiator can.

use core::fmt;
use discrig_device::ResetKind;

/// How somebody at the drive finds it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Situation {
    /// The disc that was put in last, as [`Attendant::insert`] takes it.
    pub disc: String,
    /// How many times a fault rule has fired.
    pub fired: u64,
    /// A foreign host holds the drive.
    pub foreign: bool,
    /// The plug is in.
    pub plugged: bool,
    /// Everything that is known, as JSON.
    pub state: String,
    /// The tray is open, and rests.
    pub tray_open: bool,
}

/// A session as the server numbers it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServedSession {
    /// The name of the initiator.
    pub initiator: String,
    /// The nexus, as fault rules name it.
    pub nexus: u8,
}

/// Somebody at the drive: presses buttons, changes discs, pulls plugs, installs faults. Errors are for people.
pub trait Attendant: fmt::Debug + Send {
    /// Adds fault rules (the TOML of a plan) after those that are there.
    ///
    /// # Errors
    /// That a rule cannot be honoured.
    fn faults(&mut self, plan: &str) -> Result<(), String>;

    /// Takes all fault rules away.
    ///
    /// # Errors
    /// Why not.
    fn lift(&mut self) -> Result<(), String>;

    /// Opens the tray whatever prevents it, puts a disc in, closes it, and waits until the drive knows it.
    ///
    /// # Errors
    /// Why not.
    fn insert(&mut self, disc: &str) -> Result<(), String>;

    /// Presses the button on the drive's front.
    ///
    /// # Errors
    /// Why not.
    fn press(&mut self) -> Result<(), String>;

    /// Pulls the plug.
    ///
    /// # Errors
    /// Why not.
    fn plug_out(&mut self) -> Result<(), String>;

    /// Puts it back.
    ///
    /// # Errors
    /// Why not.
    fn plug_in(&mut self) -> Result<(), String>;

    /// Resets.
    ///
    /// # Errors
    /// Why not.
    fn reset(&mut self, kind: ResetKind) -> Result<(), String>;

    /// Who is logged in.
    ///
    /// # Errors
    /// Why it is not known.
    fn sessions(&mut self) -> Result<Vec<ServedSession>, String>;

    /// How the drive is found.
    ///
    /// # Errors
    /// Why it is not known.
    fn situation(&mut self) -> Result<Situation, String>;

    /// Has the foreign host let the drive go.
    ///
    /// # Errors
    /// Why not.
    fn unlock(&mut self) -> Result<(), String>;
}
