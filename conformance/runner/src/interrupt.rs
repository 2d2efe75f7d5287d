//! Ctrl-C: the run ends after the present case, leaving drive and report in order. The second time the drive is freed and the process ends at
//! once, without a report; the third time it just ends.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Whether and by which signal the process was asked to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt {
    asked: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

const NAMES: [(i32, &str); 2] = [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")];

/// The same signal twice within this time is one request: timeout(1) tells a process, and then its group.
const SAME: Duration = Duration::from_millis(500);

/// Exit code of a process that was interrupted and did not wait for its end, as shells have it for SIGINT.
const INTERRUPTED: i32 = 130;

impl Interrupt {
    /// Listens from now on. Where that is not possible signals keep their usual effect.
    pub(crate) fn listen() -> Interrupt {
        let interrupt = Interrupt::default();
        // A run that cannot be interrupted gently is still a run.
        let _ = interrupt.watch();
        interrupt
    }

    /// Waits for signals in a thread of its own: what frees a drive takes locks and sends commands, which no signal handler may.
    fn watch(&self) -> io::Result<()> {
        let mut signals = Signals::new(NAMES.map(|(signal, _)| signal))?;
        let leaving = Arc::new(AtomicBool::new(false));
        for (signal, _) in NAMES {
            flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(&leaving))?;
        }
        let interrupt = self.clone();
        let listen = move || {
            let mut first: Option<(i32, Instant)> = None;
            for signal in signals.forever() {
                let (known, at) = *first.get_or_insert_with(|| (signal, Instant::now()));
                if signal != known || at.elapsed() > SAME {
                    leaving.store(true, Ordering::Relaxed);
                    free_drives();
                    process::exit(INTERRUPTED);
                }
                interrupt.signal.store(signal as usize, Ordering::Relaxed);
                interrupt.asked.store(true, Ordering::Relaxed);
            }
        };
        thread::Builder::new().name("signals".to_owned()).spawn(listen).map(drop)
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

/// Leaves physical drives unlocked, although another thread may be in the middle of a command.
fn free_drives() {
    #[cfg(target_os = "linux")]
    discrig_linux::LinuxBench::emergency_restore();
}
