//! What happens to the kernel's initiator: commands that stall, and connections that break.
//!
//! The kernel gives a command that has sent or received anything one more period before it aborts it. A command that was aborted is sent again; if
//! that one stalls too, the logical unit is reset. What the kernel sent stands in the server's log.

use anyhow::{Context as _, Result, ensure};

use super::super::stage::{KERNEL, Stage};
use super::target;

/// How long the kernel shall wait for a command, in seconds, and how long it usually does.
const IMPATIENT: &str = "patience 2";
const PATIENT: &str = "patience 30";

/// A rule by which the next reads stall.
fn stall(reads: u8) -> String {
    format!(
        "[[rule]]\nname = \"a read never ends\"\nwhen = {{ command = \"READ(10)\" }}\ndo = {{ stall = {{}} }}\ntimes = {reads}\n"
    )
}

/// The functions of task management that the kernel has asked for.
fn functions(log: &[String]) -> Vec<&str> {
    let asked = log.iter().filter_map(|line| line.split_once(" task management "));
    asked.filter_map(|(_, fields)| Some(fields.split_once("function=")?.1.trim())).collect()
}

/// Lets reads stall until the kernel has its block all the same, and returns what it asked for meanwhile. Afterwards every block can be read.
fn read_through(stage: &mut Stage<'_>, stalls: u8, block: u32) -> Result<Vec<String>> {
    let target = target(stage, 0);
    stage.rules(0, &stall(stalls))?;
    let script = format!(
        "served {target}\n{IMPATIENT}\nsame_reads first.iso {block} 1\n{PATIENT}\nsame_reads first.iso\nis_in_state LOGGED_IN"
    );
    let (_, log) = stage.logging(|stage| stage.guest(100, &script))?;
    stage.server.control(0, &["faults", "lift"])?;
    Ok(functions(&log).into_iter().map(str::to_owned).collect())
}

/// A read stalls: the kernel aborts it and sends it again.
pub(super) fn abort_task(stage: &mut Stage<'_>) -> Result<String> {
    let asked = read_through(stage, 1, 20)?;
    ensure!(asked == ["ABORT TASK"], "the kernel asked for {asked:?}");
    Ok("ABORT TASK, and the read was done when it came again".to_owned())
}

/// The read that comes again stalls too: the kernel resets the logical unit.
pub(super) fn logical_unit_reset(stage: &mut Stage<'_>) -> Result<String> {
    let asked = read_through(stage, 2, 30)?;
    ensure!(asked == ["ABORT TASK", "LOGICAL UNIT RESET"], "the kernel asked for {asked:?}");
    Ok(format!("{}, and the read was done when it came again", asked.join(", ")))
}

/// Somebody has the kernel reset the target.
pub(super) fn target_reset(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    let script = format!(
        "served {target}\nrun sg_reset --target $SR\nsettle\nsame_reads first.iso\nis_in_state LOGGED_IN"
    );
    let (_, log) = stage.logging(|stage| stage.guest(40, &script))?;
    let asked = functions(&log);
    ensure!(asked == ["TARGET WARM RESET"], "the kernel asked for {asked:?}");
    Ok(asked.join(", "))
}

/// What the kernel must have logged.
fn must_have_logged(stage: &Stage<'_>, words: &str) -> Result<String> {
    let line = stage.logged().iter().find(|line| line.contains(words));
    Ok(line.with_context(|| format!("the kernel has logged no `{words}`: {:?}", stage.logged()))?.clone())
}

/// Has the guest read, which waits for the recovery of its session, and makes sure that it is still the same.
fn recover(stage: &mut Stage<'_>) -> Result<()> {
    let target = target(stage, 0);
    stage.guest(80, &format!("same_session {target}\nsame_reads first.iso\nis_in_state LOGGED_IN")).map(drop)
}

/// The plug is pulled and put back: logins are refused for a while, then the session goes on.
pub(super) fn plug(stage: &mut Stage<'_>) -> Result<String> {
    let (_, log) = stage.logging(|stage| {
        stage.server.control(0, &["plug", "out", "--for", "5"])?;
        recover(stage)
    })?;
    let seen = must_have_logged(stage, "detected conn error (1020)")?;
    let refused = log.iter().filter(|line| line.contains("service unavailable")).count();
    Ok(format!("{seen}; {refused} logins refused, then the session went on"))
}

/// The server is killed and started again.
pub(super) fn server(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    stage.server.kill()?;
    let noticed = stage.guest(40, &format!("served {target}\nawait_state FAILED"));
    stage.server.start_again()?;
    noticed?;
    recover(stage)?;
    let seen = must_have_logged(stage, "detected conn error (1020)")?;
    Ok(format!("{seen}; the session went on with the server's next life"))
}

/// Nothing gets through: the kernel asks whether the target is still there, gives up, and takes its own old session's place.
pub(super) fn network(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    let script = format!(
        "same_session {target}\n{IMPATIENT}\nbusybox ip route add blackhole 10.0.2.2\n\
         dd if=$SR of=/dev/null bs=2048 count=1 iflag=direct 2>&1 & \n\
         eventually 60 is_in_state FAILED || stop 'the kernel notices nothing'\n\
         busybox ip route del blackhole 10.0.2.2\nawait_state LOGGED_IN\nwait\n{PATIENT}\n\
         same_reads first.iso\nis_in_state LOGGED_IN"
    );
    let (_, log) = stage.logging(|stage| stage.guest(120, &script))?;
    let seen = must_have_logged(stage, "detected conn error")?;
    let words = "the initiator logged in again";
    ensure!(
        log.iter().any(|line| line.contains(words)),
        "the session of {KERNEL} was not reinstated: {}",
        log.join(" | ")
    );
    Ok(format!("{seen}; reinstated"))
}

/// The plug is out for longer than the kernel waits for a session: reads fail. Later the session is there again, and the drive.
pub(super) fn for_long(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    stage.guest(20, &format!("served {target}\necho 2 >$SESSION/recovery_tmo"))?;
    stage.server.control(0, &["plug", "out"])?;
    let script = format!(
        "served {target}\nawait_state FREE\n\
         if dd if=$SR of=/dev/null bs=2048 count=1 iflag=direct 2>&1; then stop 'there is nobody to read from'; fi"
    );
    let failed = stage.guest(60, &script);
    stage.server.control(0, &["plug", "in"])?;
    failed?;
    let script = format!(
        "served {target}\nawait_state LOGGED_IN\necho 60 >$SESSION/recovery_tmo\nsettle\nsame_reads first.iso"
    );
    stage.guest(80, &script)?;
    must_have_logged(stage, "session recovery timed out after 2 secs")
}

#[cfg(test)]
mod tests {
    use discrig_device::fault::Plan;

    use super::*;

    #[test]
    fn the_rule_is_one() {
        let plan = Plan::from_toml(&stall(2)).unwrap();
        assert_eq!(plan.rules.iter().map(|rule| rule.times).collect::<Vec<_>>(), [Some(2)]);
    }

    #[test]
    fn functions_are_found_in_the_log() {
        let log = ["x task management drive=a nexus=0 function=ABORT TASK", "x login drive=a function=none"]
            .map(str::to_owned);
        assert_eq!(functions(&log), ["ABORT TASK"]);
    }
}
