//! A server in a program of your own: one drive with a disc, until Ctrl-C.
//!
//! ```text
//! cargo run --release -p discrig-serve --example one_drive -- 127.0.0.1:3260 iso:disc.iso
//! ```

use discrig_device::DiscKind;
use discrig_device::fault::Plan;
use discrig_drive::{Disc, DriveConfig, Profile};
use discrig_serve::{Discs, DriveSetup, Server, ServerConfig};
use discrig_storage::{DiscSpec, DiscSupply, SpecError};
use std::error::Error;
use std::io::Write;
use std::sync::Arc;

/// Discs by specification, as the command has them.
#[derive(Debug)]
struct Shelf;

impl Discs for Shelf {
    fn open(&self, spec: &str, _: &Profile) -> Result<Option<Disc>, String> {
        let spec: DiscSpec = spec.parse().map_err(|error: SpecError| error.to_string())?;
        DiscSupply::open(&spec).and_then(|supply| supply.disc()).map_err(|error| error.to_string())
    }

    fn of_kind(&self, kind: DiscKind, _: &Profile) -> Result<Disc, String> {
        Err(format!("there is no {kind:?} on this shelf"))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(disc)) = (arguments.next(), arguments.next()) else {
        return Err("an address such as 127.0.0.1:3260 and a disc such as iso:disc.iso are expected".into());
    };
    let drive = DriveSetup {
        name: "a".to_owned(),
        model: "generic".to_owned(),
        config: DriveConfig::default(),
        disc,
        faults: Plan::default(),
    };
    let config =
        ServerConfig { listen: address.parse()?, drives: vec![drive], ..ServerConfig::new(Arc::new(Shelf)) };
    let server = Server::bind(config)?;
    for drive in server.served() {
        writeln!(std::io::stdout(), "{drive}")?;
    }
    Ok(server.run()?)
}
