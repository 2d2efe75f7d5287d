//! The basic header segment, 48 bytes, and what all PDUs have in the same place (RFC 7143, 11.2.1).

use super::Opcode;

/// A task tag that names nothing: "no tag", "not valid" or "unsolicited", by the place where it stands.
pub const RESERVED_TAG: u32 = 0xFFFF_FFFF;

/// Bit of byte 0 that marks a request for immediate delivery.
const IMMEDIATE: u8 = 0x40;
/// Bits of byte 0 that hold the opcode.
const OPCODE: u8 = 0x3F;

/// A basic header segment as bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Bhs(pub [u8; Bhs::LENGTH]);

impl Bhs {
    /// Size in bytes.
    pub const LENGTH: usize = 48;

    /// Zeros, with an opcode.
    #[must_use]
    pub const fn blank(opcode: Opcode) -> Bhs {
        let mut bytes = [0; Bhs::LENGTH];
        bytes[0] = opcode.0;
        Bhs(bytes)
    }

    /// What kind of PDU it is.
    #[must_use]
    pub const fn opcode(&self) -> Opcode {
        Opcode(self.0[0] & OPCODE)
    }

    /// Whether a request is for immediate delivery; meaningless in what targets send.
    #[must_use]
    pub const fn is_immediate(&self) -> bool {
        self.0[0] & IMMEDIATE != 0
    }

    /// Marks a request for immediate delivery.
    pub const fn set_immediate(&mut self, immediate: bool) {
        self.0[0] = self.0[0] & OPCODE | if immediate { IMMEDIATE } else { 0 };
    }

    /// Bytes of additional header segments: TotalAHSLength counts words of four.
    #[must_use]
    pub const fn additional_length(&self) -> usize {
        self.0[4] as usize * 4
    }

    /// Says how many words of additional header segments follow.
    pub const fn set_additional_words(&mut self, words: u8) {
        self.0[4] = words;
    }

    /// Bytes of the data segment without its padding.
    #[must_use]
    pub const fn data_length(&self) -> usize {
        u32::from_be_bytes([0, self.0[5], self.0[6], self.0[7]]) as usize
    }

    /// Says how long the data segment is; the field has 24 bits.
    pub const fn set_data_length(&mut self, length: usize) {
        let [_, high, middle, low] = (length as u32).to_be_bytes();
        (self.0[5], self.0[6], self.0[7]) = (high, middle, low);
    }

    /// The place in the order of requests, which stands in the same place in all requests but data and SNACK.
    #[must_use]
    pub const fn cmd_sn(&self) -> u32 {
        u32::from_be_bytes([self.0[24], self.0[25], self.0[26], self.0[27]])
    }

    /// The task tag of the initiator, which stands in the same place in all PDUs.
    #[must_use]
    pub const fn initiator_task_tag(&self) -> u32 {
        u32::from_be_bytes([self.0[16], self.0[17], self.0[18], self.0[19]])
    }
}

/// Bytes that fill a segment up to a multiple of four.
#[must_use]
pub const fn padding(length: usize) -> usize {
    length.wrapping_neg() & 3
}
