//! Hands at the drive: the button, discs laid on the tray and taken from it. Trays take their time, so these wait where the drive does.

use crate::seat::Seat;
use core::cell::RefCell;
use discrig_drive::{Disc, HostEvent, Tray};
use std::rc::Rc;

/// Whether hands are careful with what is going on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Force {
    /// The button is pressed, which does nothing where removal is prevented or the drive is at work.
    Button,
    /// The tray is pulled out by the emergency hole.
    EmergencyHole,
}

type Hands<T> = Result<T, String>;

/// Presses the button, whatever comes of it.
pub(crate) fn press(seat: &RefCell<Seat>) -> Hands<()> {
    event(seat, HostEvent::ButtonPressed)
}

/// Opens the tray and waits until it is open.
pub(crate) async fn open(seat: &RefCell<Seat>, force: Force) -> Hands<()> {
    rest(seat).await?;
    if tray(seat) == Tray::Open {
        return Ok(());
    }
    match force {
        Force::Button => {
            careful(seat)?;
            event(seat, HostEvent::ButtonPressed)?;
        }
        Force::EmergencyHole => event(seat, HostEvent::EmergencyEject)?,
    }
    rest(seat).await?;
    match tray(seat) {
        Tray::Open => Ok(()),
        _ => Err("the tray did not open".to_owned()),
    }
}

/// Closes the tray and waits until the drive knows what is in it.
pub(crate) async fn close(seat: &RefCell<Seat>) -> Hands<()> {
    rest(seat).await?;
    if tray(seat) == Tray::Open {
        event(seat, HostEvent::ButtonPressed)?;
        rest(seat).await?;
    }
    match tray(seat) {
        Tray::Open => Err("the tray did not close".to_owned()),
        _ => Ok(()),
    }
}

/// Lays a disc on the tray in the place of what lies there, or takes that away, and closes the tray.
///
/// The disc is made once the old one is gone, as both may be in the same file.
pub(crate) async fn change(
    seat: &Rc<RefCell<Seat>>,
    force: Force,
    spec: &str,
    disc: impl FnOnce(&Seat) -> Hands<Option<Disc>>,
) -> Hands<()> {
    open(seat, force).await?;
    event(seat, HostEvent::RemoveDisc)?;
    seat.borrow_mut().disc = "none".to_owned();
    let made = disc(&seat.borrow());
    if let Ok(Some(disc)) = made {
        event(seat, HostEvent::PlaceDisc(disc))?;
        seat.borrow_mut().disc = spec.to_owned();
        return close(seat).await;
    }
    close(seat).await?;
    made.map(drop)
}

fn tray(seat: &RefCell<Seat>) -> Tray {
    seat.borrow().drive.state().tray
}

fn event(seat: &RefCell<Seat>, event: HostEvent) -> Hands<()> {
    let mut seat = seat.borrow_mut();
    if !seat.plug.is_in() {
        return Err(
            "the plug is pulled, and without power the tray does not move; `plug in` comes first".to_owned()
        );
    }
    seat.happen(event).map_err(|error| error.to_string())
}

/// What keeps the button from opening the tray.
fn careful(seat: &RefCell<Seat>) -> Hands<()> {
    let seat = seat.borrow();
    let state = seat.drive.state();
    if state.operation.is_some() {
        return Err("the drive is at work on the disc; wait for it, or take the disc with --force".to_owned());
    }
    if state.ledger.is_prevented() {
        let holders: Vec<_> = seat.preventers().into_iter().map(|nexus| seat.who(nexus)).collect();
        return Err(format!(
            "removal is prevented by {}; let it go there, or take the disc with --force",
            holders.join(", ")
        ));
    }
    Ok(())
}

/// Waits while the tray moves, as far as that has an end.
async fn rest(seat: &RefCell<Seat>) -> Hands<()> {
    loop {
        let (until, clock, powered) = {
            let seat = seat.borrow();
            (seat.drive.state().tray.busy_until(), seat.clock, seat.plug.is_in())
        };
        match until {
            Some(_) if !powered => return Err("the plug was pulled while the tray moved".to_owned()),
            Some(until) => tokio::time::sleep_until(clock.when(until.elapsed())).await,
            None => return Ok(()),
        }
        seat.borrow_mut().pass_time();
    }
}
