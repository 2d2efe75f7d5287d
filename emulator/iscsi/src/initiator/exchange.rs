//! Text in full feature phase, above all the question for targets (RFC 7143, 11.10, 11.11 and appendix C).

use super::Link;
use super::command::{Kind, Tag};
use super::event::{CloseReason, Event};
use super::session::{Session, UNKNOWN_TASK, push_immediate};
use crate::pdu::{Lun, RESERVED_TAG, TextFlags, TextRequest, TextResponse};
use crate::text::pairs;

impl Session {
    /// Sends pairs of text.
    pub(super) fn text(&mut self, link: &mut Link, text: &[u8]) -> Tag {
        let tag = self.issue_tag();
        let rest = self.send_text(link, tag, RESERVED_TAG, text.to_vec());
        self.expect(tag, Kind::Text { rest, answer: Vec::new() });
        tag
    }

    /// A text was answered, or half of it.
    pub(super) fn text_answered(
        &mut self,
        link: &mut Link,
        answer: &TextResponse,
        segment: &[u8],
    ) -> Result<(), CloseReason> {
        self.count(answer.stat_sn, answer.exp_cmd_sn, answer.max_cmd_sn);
        let mut pending = self.take(answer.initiator_task_tag).ok_or(UNKNOWN_TASK)?;
        let Kind::Text { rest, answer: text } = &mut pending.kind else { return Err(UNKNOWN_TASK) };
        text.extend_from_slice(segment);
        if text.len() > link.config.text_length {
            return Err(CloseReason::Protocol("too much text"));
        }
        let is_final = answer.flags.contains(TextFlags::FINAL);
        if !rest.is_empty() && (is_final || !segment.is_empty()) {
            return Err(CloseReason::Protocol("an answer to half of a text"));
        }
        if !is_final {
            let now = core::mem::take(rest);
            *rest = self.send_text(link, pending.tag, answer.target_transfer_tag, now);
            self.pending.push(pending);
            return Ok(());
        }
        let owned = pairs(text).map(|pair| pair.map(|(key, value)| (key.to_owned(), value.to_owned())));
        let owned: Result<Vec<_>, _> = owned.collect();
        let owned = owned.map_err(|_| CloseReason::Protocol("text that is none"))?;
        link.events.push_back(Event::Text(pending.tag, owned));
        Ok(())
    }

    /// Sends as much of a text as the target receives at once, and gives what is left.
    fn send_text(
        &mut self,
        link: &mut Link,
        tag: Tag,
        target_transfer_tag: u32,
        mut text: Vec<u8>,
    ) -> Vec<u8> {
        let rest = text.split_off(text.len().min(self.segment_length()));
        let request = TextRequest {
            flags: if rest.is_empty() { TextFlags::FINAL } else { TextFlags::CONTINUE },
            lun: Lun::ZERO,
            initiator_task_tag: tag.0,
            target_transfer_tag,
            cmd_sn: self.cmd_sn,
            exp_stat_sn: self.exp_stat_sn,
        };
        push_immediate(link, request.encode(), &text);
        rest
    }
}
