//! The target's side of one session, as the drive's thread sees it.

use crate::buffers::Buffers;
use crate::transcript::Transcript;
use core::cell::{Cell, RefCell};
use core::task::{Context, Waker};
use discrig_drive::NexusId;
use discrig_iscsi::target::{Connection, SessionInfo};
use std::net::SocketAddr;
use std::rc::Rc;

/// A session that is logged in to a drive: its connection, and the nexus that it is.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) nexus: NexusId,
    pub(crate) session: SessionInfo,
    pub(crate) peer: SocketAddr,
    /// Never borrowed while the drive is called.
    pub(crate) connection: RefCell<Connection>,
    pub(crate) transcript: Option<RefCell<Transcript>>,
    /// The drive's buffers, which come back from the connection.
    pub(crate) buffers: Rc<Buffers>,
    /// Commands so far.
    pub(crate) commands: Cell<u64>,
    severed: Cell<bool>,
    /// What waits to be sent is not.
    silent: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Port {
    pub(crate) fn new(
        nexus: NexusId,
        session: SessionInfo,
        peer: SocketAddr,
        connection: Connection,
        transcript: Option<Transcript>,
        buffers: Rc<Buffers>,
    ) -> Port {
        Port {
            nexus,
            session,
            peer,
            connection: RefCell::new(connection),
            transcript: transcript.map(RefCell::new),
            buffers,
            commands: Cell::new(0),
            severed: Cell::new(false),
            silent: Cell::new(false),
            waker: RefCell::new(None),
        }
    }

    /// The path fails: what waits is sent if it goes at once, and the socket is closed without a word.
    pub(crate) fn sever(&self) {
        self.severed.set(true);
        self.wake();
    }

    /// The path fails in the middle of a command: not even its answer is sent.
    pub(crate) fn sever_silently(&self) {
        self.silent.set(true);
        self.sever();
    }

    pub(crate) fn is_severed(&self) -> bool {
        self.severed.get()
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.silent.get()
    }

    /// The session's task is to look at its connection.
    pub(crate) fn wake(&self) {
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }

    /// The session's task waits.
    pub(crate) fn wait(&self, cx: &Context<'_>) {
        let mut waker = self.waker.borrow_mut();
        if !waker.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
            *waker = Some(cx.waker().clone());
        }
    }
}
