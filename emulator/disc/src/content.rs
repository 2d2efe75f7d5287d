//! Blocks between initiators and the store: what is given becomes records, and records become what is asked for.

use crate::refusal::Refusal;
use crate::rules::Placement;
use crate::state::Form;
use crate::store::{Area, Store, StoreError};
use discrig_wire::sense::codes;

/// Bytes of user data of a block.
const USER: usize = 2048;

/// Keeps blocks as the placement says.
pub(crate) fn keep(
    store: &mut dyn Store,
    placement: &Placement,
    first: i32,
    data: &[u8],
) -> Result<(), StoreError> {
    match placement.form.area() {
        Area::User if usize::from(placement.block_length) == USER => store.write(Area::User, first, data),
        area => store.write(area, first, data),
    }
}

/// Fills `buffer` with the user data of blocks that are kept raw.
pub(crate) fn read_user(
    store: &mut dyn Store,
    form: Form,
    first: i32,
    buffer: &mut [u8],
) -> Result<(), Refusal> {
    let _ = (store, form, buffer);
    Err(Refusal::at_block(codes::ILLEGAL_MODE_FOR_THIS_TRACK, first))
}
