//! What is neither command nor negotiation: pings, logouts, rejects (RFC 7143, 11.14 to 11.19).

use super::Link;
use super::event::CloseReason;
use super::session::Session;
use crate::framer::Head;
use crate::pdu::{
    LogoutReason, LogoutRequest, LogoutResponse, LogoutResponseCode, Lun, NopIn, NopOut, RESERVED_TAG,
    Reject, RejectReason,
};
use core::time::Duration;

impl Session {
    pub(super) fn ping_arrived(&mut self, link: &mut Link, ping: &NopOut, data: &[u8]) {
        if self.ping.is_some_and(|(tag, _)| tag == ping.target_transfer_tag) {
            self.ping = None;
        }
        if ping.initiator_task_tag == RESERVED_TAG {
            return;
        }
        let most = self.parameters.max_recv_data_segment_length as usize;
        let answer = NopIn {
            lun: Lun::ZERO,
            initiator_task_tag: ping.initiator_task_tag,
            target_transfer_tag: RESERVED_TAG,
            stat_sn: self.next_stat_sn(),
            exp_cmd_sn: self.window.expected(),
            max_cmd_sn: self.open_window(),
        };
        link.outbox.push(answer.encode(), &data[..data.len().min(most)]);
    }

    /// Sends a NOP-In of the target's own: a ping at a time, or just where the window stands.
    pub(super) fn nop_in(&mut self, link: &mut Link, ping: Option<Duration>) {
        let mut tag = RESERVED_TAG;
        if let Some(now) = ping {
            tag = self.issue_tag();
            self.ping = Some((tag, now));
        }
        let nop = NopIn {
            lun: Lun::ZERO,
            initiator_task_tag: RESERVED_TAG,
            target_transfer_tag: tag,
            stat_sn: self.stat_sn,
            exp_cmd_sn: self.window.expected(),
            max_cmd_sn: self.open_window(),
        };
        link.outbox.push(nop.encode(), &[]);
    }

    pub(super) fn logout(&mut self, link: &mut Link, request: &LogoutRequest) -> Result<(), CloseReason> {
        let response = match request.reason {
            LogoutReason::CLOSE_SESSION => LogoutResponseCode::CLOSED,
            LogoutReason::CLOSE_CONNECTION if request.cid == self.info.cid => LogoutResponseCode::CLOSED,
            LogoutReason::CLOSE_CONNECTION => LogoutResponseCode::CID_NOT_FOUND,
            LogoutReason::RECOVERY => LogoutResponseCode::RECOVERY_NOT_SUPPORTED,
            _ => LogoutResponseCode::CLEANUP_FAILED,
        };
        let answer = LogoutResponse {
            response,
            initiator_task_tag: request.initiator_task_tag,
            stat_sn: self.next_stat_sn(),
            exp_cmd_sn: self.window.expected(),
            max_cmd_sn: self.open_window(),
            time2wait: 0,
            time2retain: 0,
        };
        link.outbox.push(answer.encode(), &[]);
        if response == LogoutResponseCode::CLOSED { Err(CloseReason::LoggedOut) } else { Ok(()) }
    }

    /// Says that a PDU was not accepted, and shows its header as it was received.
    pub(super) fn reject(&mut self, link: &mut Link, reason: RejectReason, head: &Head) {
        let reject = Reject {
            reason,
            initiator_task_tag: RESERVED_TAG,
            stat_sn: self.next_stat_sn(),
            exp_cmd_sn: self.window.expected(),
            max_cmd_sn: self.open_window(),
            data_sn: 0,
        };
        link.outbox.push(reject.encode(), &head.bytes());
    }
}
