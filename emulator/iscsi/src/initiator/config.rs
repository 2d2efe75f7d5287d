//! What an initiator is told: who it is, where it goes, and what it would like to agree on.

use crate::chap::Authentication;
use crate::name::Name;
use crate::params::Parameters;
use crate::pdu::Isid;
use crate::text::constants::NONE;
use crate::text::negotiation::CRC32C;

/// What is offered for a digest, in the order of preference.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Offer {
    /// A digest and nothing else.
    Crc32c,
    /// No digest.
    #[default]
    None,
    /// A digest, if the target knows how.
    PreferCrc32c,
    /// No digest, unless the target insists.
    PreferNone,
}

impl Offer {
    /// The words of the offer.
    pub(super) const fn words(self) -> &'static [&'static str] {
        match self {
            Offer::Crc32c => &[CRC32C],
            Offer::None => &[NONE],
            Offer::PreferCrc32c => &[CRC32C, NONE],
            Offer::PreferNone => &[NONE, CRC32C],
        }
    }
}

/// An initiator port and what it wants.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who it is.
    pub initiator: Name,
    /// A word for people.
    pub alias: Option<String>,
    /// With the name, the initiator port.
    pub isid: Isid,
    /// Where to log in; `None` for a discovery session.
    pub target: Option<Name>,
    /// What is proven to the target, and by the target where it has a second part. Without it, only targets that ask for nothing let us in.
    pub authentication: Option<Authentication>,
    /// Digest of headers.
    pub header_digest: Offer,
    /// Digest of data segments.
    pub data_digest: Offer,
    /// What is offered for the other keys. MaxRecvDataSegmentLength is what *this* side is ready to receive.
    pub parameters: Parameters,
    /// Requests that wait for room in the command window.
    pub queue_length: usize,
    /// Bytes of text that a target may send in one exchange.
    pub text_length: usize,
}

impl Config {
    /// A port with an ISID of the random kind whose numbers are all zero, no authentication, no digests, and long bursts.
    #[must_use]
    pub fn new(initiator: Name, target: Option<Name>) -> Config {
        Config {
            initiator,
            alias: None,
            isid: Isid([0x80, 0, 0, 0, 0, 0]),
            target,
            authentication: None,
            header_digest: Offer::None,
            data_digest: Offer::None,
            parameters: Parameters {
                initial_r2t: false,
                max_recv_data_segment_length: 256 << 10,
                max_burst_length: 1 << 20,
                default_time2retain: 0,
                ..Parameters::default()
            },
            queue_length: 1024,
            text_length: 1 << 20,
        }
    }
}
