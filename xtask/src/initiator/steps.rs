//! The steps, in their order: how the kernel comes in and uses drives. What happens to it there is in [`trouble`].

mod trouble;

use anyhow::{Context as _, Result, ensure};
use discrig_drive::Profile;

use super::stage::{KERNEL, OTHER, SERVER, Stage, Step, USER, other_initiator};
use crate::burn::media::Medium;
use crate::burn::server::Server as _;

/// Settings of open-iscsi for digests.
const DIGESTS: &str = "node.conn[0].iscsi.HeaderDigest CRC32C node.conn[0].iscsi.DataDigest CRC32C";

/// Commands that the suite must have sent at least, lest it were none.
const MANY_COMMANDS: usize = 3000;

/// Cases of each property of the suite. More of them say little about the way to the drive.
const CASES: &str = "4";

const fn step(name: &'static str, act: fn(&mut Stage<'_>) -> Result<String>) -> Step {
    Step { name, breaks: false, act }
}

/// A step in which connections or sessions break.
const fn breaking(name: &'static str, act: fn(&mut Stage<'_>) -> Result<String>) -> Step {
    Step { name, breaks: true, act }
}

/// All steps. What one leaves, the next one finds: from `login.digests` on the session stays.
pub(super) const STEPS: &[Step] = &[
    step("discovery", discovery),
    step("login", login),
    step("identity", identity),
    step("read.blocks", read_blocks),
    step("logout", logout),
    step("chap.login", chap),
    step("chap.mutual", chap_mutual),
    breaking("chap.wrong-secret", chap_wrong_secret),
    breaking("chap.impostor", chap_impostor),
    step("login.digests", login_digests),
    step("read.files", read_files),
    step("burn", burn),
    step("suite", suite),
    step("stall.abort-task", trouble::abort_task),
    step("stall.logical-unit-reset", trouble::logical_unit_reset),
    step("reset.target", trouble::target_reset),
    breaking("lost.plug", trouble::plug),
    breaking("lost.server", trouble::server),
    breaking("lost.network", trouble::network),
    breaking("lost.for-long", trouble::for_long),
    step("reservation.of-kernel", reservation_of_kernel),
    step("reservation.of-another", reservation_of_another),
    step("reservation.ends-with-nexus", reservation_ends_with_nexus),
];

/// The name of a drive's target.
fn target(stage: &Stage<'_>, drive: usize) -> String {
    stage.server.address(drive).target
}

fn discovery(stage: &mut Stage<'_>) -> Result<String> {
    let discover = "run iscsiadm -m discovery -t sendtargets -p $PORTAL";
    let said = stage.guest(60, &format!("network\ndaemon {KERNEL}\n{discover}"))?;
    for drive in [0, 1] {
        let target = target(stage, drive);
        ensure!(said.contains(&target), "{target} is not among the targets: {said}");
    }
    Ok("both targets are named".to_owned())
}

fn login(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    let said =
        stage.guest(60, &format!("login {target}\ncat $CONNECTION/{{header,data}}_digest\necho $SR"))?;
    let last: Vec<&str> = said.lines().rev().take(3).collect();
    let [node, "0", "0"] = last[..] else { anyhow::bail!("without digests, and a node: {last:?}") };
    Ok(format!("the drive is {node}"))
}

fn identity(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    let said = stage.guest(20, &format!("served {target}\ncat $DEVICE/{{vendor,model,rev}}"))?;
    let seen: Vec<&str> = said.lines().map(str::trim).collect();
    let Profile { vendor, product, revision, .. } = Profile::generic_bd_writer();
    ensure!(seen == [&vendor, &product, &revision], "{seen:?} is not {vendor} {product} {revision}");
    Ok(seen.join(" "))
}

fn read_blocks(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    stage.guest(60, &format!("served {target}\nsame_reads first.iso"))?;
    Ok("every block is the image's".to_owned())
}

fn logout(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    let (_, log) = stage.logging(|stage| stage.guest(40, &format!("logout {target}")))?;
    let over = log.iter().find(|line| line.contains("session over") && line.contains("why=logged out"));
    over.context("the server knows of no logout")?;
    Ok("the server knows of it".to_owned())
}

/// Logs in where proof is wanted, reads, and logs out.
fn prove(stage: &mut Stage<'_>, settings: &str) -> Result<()> {
    let target = stage.guarded.address(0).target;
    let script = format!(
        "login {target} node.session.auth.authmethod CHAP {settings}\nsame_reads first.iso\nlogout {target}"
    );
    stage.guest_guarded(60, &script).map(drop)
}

/// Exit codes of iscsiadm, as its manual has them: the target has refused the proof; the login has failed for good.
const REFUSED: u8 = 24;
const FAILED_FOR_GOOD: u8 = 19;

/// Tries to log in where proof is wanted, which must fail with that exit code.
fn fail_to_prove(stage: &mut Stage<'_>, settings: &str, code: u8) -> Result<()> {
    let target = stage.guarded.address(0).target;
    let script = format!(
        "record {target} node.session.auth.authmethod CHAP {settings}\n\
         iscsiadm -m node -T {target} -p $PORTAL --login; code=$?\n\
         [ $code = {code} ] || stop \"login ended with $code instead of {code}\"\n\
         if served {target}; then stop 'there is a session'; fi"
    );
    stage.guest_guarded(60, &script).map(drop)
}

/// Settings of open-iscsi for a user with a secret; `way` is empty for the initiator's, `_in` for the target's.
fn user(way: &str, (user, secret): (&str, &str)) -> String {
    format!("node.session.auth.username{way} {user} node.session.auth.password{way} {secret}")
}

fn chap(stage: &mut Stage<'_>) -> Result<String> {
    prove(stage, &user("", USER))?;
    Ok("the right secret is let in".to_owned())
}

fn chap_mutual(stage: &mut Stage<'_>) -> Result<String> {
    prove(stage, &format!("{} {}", user("", USER), user("_in", SERVER)))?;
    Ok("both sides have proven who they are".to_owned())
}

fn chap_wrong_secret(stage: &mut Stage<'_>) -> Result<String> {
    fail_to_prove(stage, &user("", (USER.0, "nobodys-secret")), REFUSED)?;
    Ok("the server refuses a wrong secret".to_owned())
}

fn chap_impostor(stage: &mut Stage<'_>) -> Result<String> {
    let settings = format!("{} {}", user("", USER), user("_in", (SERVER.0, "nobodys-secret")));
    fail_to_prove(stage, &settings, FAILED_FOR_GOOD)?;
    Ok("the kernel's daemon refuses a server that cannot prove who it is".to_owned())
}

fn login_digests(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    let script =
        format!("login {target} {DIGESTS}\ncat $CONNECTION/{{header,data}}_digest\nsame_reads first.iso");
    let said = stage.guest(60, &script)?;
    let digests: Vec<&str> = said.lines().rev().take(2).collect();
    ensure!(digests == ["1", "1"], "digests of header and data: {digests:?}");
    Ok("CRC32C of headers and data".to_owned())
}

fn read_files(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    stage.guest(60, &format!("served {target}\nsame_files first"))?;
    Ok("every file of the mounted disc is the tree's".to_owned())
}

fn burn(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 1);
    stage.server.insert(1, Medium::DvdPlusRw)?;
    let script = format!(
        "login {target} {DIGESTS}\n\
         run growisofs -use-the-force-luke=notray -Z $SR=$DATA/second.iso\n\
         same_blocks 0 second.iso\nreload\nsame_reads second.iso\nlogout {target}"
    );
    stage.guest(150, &script)?;
    Ok(format!("growisofs, {}", Medium::DvdPlusRw))
}

fn suite(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    let script = format!(
        "served {target}\n\
         # Not in /run itself, where a folder of the same name is the program's own.\n\
         mkdir -p /run/program && cp $SHARE/discrig /run/program/ && chmod 755 /run/program/discrig\n\
         run /run/program/discrig test $SR --allow tray --cases {CASES} --report-dir $SHARE/report"
    );
    let before = stage.server.commands()?;
    let said = stage.guest(240, &script)?;
    let commands = stage.server.commands()? - before;
    ensure!(commands >= MANY_COMMANDS, "{commands} commands are not many");
    let result = said.lines().find(|line| line.starts_with("all as expected"));
    Ok(format!("{}; {commands} commands", result.context("the suite does not say that all is as expected")?))
}

/// RESERVE(6) and RELEASE(6), and what another initiator is told meanwhile.
const RESERVE: &str = "run sg_raw $SG 16 00 00 00 00 00";
const RELEASE: &str = "run sg_raw $SG 17 00 00 00 00 00";
const CONFLICT: &str = "RESERVATION CONFLICT";

fn reservation_of_kernel(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    stage.guest(20, &format!("served {target}\n{RESERVE}"))?;
    let met = other_initiator(stage)?;
    ensure!(met.contains(CONFLICT), "{OTHER} meets no conflict: {met}");
    stage.guest(20, &format!("served {target}\n{RELEASE}"))?;
    let met = other_initiator(stage)?;
    ensure!(!met.contains(CONFLICT), "after RELEASE {OTHER} still meets a conflict: {met}");
    Ok(format!("a conflict for {OTHER} until it is released"))
}

fn reservation_of_another(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    stage.server.control(0, &["lock"])?;
    let script = format!(
        "served {target}\nsg_turs -v $SG 2>&1; code=$?\n[ $code = 24 ] || stop \"sg_turs ended with $code\""
    );
    let met = stage.guest(20, &script);
    stage.server.control(0, &["unlock"])?;
    met.context("the kernel meets no conflict")?;
    stage.guest(20, &format!("served {target}\nsettle\nsame_reads first.iso"))?;
    Ok("a conflict for the kernel until it is released".to_owned())
}

fn reservation_ends_with_nexus(stage: &mut Stage<'_>) -> Result<String> {
    let target = target(stage, 0);
    stage.guest(20, &format!("served {target}\n{RESERVE}"))?;
    let met = other_initiator(stage)?;
    ensure!(met.contains(CONFLICT), "{OTHER} meets no conflict: {met}");
    stage.guest(40, &format!("logout {target}"))?;
    let met = other_initiator(stage)?;
    ensure!(!met.contains(CONFLICT), "after the logout {OTHER} still meets a conflict: {met}");
    Ok("the kernel logged out, and its reservation is gone".to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn steps_have_names_of_their_own() {
        let names: BTreeSet<_> = STEPS.iter().map(|step| step.name).collect();
        assert_eq!(names.len(), STEPS.len());
    }
}
