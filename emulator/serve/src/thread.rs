//! The thread that a drive and all its sessions live on.
//!
//! A command goes from the socket to the drive and its answer back without leaving this thread. What blocks here, such as a disc file that is
//! made durable, holds up this drive and no other.

use crate::alarm::Alarm;
use crate::control::{DriveRequest, Reply};
use crate::hands::{self, Force};
use crate::management;
use crate::seat::Seat;
use crate::session::Arrival;
use crate::status;
use crate::{control, faults};
use core::cell::RefCell;
use core::future::poll_fn;
use core::task::Poll;
use core::time::Duration;
use discrig_drive::{HostEvent, NexusId};
use discrig_wire::command::SynchronizeCache;
use discrig_wire::{SenseCode, SenseKey, Status};
use serde_json::{Value, json};
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::thread::JoinHandle;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;

/// What the drive's thread is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// Somebody asks at the control socket.
    Control(DriveRequest, oneshot::Sender<Reply>),
    /// A session was logged in.
    Session(Box<Arrival>),
    /// The server stops; this is how long sessions have to end.
    Stop(Duration),
}

/// The way to a drive's thread.
pub(crate) type Sender = mpsc::UnboundedSender<Message>;

/// A runtime on the calling thread.
///
/// # Errors
/// The system gives none.
pub(crate) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_io().enable_time().build()
}

/// Starts the thread of a drive, which is made there.
///
/// # Errors
/// The system gives no thread.
pub(crate) fn start(
    name: &str,
    seat: impl FnOnce() -> Seat + Send + 'static,
    transcripts: Option<PathBuf>,
) -> io::Result<(Sender, JoinHandle<()>)> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let runtime = runtime()?;
    let work = move || {
        let seat = Rc::new(RefCell::new(seat()));
        let tasks = LocalSet::new();
        let main = live(seat, receiver, transcripts);
        runtime.block_on(tasks.run_until(main));
    };
    let thread = std::thread::Builder::new().name(format!("drive {name}")).spawn(work)?;
    Ok((sender, thread))
}

/// The life of a drive until the server stops.
async fn live(
    seat: Rc<RefCell<Seat>>,
    mut messages: mpsc::UnboundedReceiver<Message>,
    transcripts: Option<PathBuf>,
) {
    let keeper = tokio::task::spawn_local(keep_time(Rc::clone(&seat)));
    let grace = loop {
        match messages.recv().await {
            None => break Duration::ZERO,
            Some(Message::Control(request, reply)) => {
                // Of its own, as trays take their time. Whoever asked may be gone by then.
                let seat = Rc::clone(&seat);
                tokio::task::spawn_local(async move { drop(reply.send(carry_out(&seat, request).await)) });
            }
            Some(Message::Session(arrival)) => management::arrive(&seat, *arrival, transcripts.as_deref()),
            Some(Message::Stop(grace)) => break grace,
        }
    };
    stop(&seat, grace).await;
    keeper.abort();
}

/// Lets things happen at the drive when they are due.
async fn keep_time(seat: Rc<RefCell<Seat>>) {
    let mut alarm = Alarm::new(seat.borrow().clock);
    poll_fn(|cx| -> Poll<()> {
        loop {
            let due = seat.borrow_mut().keep_time(cx);
            if alarm.poll(cx, due).is_pending() {
                return Poll::Pending;
            }
        }
    })
    .await
}

/// Asks the sessions to go, cuts those that do not, and makes the disc durable.
async fn stop(seat: &RefCell<Seat>, grace: Duration) {
    const LOOK: Duration = Duration::from_millis(5);
    let clock = seat.borrow().clock;
    let end = clock.elapsed() + grace;
    let seconds = u16::try_from(grace.as_secs()).unwrap_or(u16::MAX);
    for port in seat.borrow().ports.values() {
        port.connection.borrow_mut().request_logout(clock.elapsed(), seconds);
        port.wake();
    }
    while !seat.borrow().ports.is_empty() && clock.elapsed() < end {
        tokio::time::sleep(LOOK).await;
    }
    for port in seat.borrow().ports.values() {
        port.connection.borrow_mut().shutdown(clock.elapsed());
        port.sever();
    }
    while !seat.borrow().ports.is_empty() {
        tokio::time::sleep(LOOK).await;
    }
    let last = clock.elapsed() + grace;
    if let Err(problem) = synchronize(seat, last).await {
        let seat = seat.borrow();
        seat.log.tell("disc not synchronized", &[("drive", &seat.setup.name), ("why", &problem)]);
    }
}

/// Makes what was written to the disc durable.
async fn synchronize(seat: &RefCell<Seat>, end: Duration) -> Result<(), String> {
    let clock = seat.borrow().clock;
    let is_written = |seat: &Seat| seat.drive.state().disc.as_ref().is_some_and(|disc| disc.is_writable());
    if !seat.borrow().plug.is_in() || !is_written(&seat.borrow()) {
        return Ok(());
    }
    seat.borrow_mut().foreign = None;
    let tag = seat.borrow_mut().execute_own(&[SynchronizeCache::default().cdb()]);
    loop {
        match seat.borrow().own_answer(tag) {
            Some(Status::GOOD) => return Ok(()),
            Some(status) => return Err(status.to_string()),
            None if clock.elapsed() >= end => return Err("the drive is at work".to_owned()),
            None => {}
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Carries out what somebody asked for at the control socket.
async fn carry_out(seat: &Rc<RefCell<Seat>>, request: DriveRequest) -> Reply {
    let force = |force| if force { Force::EmergencyHole } else { Force::Button };
    {
        let seat = seat.borrow();
        seat.log.tell("control", &[("drive", &seat.setup.name), ("request", &request.name())]);
    }
    match request {
        DriveRequest::Attention { asc, ascq } => attention(&mut seat.borrow_mut(), asc, ascq)?,
        DriveRequest::Button {} => hands::press(seat)?,
        DriveRequest::Eject { force: forced } => hands::open(seat, force(forced)).await?,
        DriveRequest::Faults { plan } => {
            let plan = discrig_device::fault::Plan::from_toml(&plan).map_err(|error| error.to_string())?;
            faults::install(&mut seat.borrow_mut(), &plan).map_err(|error| error.to_string())?;
            return Ok(json!({ "rules": plan.rules.len() }));
        }
        DriveRequest::Insert { spec, force: forced } => {
            let disc = |seat: &Seat| seat.discs.open(&spec, &seat.setup.config.profile);
            hands::change(seat, force(forced), &spec, disc).await?;
        }
        DriveRequest::LiftFaults {} => discrig_device::fault::FaultControl::lift(&mut *seat.borrow_mut()),
        DriveRequest::Load {} => hands::close(seat).await?,
        DriveRequest::Lock { hold_ms } => lock(seat, hold_ms.map(Duration::from_millis)).await?,
        DriveRequest::PlugIn {} => plug_in(&mut seat.borrow_mut())?,
        DriveRequest::PlugOut { for_ms } => plug_out(&mut seat.borrow_mut(), for_ms)?,
        DriveRequest::Remove { force: forced } => {
            hands::change(seat, force(forced), "none", |_| Ok(None)).await?;
        }
        DriveRequest::Reset { kind } => seat.borrow_mut().reset(kind),
        DriveRequest::Sessions {} => return Ok(status::sessions(&seat.borrow())),
        DriveRequest::State {} => return Ok(status::state(&seat.borrow())),
        DriveRequest::Unlock {} => unlock(&mut seat.borrow_mut())?,
    }
    Ok(Value::Null)
}

fn attention(seat: &mut Seat, asc: u8, ascq: u8) -> Result<(), String> {
    let code = SenseCode::new(SenseKey::UnitAttention, asc, ascq);
    let nexuses: Vec<NexusId> = seat.ports.keys().copied().collect();
    if nexuses.is_empty() {
        return Err("nobody is logged in who could be told; log in first".to_owned());
    }
    nexuses.into_iter().try_for_each(|nexus| {
        seat.happen(HostEvent::EstablishUnitAttention { nexus, code }).map_err(|error| error.to_string())
    })
}

async fn lock(seat: &RefCell<Seat>, hold: Option<Duration>) -> Result<(), String> {
    if seat.borrow().foreign.is_some() {
        return Err("the foreign host holds the drive already; `unlock` comes first".to_owned());
    }
    let tag = {
        let mut seat = seat.borrow_mut();
        seat.foreign_lock(control::FOREIGN_NAME, hold);
        seat.own_tag()
    };
    let clock = seat.borrow().clock;
    let end = clock.elapsed() + Duration::from_secs(10);
    while seat.borrow().own_answer(tag).is_none() && clock.elapsed() < end {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let mut seat = seat.borrow_mut();
    if seat.is_foreign_held() {
        return Ok(());
    }
    seat.foreign_release();
    let holders: Vec<_> = seat.holders().into_iter().map(|nexus| seat.who(nexus)).collect();
    Err(match holders.as_slice() {
        [] => "the drive did not answer in time; it is at work for somebody".to_owned(),
        holders => format!("the drive is held by {}", holders.join(", ")),
    })
}

fn unlock(seat: &mut Seat) -> Result<(), String> {
    if seat.foreign.is_none() {
        return Err("the foreign host does not hold the drive".to_owned());
    }
    seat.foreign_release();
    Ok(())
}

fn plug_out(seat: &mut Seat, for_ms: Option<u64>) -> Result<(), String> {
    if !seat.plug.is_in() {
        return Err("the plug is pulled already".to_owned());
    }
    seat.unplug(for_ms.map(Duration::from_millis));
    Ok(())
}

fn plug_in(seat: &mut Seat) -> Result<(), String> {
    if seat.plug.is_in() {
        return Err("the plug is in already".to_owned());
    }
    seat.plug_in();
    Ok(())
}
