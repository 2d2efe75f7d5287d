//! Sectors of a compact disc: header, error detection and correction, sub-channels.
//!
//! Everything here is a pure function over the caller's buffers; nothing allocates.
//!
//! | module | what |
//! |---|---|
//! | [`block`] | blocks as an initiator writes them (page 05h, cue sheet) into records of a store |
//! | [`edc`], [`parity`] | error detection code; P and Q parity |
//! | [`frame`] | whole sectors: build, recognise, verify |
//! | [`pack`] | packs of the R to W sub-channels: parity, interleave, CD-Text |
//! | [`q`] | frames of the Q sub-channel |
//! | [`read_cd`] | what READ CD and READ CD MSF return of a sector |
//! | [`scramble`](mod@scramble) | the scrambler between sector and modulation |
//! | [`sub_channel`] | the eight sub-channels of a sector, interleaved and not |

pub mod block;
pub mod edc;
pub mod frame;
pub mod pack;
pub mod parity;
pub mod q;
pub mod read_cd;
pub mod scramble;
pub mod sub_channel;

/// A whole sector of the main channel.
pub type Sector = [u8; SECTOR_BYTES];

/// Bytes of a [`Sector`].
pub const SECTOR_BYTES: usize = 2352;

/// The 96 bytes of sub-channels P to W that go with a sector: twelve of P, twelve of Q, and so on, unless said otherwise.
pub type SubChannels = [u8; SUB_CHANNEL_BYTES];

/// Bytes of [`SubChannels`].
pub const SUB_CHANNEL_BYTES: usize = 96;

/// What a sector is made of. The values are those of READ CD's expected sector type (MMC-5 6.20).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub enum SectorType {
    /// Audio: 2352 bytes of samples.
    CdDa = 1,
    /// Mode 1: 2048 bytes of user data with EDC and ECC.
    Mode1 = 2,
    /// Mode 2 without a form: 2336 bytes of user data and nothing that protects them.
    Mode2Formless = 3,
    /// Mode 2 form 1: a subheader and 2048 bytes of user data with EDC and ECC.
    Mode2Form1 = 4,
    /// Mode 2 form 2: a subheader and 2324 bytes of user data with an EDC that may be left out.
    Mode2Form2 = 5,
}

impl SectorType {
    /// All of them.
    pub const ALL: [SectorType; 5] = [
        SectorType::CdDa,
        SectorType::Mode1,
        SectorType::Mode2Formless,
        SectorType::Mode2Form1,
        SectorType::Mode2Form2,
    ];
}
