//! Limits as peers meet them on real sockets.

use crate::host::{Host, config};
use crate::rig::Rig;
use discrig_iscsi::initiator::Event;
use discrig_iscsi::pdu::AsyncEvent;
use discrig_iscsi::target::Limits;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Whether the server closes a connection within a bound.
fn is_closed(mut stream: TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    }
}

#[test]
fn connections_and_sessions_have_a_limit_and_their_places_come_back() {
    let rig = Rig::with_limits(Limits { connections: 3, sessions: 2, ..Limits::default() });
    let (first, _second) = (Host::new(rig.address, 1), Host::new(rig.address, 2));
    assert!(Host::login(rig.address, config(3)).is_none(), "no room for a third session");
    let idle = TcpStream::connect(rig.address).unwrap();
    assert!(is_closed(TcpStream::connect(rig.address).unwrap()), "no room for a fourth connection");
    drop(idle);
    first.logout();
    rig.wait_for_sessions(1);
    Host::new(rig.address, 3).logout();
}

#[test]
fn a_login_has_its_time() {
    let rig = Rig::with_limits(Limits { login_time: Duration::from_millis(200), ..Limits::default() });
    let began = Instant::now();
    let mut slow = TcpStream::connect(rig.address).unwrap();
    slow.write_all(&[0x43]).unwrap();
    assert!(is_closed(slow) && began.elapsed() >= Duration::from_millis(200));
    Host::new(rig.address, 1).logout();
}

#[test]
fn idle_sessions_are_pinged_and_those_that_do_not_answer_are_dropped() {
    let rig = Rig::with_limits(Limits {
        idle_time: Duration::from_millis(100),
        ping_time: Duration::from_millis(400),
        ..Limits::default()
    });
    let mut alive = Host::new(rig.address, 1);
    let _deaf = Host::new(rig.address, 2);
    rig.wait_for_sessions(2);
    // It answers while it waits for something that never comes.
    assert!(alive.is_silent_for(Duration::from_millis(1500)));
    rig.wait_for_sessions(1);
    assert_eq!(alive.settle(), []);
}

#[test]
fn who_does_not_go_when_the_server_stops_is_told_and_dropped() {
    let mut rig = Rig::start();
    let mut host = Host::new(rig.address, 1);
    rig.begin_to_stop();
    let mut told = Vec::new();
    while let Some(event) = host.event() {
        match event {
            Event::Message(message, _) => told.push(message.event),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(told, [AsyncEvent::LOGOUT_REQUEST, AsyncEvent::SESSION_DROP]);
    rig.stop();
}
