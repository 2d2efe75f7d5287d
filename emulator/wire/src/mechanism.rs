//! MECHANISM STATUS: door, changer and slots (MMC-5 6.11).
//!
//! Many single-tray drives answer zeros throughout, whatever their tray does; events tell more.

use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;

codes! {
    /// What a changer is doing.
    pub struct ChangerState(u8) {
        READY = 0 "ready, or there is none",
        LOADING = 1 "loading",
        UNLOADING = 2 "unloading",
        INITIALIZING = 3 "initializing",
    }

    /// What the mechanism is doing.
    pub struct MechanismState(u8) {
        IDLE = 0 "idle",
        PLAYING = 1 "playing audio",
        SCANNING = 2 "scanning audio",
        ACTIVE = 3 "working for the host",
        NO_STATE = 7 "no state to report",
    }
}

layout! {
    /// What stands before the slots.
    pub struct MechanismHeader: "mechanism status header", size 8, needs 8 {
        fault: bool = 0[7; 1] "The changer failed.",
        changer_state: ChangerState = 0[6; 2] "What the changer is doing.",
        current_slot: u8 = 1[2; 3] & 0[4; 5] "The slot whose disc is in the drive.",
        mechanism_state: MechanismState = 1[7; 3] "What the mechanism is doing.",
        door_open: bool = 1[4; 1] "The door or tray is open.",
        current_block: u32 = 2[7; 24] "Where the pick-up is; legacy.",
        slots: u8 = 5[4; 5] "How many slots there are.",
        slot_tables_length: u16 = 6[7; 16] "Bytes that follow.",
    }

    /// A slot of a changer.
    pub struct MechanismSlot: "mechanism status slot", size 4, needs 4 {
        disc_present: bool = 0[7; 1] "There is a disc in it.",
        changed: bool = 0[0; 1] "The disc has been changed.",
        write_protect_valid: bool = 1[1; 1] "CWP_V.",
        write_protected: bool = 1[0; 1] "CWP: the cartridge is write protected.",
    }
}

/// A MECHANISM STATUS answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MechanismStatus<'a> {
    /// The header.
    pub header: MechanismHeader,
    slots: &'a [u8],
}

impl<'a> MechanismStatus<'a> {
    /// Reads an answer; what is beyond the announced length is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 8 bytes, [`WireError::LengthMismatch`] when the slot tables are not of whole slots.
    pub fn parse(bytes: &'a [u8]) -> Result<MechanismStatus<'a>, WireError> {
        let header = MechanismHeader::parse(bytes)?;
        let slots = &bytes[MechanismHeader::SIZE..];
        let said = usize::from(header.slot_tables_length);
        if !said.is_multiple_of(MechanismSlot::SIZE) {
            let structure = MechanismHeader::NAME;
            return Err(WireError::LengthMismatch { structure, said, present: slots.len() });
        }
        Ok(MechanismStatus { header, slots: &slots[..said.min(slots.len())] })
    }

    /// The whole slots.
    pub fn slots(&self) -> impl Iterator<Item = MechanismSlot> + use<'a> {
        self.slots.chunks_exact(MechanismSlot::SIZE).map(MechanismSlot::read)
    }
}

impl MechanismHeader {
    /// Appends an answer with these slots, of which 31 at most are sent; their number and length are set.
    pub fn encode_with(&self, slots: &[MechanismSlot], reply: &mut Reply<'_>) {
        let slots = &slots[..slots.len().min(31)];
        let slot_tables_length = (slots.len() * MechanismSlot::SIZE) as u16;
        MechanismHeader { slots: slots.len() as u8, slot_tables_length, ..*self }.encode(reply);
        for slot in slots {
            slot.encode(reply);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(MechanismHeader, MechanismSlot);

    fn encoded(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
        let mut buffer = [0xEE; 256];
        let mut reply = Reply::new(&mut buffer, 256);
        write(&mut reply);
        reply.bytes().to_vec()
    }

    #[test]
    fn answers_by_hand() {
        let open = MechanismHeader { door_open: true, ..Default::default() };
        assert_eq!(encoded(|reply| open.encode_with(&[], reply)), [0, 0x10, 0, 0, 0, 0, 0, 0]);
        let changer = MechanismHeader {
            changer_state: ChangerState::LOADING,
            current_slot: 0x21,
            mechanism_state: MechanismState::ACTIVE,
            ..Default::default()
        };
        let slots = [MechanismSlot { disc_present: true, changed: true, ..Default::default() }];
        let bytes = encoded(|reply| changer.encode_with(&slots, reply));
        assert_eq!(bytes, [0x21, 0x61, 0, 0, 0, 1, 0, 4, 0x81, 0, 0, 0]);
        let status = MechanismStatus::parse(&bytes).unwrap();
        assert_eq!(status.header.current_slot, 0x21);
        assert!(status.slots().eq(slots));
        assert!(matches!(
            MechanismStatus::parse(&[0, 0, 0, 0, 0, 0, 0, 5]),
            Err(WireError::LengthMismatch { said: 5, present: 0, .. })
        ));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..40), slots in 0u8..4) {
            if bytes.len() > 7 {
                bytes[6] = 0;
                bytes[7] = 4 * slots;
            }
            if let Ok(status) = MechanismStatus::parse(&bytes) {
                let slots: Vec<_> = status.slots().collect();
                let again = encoded(|reply| status.header.encode_with(&slots, reply));
                let back = MechanismStatus::parse(&again).unwrap();
                prop_assert!(back.slots().eq(slots));
                prop_assert_eq!(back.header.current_slot, status.header.current_slot);
            }
        }
    }
}
