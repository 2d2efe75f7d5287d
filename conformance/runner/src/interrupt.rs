//! Ctrl-C: the run ends after the present case, leaving drive and report in order; the second time it ends at once.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Whether and by which signal the process was asked to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt {
    asked: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

const NAMES: [(i32, &str); 2] = [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")];

impl Interrupt {
    /// Listens from now on. Where that is not possible signals keep their usual effect.
    pub(crate) fn listen() -> Interrupt {
        let interrupt = Interrupt::default();
        for (signal, _) in NAMES {
            // The second signal ends the process; it is registered first, so that it sees the flag of the one before.
            let registered = flag::register_conditional_shutdown(signal, 130, Arc::clone(&interrupt.asked))
                .and_then(|_| flag::register(signal, Arc::clone(&interrupt.asked)))
                .and_then(|_| flag::register_usize(signal, Arc::clone(&interrupt.signal), signal as usize));
            if registered.is_err() {
                break;
            }
        }
        interrupt
    }

    /// The flag, for those who look at it.
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.asked
    }

    /// Whether the process was asked to end.
    pub(crate) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// The signal that asked.
    pub(crate) fn signal(&self) -> &'static str {
        let number = self.signal.load(Ordering::Relaxed);
        NAMES.iter().find(|(signal, _)| *signal as usize == number).map_or("signal", |(_, name)| name)
    }
}
