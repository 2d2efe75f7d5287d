//! The way from the driver to the drive.

use discrig_device::fault::States;
use discrig_device::{Device, Instant};

/// A device with the clock that its answers are timed by.
///
/// # Contract
/// - [`Port::now`] never goes back, and a command moves it on by at least the time that the command took.
/// - An answer of kind `Gone` means that this arrival of the drive is over: the driver forgets it.
pub trait Port: Device {
    /// Now, on the bench's clock.
    fn now(&self) -> Instant;

    /// The states of the drive that fault rules can ask for; none where they cannot be known.
    fn states(&self) -> States {
        States::default()
    }
}

impl<P: Port + ?Sized> Port for &mut P {
    fn now(&self) -> Instant {
        (**self).now()
    }

    fn states(&self) -> States {
        (**self).states()
    }
}

impl<P: Port + ?Sized> Port for Box<P> {
    fn now(&self) -> Instant {
        (**self).now()
    }

    fn states(&self) -> States {
        (**self).states()
    }
}
