//! Operational parameters: what two parties agreed on (RFC 7143, section 13).

/// What holds in a session and its connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Parameters {
    /// Headers carry digests.
    pub header_digest: bool,
    /// Data segments carry digests.
    pub data_digest: bool,
    /// No data come unasked behind a command, other than in its own PDU.
    pub initial_r2t: bool,
    /// Data may come in the PDU of the command.
    pub immediate_data: bool,
    /// Bytes of a data segment that the *peer* is ready to receive.
    pub max_recv_data_segment_length: u32,
    /// Bytes of a sequence of data PDUs.
    pub max_burst_length: u32,
    /// Bytes that may come unasked with a command.
    pub first_burst_length: u32,
    /// Requests for data that one command may have outstanding.
    pub max_outstanding_r2t: u32,
    /// Connections of the session.
    pub max_connections: u32,
    /// Seconds to wait before a reconnection.
    pub default_time2wait: u32,
    /// Seconds for which tasks are kept after that.
    pub default_time2retain: u32,
    /// How much is recovered after errors; always 0 here.
    pub error_recovery_level: u32,
    /// Data PDUs of a sequence come in order.
    pub data_pdu_in_order: bool,
    /// Sequences of a command come in order.
    pub data_sequence_in_order: bool,
    /// Features of the protocol that both know (RFC 7144).
    pub protocol_level: u32,
}

impl Default for Parameters {
    /// What holds where nothing was negotiated.
    fn default() -> Parameters {
        Parameters {
            header_digest: false,
            data_digest: false,
            initial_r2t: true,
            immediate_data: true,
            max_recv_data_segment_length: 8192,
            max_burst_length: 262_144,
            first_burst_length: 65_536,
            max_outstanding_r2t: 1,
            max_connections: 1,
            default_time2wait: 2,
            default_time2retain: 20,
            error_recovery_level: 0,
            data_pdu_in_order: true,
            data_sequence_in_order: true,
            protocol_level: 1,
        }
    }
}

impl Parameters {
    /// Bytes that may really come unasked: no burst is longer than any burst, even where the negotiation left it so.
    #[must_use]
    pub fn unsolicited_length(&self) -> u32 {
        self.first_burst_length.min(self.max_burst_length)
    }
}
