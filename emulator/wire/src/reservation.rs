//! PERSISTENT RESERVE IN and OUT: keys, the reservation and what is supported (SPC-3 6.11 and 6.12).

use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;
use serde::{Deserialize, Serialize};

codes! {
    /// What a reservation keeps others from (SPC-3 6.11.3.4).
    pub struct ReservationKind(u8) {
        WRITE_EXCLUSIVE = 1 "write exclusive",
        EXCLUSIVE_ACCESS = 3 "exclusive access",
        WRITE_EXCLUSIVE_REGISTRANTS_ONLY = 5 "write exclusive, registrants only",
        EXCLUSIVE_ACCESS_REGISTRANTS_ONLY = 6 "exclusive access, registrants only",
        WRITE_EXCLUSIVE_ALL_REGISTRANTS = 7 "write exclusive, all registrants",
        EXCLUSIVE_ACCESS_ALL_REGISTRANTS = 8 "exclusive access, all registrants",
    }
}

impl ReservationKind {
    /// Whether every registered nexus may do what the reservation forbids others.
    #[must_use]
    pub const fn admits_registrants(self) -> bool {
        matches!(self.0, 5..=8)
    }

    /// Whether every registered nexus holds the reservation.
    #[must_use]
    pub const fn is_held_by_all(self) -> bool {
        matches!(self.0, 7 | 8)
    }

    /// Whether commands that only read are forbidden too.
    #[must_use]
    pub const fn excludes_reading(self) -> bool {
        matches!(self.0, 3 | 6 | 8)
    }
}

bitflags::bitflags! {
    /// The types of reservation that a unit supports, as REPORT CAPABILITIES says it.
    #[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
    #[serde(transparent)]
    pub struct ReservationKinds: u16 {
        /// Write exclusive, all registrants.
        const WRITE_EXCLUSIVE_ALL_REGISTRANTS = 1 << 15;
        /// Exclusive access, registrants only.
        const EXCLUSIVE_ACCESS_REGISTRANTS_ONLY = 1 << 14;
        /// Write exclusive, registrants only.
        const WRITE_EXCLUSIVE_REGISTRANTS_ONLY = 1 << 13;
        /// Exclusive access.
        const EXCLUSIVE_ACCESS = 1 << 11;
        /// Write exclusive.
        const WRITE_EXCLUSIVE = 1 << 9;
        /// Exclusive access, all registrants.
        const EXCLUSIVE_ACCESS_ALL_REGISTRANTS = 1 << 0;
        /// Reserved bits are kept as they came.
        const _ = !0;
    }
}

impl ReservationKinds {
    /// The set of one type; empty for a type that is not defined.
    #[must_use]
    pub const fn of(kind: ReservationKind) -> ReservationKinds {
        match kind {
            ReservationKind::WRITE_EXCLUSIVE => ReservationKinds::WRITE_EXCLUSIVE,
            ReservationKind::EXCLUSIVE_ACCESS => ReservationKinds::EXCLUSIVE_ACCESS,
            ReservationKind::WRITE_EXCLUSIVE_REGISTRANTS_ONLY => {
                ReservationKinds::WRITE_EXCLUSIVE_REGISTRANTS_ONLY
            }
            ReservationKind::EXCLUSIVE_ACCESS_REGISTRANTS_ONLY => {
                ReservationKinds::EXCLUSIVE_ACCESS_REGISTRANTS_ONLY
            }
            ReservationKind::WRITE_EXCLUSIVE_ALL_REGISTRANTS => {
                ReservationKinds::WRITE_EXCLUSIVE_ALL_REGISTRANTS
            }
            ReservationKind::EXCLUSIVE_ACCESS_ALL_REGISTRANTS => {
                ReservationKinds::EXCLUSIVE_ACCESS_ALL_REGISTRANTS
            }
            _ => ReservationKinds::empty(),
        }
    }
}

layout! {
    /// What stands before the keys of READ KEYS and the descriptor of READ RESERVATION.
    pub struct ReservationHeader: "persistent reservation header", size 8, needs 8 {
        generation: u32 = 0[7; 32] "PRGENERATION: counts changes of the registrations.",
        additional_length: u32 = 4[7; 32] "Bytes that follow.",
    }

    /// The reservation that is held.
    pub struct Reservation: "persistent reservation descriptor", size 16, needs 14 {
        key: u64 = 0[7; 64] "Key of the holder; zero when all registrants hold it.",
        scope: u8 = 13[7; 4] "0: the logical unit.",
        kind: ReservationKind = 13[3; 4] "What it keeps others from.",
    }

    /// What a unit supports (REPORT CAPABILITIES).
    pub struct ReservationCapabilities: "persistent reservation capabilities", size 8, needs 8 {
        length: u16 = 0[7; 16] "Bytes of the structure, 8.",
        compatible_reservation_handling: bool = 2[4; 1] "CRH: RESERVE and RELEASE work as exceptions say.",
        specify_initiator_ports: bool = 2[3; 1] "SIP_C.",
        all_target_ports: bool = 2[2; 1] "ATP_C.",
        persist_through_power_loss_capable: bool = 2[0; 1] "PTPL_C.",
        type_mask_valid: bool = 3[7; 1] "TMV.",
        allow_commands: u8 = 3[6; 3] "Which commands are allowed under reservations.",
        persist_through_power_loss_active: bool = 3[0; 1] "PTPL_A.",
        types: u16 = 4[7; 16] "The types that are supported, as [`ReservationKinds`].",
    }

    /// The parameter list of PERSISTENT RESERVE OUT.
    pub struct ReservationParameters: "PERSISTENT RESERVE OUT parameter list", size 24, needs 24 {
        key: u64 = 0[7; 64] "The nexus' registered key.",
        service_action_key: u64 = 8[7; 64] "The key to register, or whose holder is to be preempted.",
        specify_initiator_ports: bool = 20[3; 1] "SPEC_I_PT: ports follow.",
        all_target_ports: bool = 20[2; 1] "ALL_TG_PT: register on every target port.",
        persist_through_power_loss: bool = 20[0; 1] "APTPL.",
    }
}

/// The keys that are registered (READ KEYS).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReservationKeys<'a> {
    /// PRGENERATION.
    pub generation: u32,
    keys: &'a [u8],
}

impl<'a> ReservationKeys<'a> {
    /// Reads an answer; what is beyond the announced length is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 8 bytes, [`WireError::LengthMismatch`] when the length is not a multiple of eight.
    pub fn parse(bytes: &'a [u8]) -> Result<ReservationKeys<'a>, WireError> {
        let header = ReservationHeader::parse(bytes)?;
        let keys = &bytes[ReservationHeader::SIZE..];
        let said = header.additional_length as usize;
        if !said.is_multiple_of(8) {
            let structure = ReservationHeader::NAME;
            return Err(WireError::LengthMismatch { structure, said, present: keys.len() });
        }
        Ok(ReservationKeys { generation: header.generation, keys: &keys[..said.min(keys.len())] })
    }

    /// The whole keys.
    pub fn keys(&self) -> impl Iterator<Item = u64> + use<'a> {
        self.keys.chunks_exact(8).map(|key| key.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// Appends an answer.
    pub fn encode(generation: u32, keys: impl IntoIterator<Item = u64>, reply: &mut Reply<'_>) {
        let start = reply.length();
        ReservationHeader { generation, additional_length: 0 }.encode(reply);
        for key in keys {
            reply.put_u64(key);
        }
        reply.patch_length_u32(start + 4, start + ReservationHeader::SIZE);
    }
}

/// The reservation that is held, if one is (READ RESERVATION).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReservationStatus {
    /// PRGENERATION.
    pub generation: u32,
    /// The reservation.
    pub reservation: Option<Reservation>,
}

impl ReservationStatus {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when the header, or the reservation that it announces, is cut; [`WireError::LengthMismatch`] when it announces
    /// neither nothing nor one reservation.
    pub fn parse(bytes: &[u8]) -> Result<ReservationStatus, WireError> {
        let header = ReservationHeader::parse(bytes)?;
        let body = &bytes[ReservationHeader::SIZE..];
        let reservation = match header.additional_length as usize {
            0 => None,
            Reservation::SIZE => Some(Reservation::parse(body)?),
            said => {
                let structure = ReservationHeader::NAME;
                return Err(WireError::LengthMismatch { structure, said, present: body.len() });
            }
        };
        Ok(ReservationStatus { generation: header.generation, reservation })
    }

    /// Appends the answer.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        let additional_length = if self.reservation.is_some() { Reservation::SIZE as u32 } else { 0 };
        ReservationHeader { generation: self.generation, additional_length }.encode(reply);
        if let Some(reservation) = self.reservation {
            reservation.encode(reply);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(Reservation, ReservationCapabilities, ReservationHeader, ReservationParameters);

    fn encoded(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
        let mut buffer = [0xEE; 512];
        let mut reply = Reply::new(&mut buffer, 512);
        write(&mut reply);
        reply.bytes().to_vec()
    }

    #[test]
    fn answers_by_hand() {
        let keys = encoded(|reply| ReservationKeys::encode(7, [0x0102_0304_0506_0708], reply));
        assert_eq!(keys, [0, 0, 0, 7, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]);
        let parsed = ReservationKeys::parse(&keys).unwrap();
        assert_eq!(parsed.generation, 7);
        assert!(parsed.keys().eq([0x0102_0304_0506_0708]));

        let reservation = Reservation { key: 0xAB, scope: 0, kind: ReservationKind::EXCLUSIVE_ACCESS };
        let held = ReservationStatus { generation: 2, reservation: Some(reservation) };
        let bytes = encoded(|reply| held.encode(reply));
        assert_eq!(bytes, [0, 0, 0, 2, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0xAB, 0, 0, 0, 0, 0, 0x03, 0, 0]);
        assert_eq!(ReservationStatus::parse(&bytes), Ok(held));
        let free = ReservationStatus { generation: 2, reservation: None };
        assert_eq!(encoded(|reply| free.encode(reply)), [0, 0, 0, 2, 0, 0, 0, 0]);

        let kinds = ReservationKinds::WRITE_EXCLUSIVE | ReservationKinds::EXCLUSIVE_ACCESS_ALL_REGISTRANTS;
        let capabilities = ReservationCapabilities {
            length: 8,
            type_mask_valid: true,
            types: kinds.bits(),
            ..Default::default()
        };
        assert_eq!(encoded(|reply| capabilities.encode(reply)), [0, 8, 0, 0x80, 0x02, 0x01, 0, 0]);
    }

    #[test]
    fn a_parameter_list_by_hand() {
        let mut bytes = [0; 24];
        bytes[7] = 1;
        bytes[15] = 2;
        bytes[20] = 0x0D;
        let list = ReservationParameters::parse(&bytes).unwrap();
        assert_eq!((list.key, list.service_action_key), (1, 2));
        assert!(list.specify_initiator_ports && list.all_target_ports && list.persist_through_power_loss);
        assert!(ReservationParameters::parse(&bytes[..23]).is_err());
    }

    #[test]
    fn types_and_what_they_mean() {
        let all: ReservationKinds =
            ReservationKind::TABLE.iter().map(|(kind, _)| ReservationKinds::of(*kind)).collect();
        assert_eq!(all.bits(), 0xEA01);
        assert!(ReservationKinds::of(ReservationKind(2)).is_empty());
        for (kind, name) in ReservationKind::TABLE {
            assert_eq!(kind.excludes_reading(), name.starts_with("exclusive"), "{name}");
            assert_eq!(kind.admits_registrants(), name.contains("registrants"), "{name}");
            assert_eq!(kind.is_held_by_all(), name.contains("all registrants"), "{name}");
        }
    }

    proptest! {
        #[test]
        fn keys_round_trip(generation: u32, keys in prop::collection::vec(any::<u64>(), 0..60)) {
            let bytes = encoded(|reply| ReservationKeys::encode(generation, keys.iter().copied(), reply));
            let parsed = ReservationKeys::parse(&bytes).unwrap();
            prop_assert_eq!(parsed.generation, generation);
            prop_assert!(parsed.keys().eq(keys));
        }

        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..40), length in prop::sample::select(vec![0u8, 8, 16, 24])) {
            if bytes.len() > 7 {
                bytes[4..8].copy_from_slice(&[0, 0, 0, length]);
            }
            let _ = ReservationKeys::parse(&bytes).map(|keys| keys.keys().count());
            if let Ok(status) = ReservationStatus::parse(&bytes) {
                let again = encoded(|reply| status.encode(reply));
                prop_assert_eq!(ReservationStatus::parse(&again), Ok(status));
            }
        }
    }
}
