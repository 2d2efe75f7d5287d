//! Drives behind iSCSI targets.

use super::{Opened, Stake, Terms};
use crate::cli::IscsiArguments;
use crate::failure::Failure;
use crate::secret;
use discrig_initiator::{Address, Attendant, IscsiBench, IscsiOptions};
use discrig_iscsi::chap::Authentication;
use discrig_recorder::PortableSource;
use discrig_scenarios::Hazard;

pub(super) fn open(address: &Address, terms: Terms<'_>) -> Result<Opened, Failure> {
    let none = IscsiArguments::default();
    let arguments = terms.iscsi.unwrap_or(&none);
    let may = |hazard| terms.allowed.contains(&hazard);
    let options = IscsiOptions {
        allow_reset: may(Hazard::Wedge),
        allow_tray: may(Hazard::Tray),
        attendant: attendant(address, arguments)?,
        authentication: authentication(address, arguments)?,
        data_digest: arguments.data_digest.unwrap_or_default().into(),
        fresh: terms.fresh,
        header_digest: arguments.header_digest.unwrap_or_default().into(),
        initiator: arguments.initiator.clone(),
    };
    let bench = IscsiBench::open(address, options).map_err(|error| Failure::Target(error.to_string()))?;
    Ok(Opened {
        bench: Box::new(bench),
        source: Box::new(PortableSource::default()),
        backend: "iSCSI",
        stake: Stake::Drive,
    })
}

/// What proves to the target who we are: the user in the address, and the secret from elsewhere. In mutual CHAP the target proves itself, too.
fn authentication(address: &Address, arguments: &IscsiArguments) -> Result<Option<Authentication>, Failure> {
    let (user, file) = (address.user.as_deref(), arguments.chap_secret_file.as_deref());
    secret::authentication(user, file, &arguments.mutual, "a user in the address: iscsi://USER@HOST/…")
}

#[cfg(unix)]
fn attendant(address: &Address, arguments: &IscsiArguments) -> Result<Option<Box<dyn Attendant>>, Failure> {
    let Some(path) = &arguments.control else { return Ok(None) };
    let attendant = super::attendant::ServerAttendant::connect(path, address)?;
    Ok(Some(Box::new(attendant)))
}

#[cfg(not(unix))]
fn attendant(_: &Address, arguments: &IscsiArguments) -> Result<Option<Box<dyn Attendant>>, Failure> {
    match arguments.control {
        Some(_) => Err(Failure::Usage("there are no control sockets on this system".to_owned())),
        None => Ok(None),
    }
}
