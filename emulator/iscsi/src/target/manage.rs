//! Task management (RFC 7143, 11.5 and 11.6).

use super::Link;
use super::event::{Event, RequestId, TaskId, TaskManagement};
use super::session::Session;
use super::tasks::State;
use crate::pdu::{
    Lun, RejectReason, TaskManagementFunction, TaskManagementRequest, TaskManagementResponse,
    TaskManagementResponseCode,
};

/// A task management request that the upper layer has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Managed {
    pub(super) itt: u32,
    function: TaskManagementFunction,
    lun: Lun,
    task: Option<TaskId>,
    immediate: bool,
}

impl Session {
    /// A task management request whose turn has come; says why if it is to be rejected.
    pub(super) fn manage(
        &mut self,
        link: &mut Link,
        immediate: bool,
        request: &TaskManagementRequest,
    ) -> Option<RejectReason> {
        if self.is_tag_in_use(request.initiator_task_tag) {
            return Some(RejectReason::TASK_IN_PROGRESS);
        }
        if immediate && self.tasks.immediate() + self.managed.len() >= link.limits.immediate_requests {
            return Some(RejectReason::IMMEDIATE_COMMAND_REJECT);
        }
        let refused = match request.function {
            TaskManagementFunction::ABORT_TASK => match self.abort_target(request) {
                Ok(task) => {
                    self.ask(link, immediate, request, Some(task));
                    return None;
                }
                Err(TaskManagementResponseCode::FUNCTION_COMPLETE) => {
                    self.abort_unannounced(link, request);
                    TaskManagementResponseCode::FUNCTION_COMPLETE
                }
                Err(code) => code,
            },
            TaskManagementFunction::ABORT_TASK_SET
            | TaskManagementFunction::CLEAR_TASK_SET
            | TaskManagementFunction::LOGICAL_UNIT_RESET
            | TaskManagementFunction::TARGET_WARM_RESET
            | TaskManagementFunction::TARGET_COLD_RESET => {
                self.ask(link, immediate, request, None);
                return None;
            }
            TaskManagementFunction::TASK_REASSIGN => TaskManagementResponseCode::REASSIGNMENT_NOT_SUPPORTED,
            _ => TaskManagementResponseCode::FUNCTION_NOT_SUPPORTED,
        };
        self.push_management(link, request.initiator_task_tag, refused);
        None
    }

    /// The task that ABORT TASK means, if the upper layer has it; otherwise what is to be answered.
    fn abort_target(
        &mut self,
        request: &TaskManagementRequest,
    ) -> Result<TaskId, TaskManagementResponseCode> {
        let Some(task) = self.tasks.by_itt(request.referenced_task_tag) else {
            // A command that is still on its way counts as aborted, and will be without effect (11.6.1).
            return Err(match self.void(request.ref_cmd_sn, request.cmd_sn) {
                true => TaskManagementResponseCode::FUNCTION_COMPLETE,
                false => TaskManagementResponseCode::TASK_DOES_NOT_EXIST,
            });
        };
        match task.state {
            _ if task.header.lun != request.lun => Err(TaskManagementResponseCode::TASK_DOES_NOT_EXIST),
            State::Delivered => Ok(task.id),
            State::Arriving | State::Queued => Err(TaskManagementResponseCode::FUNCTION_COMPLETE),
        }
    }

    /// Drops a task of which nobody was told.
    fn abort_unannounced(&mut self, link: &mut Link, request: &TaskManagementRequest) {
        if let Some(id) = self.tasks.by_itt(request.referenced_task_tag).map(|task| task.id) {
            self.drop_task(link, id);
        }
    }

    fn ask(
        &mut self,
        link: &mut Link,
        immediate: bool,
        request: &TaskManagementRequest,
        task: Option<TaskId>,
    ) {
        let id = RequestId(self.issue_id());
        let (function, lun) = (request.function, request.lun);
        let managed = Managed { itt: request.initiator_task_tag, function, lun, task, immediate };
        self.managed.insert(id, managed);
        link.events.push_back(Event::TaskManagement(TaskManagement { request: id, function, lun, task }));
    }

    /// Answers a request; with success, the tasks that it concerned are gone. `None` when there is no such request, otherwise whether
    /// the target starts anew, so that all sessions end.
    pub(super) fn respond_task_management(
        &mut self,
        link: &mut Link,
        id: RequestId,
        response: TaskManagementResponseCode,
    ) -> Option<bool> {
        let managed = self.managed.remove(&id)?;
        let is_complete = response == TaskManagementResponseCode::FUNCTION_COMPLETE;
        if is_complete {
            self.abort_concerned(link, id, &managed);
        }
        self.push_management(link, managed.itt, response);
        self.pump(link);
        Some(is_complete && managed.function == TaskManagementFunction::TARGET_COLD_RESET)
    }

    fn abort_concerned(&mut self, link: &mut Link, id: RequestId, managed: &Managed) {
        let lun = match managed.function {
            TaskManagementFunction::ABORT_TASK => {
                return managed.task.into_iter().for_each(|task| self.drop_task(link, task));
            }
            TaskManagementFunction::TARGET_WARM_RESET | TaskManagementFunction::TARGET_COLD_RESET => None,
            _ => Some(managed.lun),
        };
        for task in self.tasks.abort(lun, id.0) {
            self.release(link, task);
        }
    }

    /// Somebody else ended the tasks of a logical unit, or of all: they are gone without an answer.
    pub(super) fn abort_tasks(&mut self, link: &mut Link, lun: Option<Lun>) {
        let aborted = self.tasks.abort(lun, u64::MAX);
        if aborted.is_empty() {
            return;
        }
        for task in aborted {
            self.release(link, task);
        }
        // No answer tells the initiator that there is room again.
        self.nop_in(link, None);
        self.pump(link);
    }

    /// Requests in order that the upper layer has.
    pub(super) fn outstanding_management(&self) -> usize {
        self.managed.values().filter(|managed| !managed.immediate).count()
    }

    fn push_management(&mut self, link: &mut Link, itt: u32, response: TaskManagementResponseCode) {
        let answer = TaskManagementResponse {
            response,
            initiator_task_tag: itt,
            stat_sn: self.next_stat_sn(),
            exp_cmd_sn: self.window.expected(),
            max_cmd_sn: self.open_window(),
        };
        link.outbox.push(answer.encode(), &[]);
    }
}
