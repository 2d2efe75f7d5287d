//! The limits of `discrig serve`: those that can be chosen, and what its help says of the others.

use clap::Args;
use core::time::Duration;
use discrig_iscsi::target::Limits;

/// Limits that can be chosen.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits")]
pub struct LimitArguments {
    /// Connections at once, logged in or not; further ones are closed
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().connections)]
    pub max_connections: usize,
    /// Sessions at once; further logins fail
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().sessions)]
    pub max_sessions: usize,
    /// Commands that a session may have outstanding
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().queue_depth, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub queue_depth: u32,
    /// Time that a login may take, such as 15s
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME", default_value = "15s")]
    pub login_time: Duration,
    /// Silence after which a session is asked whether it is still there, such as 60s
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME", default_value = "60s")]
    pub idle_time: Duration,
    /// Time to answer that question, after which the session is ended, such as 15s
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME", default_value = "15s")]
    pub ping_time: Duration,
    /// Bytes of data that one command may transfer, in either direction
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().data_out_length)]
    pub max_data: u32,
    /// Bytes of data for the drive that all commands of a session may hold; beyond them data are not asked for
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().session_data_out)]
    pub session_memory: usize,
}

impl From<&LimitArguments> for Limits {
    fn from(arguments: &LimitArguments) -> Limits {
        Limits {
            connections: arguments.max_connections,
            sessions: arguments.max_sessions,
            queue_depth: arguments.queue_depth,
            login_time: arguments.login_time,
            idle_time: arguments.idle_time,
            ping_time: arguments.ping_time,
            data_out_length: arguments.max_data,
            session_data_out: arguments.session_memory,
            ..Limits::default()
        }
    }
}

/// Examples, and the limits that stand.
#[must_use]
pub fn after_help() -> String {
    let Limits {
        immediate_requests,
        login_requests,
        closing_time,
        text_length,
        data_segment_length,
        first_burst_length,
        max_burst_length,
        outstanding_r2t,
        output,
        // They have options.
        connections: _,
        sessions: _,
        queue_depth: _,
        login_time: _,
        idle_time: _,
        ping_time: _,
        data_out_length: _,
        session_data_out: _,
    } = Limits::default();
    format!(
        "Examples:
  discrig serve --drive a,disc=blank:bd-re --drive b,disc=iso:FILE --control /tmp/discrig.socket
  DISCRIG_CHAP_SECRET=... discrig serve --listen 0.0.0.0:3260 --chap-user burner --drive a
  discrig serve --chap-user burner --chap-secret-file IN --chap-mutual-user drives --chap-mutual-secret-file OUT --drive a

Limits that stand:
  a PDU has {data_segment_length} bytes of data at most, and 8192 before the login has succeeded
  FirstBurstLength is {first_burst_length}, MaxBurstLength {max_burst_length}, MaxOutstandingR2T {outstanding_r2t} at most
  a login has {login_requests} requests, a text {text_length} bytes
  {immediate_requests} immediate commands and task management functions of a session at once
  nothing is received from a peer while {output} bytes wait for it to take them
  who was asked to go has {} more seconds

SIGINT and SIGTERM ask initiators to go, wait up to --grace for what is under way, and make discs durable; a second one ends the process at once.",
        closing_time.as_secs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser as _;

    #[test]
    fn what_nobody_chose_is_the_default() {
        let cli = Cli::try_parse_from(["discrig", "serve", "--drive", "a"]).unwrap();
        let Command::Serve(arguments) = cli.command else { panic!("{:?}", cli.command) };
        assert_eq!(Limits::from(&arguments.limits), Limits::default());
    }
}
