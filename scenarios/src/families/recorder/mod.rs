//! `recorder.*`: the lock count of the recorder object and its result codes.

mod properties;
mod release;

pub(super) use properties::PROPERTIES;
pub(super) use release::RELEASE;
