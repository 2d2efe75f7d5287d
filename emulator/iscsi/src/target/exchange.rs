//! Text in full feature phase, above all the listing of targets (RFC 7143, 11.10, 11.11 and appendix C).

use super::Link;
use super::event::CloseReason;
use super::session::Session;
use crate::name::Name;
use crate::pdu::{Lun, RESERVED_TAG, RejectReason, TextFlags, TextRequest, TextResponse};
use crate::text::constants::{NOT_UNDERSTOOD, REJECT};
use crate::text::keys::{Rule, When, find};
use crate::text::negotiation::respond;
use crate::text::{pairs, push_pair};

/// A text exchange underway.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// Task tag and target transfer tag by which the next request belongs to it.
    tags: Option<(u32, u32)>,
    /// Text of requests that go on.
    request: Vec<u8>,
    /// Text that is still to be sent.
    answer: Vec<u8>,
}

impl Session {
    /// A text request whose turn has come; says why if it is to be rejected.
    pub(super) fn text(
        &mut self,
        link: &mut Link,
        request: &TextRequest,
        text: &[u8],
    ) -> Result<Option<RejectReason>, CloseReason> {
        if self.info.target.is_none() && !link.portal.is_current(&self.info) {
            // Nobody tells discovery sessions; this one finds out by itself.
            return Err(CloseReason::Reinstated);
        }
        let is_final = request.flags.contains(TextFlags::FINAL);
        let continues = request.flags.contains(TextFlags::CONTINUE);
        let tags = (request.initiator_task_tag, request.target_transfer_tag);
        if request.target_transfer_tag == RESERVED_TAG {
            self.exchange = Exchange::default();
        } else if self.exchange.tags != Some(tags) {
            return Ok(Some(RejectReason::PROTOCOL_ERROR));
        }
        if !self.exchange.answer.is_empty() && (continues || !text.is_empty()) {
            // It is the target's turn to say more.
            return Ok(Some(RejectReason::PROTOCOL_ERROR));
        }
        if is_final && continues {
            return Err(CloseReason::Protocol("a text that is final and goes on"));
        }
        self.exchange.request.extend_from_slice(text);
        if self.exchange.request.len() > link.limits.text_length {
            return Err(CloseReason::Limit("text_length"));
        }
        if !continues && !self.exchange.request.is_empty() {
            let text = core::mem::take(&mut self.exchange.request);
            match self.answer_text(link, &text) {
                Some(answer) => self.exchange.answer = answer,
                None => {
                    self.exchange = Exchange::default();
                    return Ok(Some(RejectReason::PROTOCOL_ERROR));
                }
            }
        }
        self.send_text(link, request, is_final, continues);
        Ok(None)
    }

    /// Sends as much of the answer as the initiator receives at once.
    fn send_text(&mut self, link: &mut Link, request: &TextRequest, is_final: bool, continues: bool) {
        let most = if continues { 0 } else { self.parameters.max_recv_data_segment_length as usize };
        let end = self.exchange.answer.len().min(most);
        let later = self.exchange.answer.split_off(end);
        let now = core::mem::replace(&mut self.exchange.answer, later);
        let has_more = !self.exchange.answer.is_empty();
        let is_over = is_final && !has_more;
        let flags = match (has_more, is_over) {
            (true, _) => TextFlags::CONTINUE,
            (false, true) => TextFlags::FINAL,
            (false, false) => TextFlags::empty(),
        };
        let target_transfer_tag = if is_over { RESERVED_TAG } else { self.issue_tag() };
        let response = TextResponse {
            flags,
            lun: Lun::ZERO,
            initiator_task_tag: request.initiator_task_tag,
            target_transfer_tag,
            stat_sn: self.next_stat_sn(),
            exp_cmd_sn: self.window.expected(),
            max_cmd_sn: self.open_window(),
        };
        link.outbox.push(response.encode(), &now);
        if is_over {
            self.exchange = Exchange::default();
        } else {
            self.exchange.tags = Some((request.initiator_task_tag, target_transfer_tag));
        }
    }

    /// The answer to a complete text; `None` when it is none.
    fn answer_text(&mut self, link: &Link, text: &[u8]) -> Option<Vec<u8>> {
        let in_discovery = self.info.target.is_none();
        let mut answer = Vec::new();
        for pair in pairs(text) {
            let (name, value) = pair.ok()?;
            let Some(key) = find(name) else {
                push_pair(&mut answer, name, NOT_UNDERSTOOD);
                continue;
            };
            match (&key.rule, key.when) {
                (Rule::Declared, When::FullFeature) => self.list_targets(link, value, &mut answer),
                (Rule::Declared, When::Always) => {}
                (_, When::Always) => {
                    let mut ours = self.parameters;
                    if let Some(value) = respond(key, value, &mut ours, &mut self.parameters, in_discovery) {
                        push_pair(&mut answer, name, &value);
                    }
                }
                _ => push_pair(&mut answer, name, REJECT),
            }
        }
        Some(answer)
    }

    /// Answers SendTargets.
    ///
    /// `All` has no place in a normal session, where only the own target may be asked for; initiators do so nevertheless, and learn of the
    /// own target alone.
    fn list_targets(&self, link: &Link, value: &str, answer: &mut Vec<u8>) {
        let visible = || link.portal.visible_targets(&self.info.initiator);
        let listed = match (value, &self.info.target) {
            ("All", None) => visible(),
            ("All" | "", Some(own)) => vec![own.clone()],
            (name, own) => match Name::new(name) {
                Ok(name) if own.is_none() => visible().into_iter().filter(|target| *target == name).collect(),
                Ok(name) => own.iter().filter(|own| **own == name).cloned().collect(),
                Err(_) => return push_pair(answer, "SendTargets", REJECT),
            },
        };
        let address = format!("{},{}", link.address, link.portal.portal_group_tag());
        for target in listed {
            push_pair(answer, "TargetName", target.as_str());
            push_pair(answer, "TargetAddress", &address);
        }
    }
}
