//! Logins: every status, the order of stages, and what is answered to keys.

use crate::raw::*;
use core::time::Duration;
use discrig_iscsi::chap::{Algorithm, Authentication, Credentials, Secret};
use discrig_iscsi::pdu::*;
use discrig_iscsi::target::*;
use discrig_iscsi::text::value::{binary, binary_text};
use std::collections::BTreeSet;

fn credentials(user: &str, secret: &str) -> Credentials {
    Credentials { user: user.to_owned(), secret: Secret::new(secret).unwrap() }
}

fn guarded() -> Portal {
    let portal = Portal::new(PortalConfig::default());
    let authentication = Authentication::new(
        credentials("user", "initiator-secret"),
        Some(credentials("target", "target-secret")),
    );
    portal
        .add_target(Target { authentication: Some(authentication.unwrap()), ..Target::new(name(TARGET)) })
        .unwrap();
    portal
}

/// The status of a whole login in one request, whose keys are these.
fn status(portal: &Portal, keys: &str) -> LoginStatus {
    let mut wire = Wire::new(portal);
    let answer = wire.login(1, Some(3), keys).login();
    if answer.status.is_success() {
        assert_eq!((answer.flags.transit, answer.flags.next), (true, Stage::FULL_FEATURE));
    } else {
        assert!(!answer.flags.transit && answer.tsih == 0);
        assert!(!wire.connection.has_output() && wire.connection.receive_buffer().is_empty());
    }
    answer.status
}

#[test]
fn a_login_in_one_request_as_many_initiators_send_it() {
    let portal = portal(Limits::default());
    let mut wire = Wire::new(&portal);
    let keys = format!(
        "{WHOLE}\nHeaderDigest=None,CRC32C\nDataDigest=None\nInitialR2T=No\nImmediateData=Yes\n\
        MaxBurstLength=16776192\nFirstBurstLength=262144\nDefaultTime2Wait=2\nDefaultTime2Retain=0\nMaxOutstandingR2T=1\n\
        ErrorRecoveryLevel=0\nIFMarker=No\nOFMarker=No\nMaxConnections=1\nMaxRecvDataSegmentLength=262144\nX-com.example.key=1"
    );
    let answer = wire.login(1, Some(3), &keys);
    let header = answer.login();
    assert_eq!((header.status, header.initiator_task_tag, header.isid), (LoginStatus::SUCCESS, 0x77, ISID));
    assert_eq!((header.exp_cmd_sn, header.max_cmd_sn), (CMD_SN, CMD_SN + 31));
    assert_ne!(header.tsih, 0);
    let pairs: BTreeSet<_> = answer.pairs().into_iter().collect();
    let expected = [
        "TargetPortalGroupTag=1",
        "MaxRecvDataSegmentLength=262144",
        "HeaderDigest=None",
        "DataDigest=None",
        "InitialR2T=No",
        "ImmediateData=Yes",
        "MaxBurstLength=1048576",
        "FirstBurstLength=65536",
        "DefaultTime2Wait=2",
        "DefaultTime2Retain=0",
        "MaxOutstandingR2T=1",
        "ErrorRecoveryLevel=0",
        "IFMarker=No",
        "OFMarker=No",
        "MaxConnections=1",
        "X-com.example.key=NotUnderstood",
    ];
    assert_eq!(pairs, expected.map(str::to_owned).into());
    let sessions = portal.sessions();
    assert_eq!(
        (sessions.len(), sessions[0].tsih, sessions[0].initiator.as_str()),
        (1, header.tsih, INITIATOR)
    );
    drop(wire);
    assert_eq!((portal.sessions().len(), portal.connections()), (0, 0));
}

#[test]
fn every_status_that_keys_bring_about() {
    let portal = portal(Limits::default());
    for (target, availability) in [
        ("failed", Availability::Failed),
        ("moved", Availability::Moved { address: "[::1]:3261".into(), permanently: false }),
        ("gone", Availability::Moved { address: "10.0.0.1:3260".into(), permanently: true }),
        ("removed", Availability::Removed),
        ("unavailable", Availability::Unavailable),
    ] {
        let target = name(&format!("iqn.2026-11.dev.discrig:{target}"));
        portal.add_target(Target { availability, ..Target::new(target) }).unwrap();
    }
    let restricted = name("iqn.2026-11.dev.discrig:restricted");
    portal.add_target(Target { initiators: Some([name(TARGET)].into()), ..Target::new(restricted) }).unwrap();
    let to = |target: &str| format!("InitiatorName={INITIATOR}\nTargetName=iqn.2026-11.dev.discrig:{target}");
    for (keys, expected) in [
        (to("a"), LoginStatus::SUCCESS),
        (to("A"), LoginStatus::SUCCESS),
        (to("moved"), LoginStatus::TARGET_MOVED_TEMPORARILY),
        (to("gone"), LoginStatus::TARGET_MOVED_PERMANENTLY),
        (to("restricted"), LoginStatus::AUTHORIZATION_FAILURE),
        (to("nowhere"), LoginStatus::NOT_FOUND),
        (to("removed"), LoginStatus::TARGET_REMOVED),
        (to("failed"), LoginStatus::TARGET_ERROR),
        (to("unavailable"), LoginStatus::SERVICE_UNAVAILABLE),
        (format!("TargetName={TARGET}"), LoginStatus::MISSING_PARAMETER),
        (format!("InitiatorName={INITIATOR}"), LoginStatus::MISSING_PARAMETER),
        (format!("InitiatorName={INITIATOR}\nSessionType=Discovery"), LoginStatus::SUCCESS),
        (format!("InitiatorName={INITIATOR}\nSessionType=Weird"), LoginStatus::SESSION_TYPE_NOT_SUPPORTED),
        (format!("InitiatorName=me\nTargetName={TARGET}"), LoginStatus::INITIATOR_ERROR),
        (format!("InitiatorName={INITIATOR}\nTargetName=it"), LoginStatus::NOT_FOUND),
        (format!("{WHOLE}\nMaxBurstLength=512\nMaxBurstLength=512"), LoginStatus::INITIATOR_ERROR),
        (format!("{WHOLE}\nInitiatorName={INITIATOR}"), LoginStatus::SUCCESS),
        (format!("{WHOLE}\nInitiatorName={TARGET}"), LoginStatus::INITIATOR_ERROR),
        (format!("{WHOLE}\nno pair"), LoginStatus::INITIATOR_ERROR),
        (format!("{WHOLE}\nCHAP_A=5"), LoginStatus::INITIATOR_ERROR),
    ] {
        assert_eq!(status(&portal, &keys), expected, "{keys}");
    }
    let mut wire = Wire::new(&portal);
    assert_eq!(wire.login(1, Some(3), &to("moved")).pairs(), ["TargetAddress=[::1]:3261"]);
    assert_eq!(status(&guarded(), WHOLE), LoginStatus::AUTHENTICATION_FAILURE);
}

#[test]
fn every_status_that_headers_bring_about() {
    let portal = portal(Limits { login_requests: 3, ..Limits::default() });
    let check = |change: fn(&mut LoginRequest), expected| {
        let mut wire = Wire::new(&portal);
        let mut request = wire.login_request(1, Some(3));
        change(&mut request);
        assert_eq!(wire.login_with(request, &text(WHOLE)).login().status, expected);
        wire
    };
    check(|request| request.version_min = 1, LoginStatus::UNSUPPORTED_VERSION);
    check(|request| request.version_max = 9, LoginStatus::SUCCESS);
    check(|request| request.flags.next = Stage(2), LoginStatus::INITIATOR_ERROR);
    check(|request| request.flags.next = Stage(1), LoginStatus::INITIATOR_ERROR);
    check(|request| request.flags.current = Stage(2), LoginStatus::INITIATOR_ERROR);
    check(|request| request.flags.current = Stage(3), LoginStatus::INITIATOR_ERROR);
    check(|request| request.flags.continues = true, LoginStatus::INITIATOR_ERROR);
    check(|request| request.tsih = 999, LoginStatus::SESSION_DOES_NOT_EXIST);
    let _first = Wire::logged_in(&portal, "");
    let tsih = portal.sessions()[0].tsih;
    let mut wire = Wire::new(&portal);
    let request = LoginRequest { tsih, ..wire.login_request(1, Some(3)) };
    let request = LoginRequest { cid: 2, ..request };
    assert_eq!(wire.login_with(request, &text(WHOLE)).login().status, LoginStatus::TOO_MANY_CONNECTIONS);
    let mut wire = Wire::new(&portal);
    let request = LoginRequest { tsih, isid: Isid([1; 6]), ..wire.login_request(1, Some(3)) };
    assert_eq!(wire.login_with(request, &text(WHOLE)).login().status, LoginStatus::CANNOT_INCLUDE_IN_SESSION);
    // The stage, the tag and the number of requests are watched.
    let mut wire = Wire::new(&portal);
    assert_eq!(wire.login(0, None, WHOLE).login().status, LoginStatus::SUCCESS);
    assert_eq!(wire.login(1, Some(3), "").login().status, LoginStatus::INITIATOR_ERROR);
    let mut wire = Wire::new(&portal);
    wire.login(0, None, WHOLE);
    let request = LoginRequest { initiator_task_tag: 1, ..wire.login_request(0, None) };
    assert_eq!(wire.login_with(request, &[]).login().status, LoginStatus::INITIATOR_ERROR);
    let mut wire = Wire::new(&portal);
    wire.login(0, None, WHOLE);
    wire.login(0, None, "");
    assert_eq!(wire.login(0, None, "").login().status, LoginStatus::SUCCESS);
    assert_eq!(wire.login(0, None, "").login().status, LoginStatus::INITIATOR_ERROR);
    // Something else than a login.
    let mut wire = Wire::new(&portal);
    let header = wire.header(CommandFlags::FINAL, 0);
    wire.send(header.encode(), &[]);
    assert_eq!(wire.closed(), CloseReason::LoginFailed(LoginStatus::INVALID_DURING_LOGIN));
    assert_eq!(wire.one().login().status, LoginStatus::INVALID_DURING_LOGIN);
}

#[test]
fn resources_end() {
    let portal = portal(Limits { sessions: 1, connections: 3, ..Limits::default() });
    let first = Wire::logged_in(&portal, "");
    let mut wire = Wire::new(&portal);
    let request = LoginRequest { isid: Isid([9; 6]), ..wire.login_request(1, Some(3)) };
    assert_eq!(wire.login_with(request, &text(WHOLE)).login().status, LoginStatus::OUT_OF_RESOURCES);
    let _third = Wire::new(&portal);
    assert_eq!(portal.accept(NOW, "a:1", [0; 32]).err(), Some(Refused::TooMany(3)));
    drop(first);
    let _fourth = Wire::logged_in(&portal, "");
}

#[test]
fn the_same_port_takes_the_place_of_its_old_session() {
    let portal = portal(Limits::default());
    let mut old = Wire::logged_in(&portal, "");
    let tsih = portal.sessions()[0].tsih;
    let mut new = Wire::new(&portal);
    new.send(
        {
            let mut bhs = new.login_request(1, Some(3)).encode();
            bhs.set_immediate(true);
            bhs
        },
        &text(WHOLE),
    );
    let Some(Event::LoggedIn(login)) = new.event() else { panic!() };
    assert_eq!(login.displaced, Some(old.connection.id()));
    assert_ne!(login.session.tsih, tsih);
    assert_eq!(portal.sessions(), [login.session]);
    old.connection.displaced(NOW);
    assert_eq!(old.closed(), CloseReason::Reinstated);
    drop(old);
    assert_eq!(portal.sessions().len(), 1, "the old connection does not take the new session with it");
    // Another ISID is another nexus.
    let mut other = Wire::new(&portal);
    let request = LoginRequest { isid: Isid([7; 6]), ..other.login_request(1, Some(3)) };
    other.login_with(request, &text(WHOLE));
    assert_eq!(portal.sessions().len(), 2);
}

#[test]
fn text_may_go_on_in_the_next_request() {
    let portal = portal(Limits::default());
    let mut wire = Wire::new(&portal);
    let text = text(&format!("{WHOLE}\nMaxBurstLength=4096"));
    let mut request = wire.login_request(1, None);
    request.flags.continues = true;
    for piece in [&text[..20], &text[20..21]] {
        let answer = wire.login_with(request, piece);
        assert_eq!((answer.login().flags.transit, answer.data.len()), (false, 0));
    }
    let answer = wire.login_with(wire.login_request(1, Some(3)), &text[21..]);
    assert!(answer.login().flags.transit);
    assert!(answer.pairs().contains(&"MaxBurstLength=4096".to_owned()));
    let mut wire = Wire::new(&crate::raw::portal(Limits { text_length: 100, ..Limits::default() }));
    let answer = wire.login_with(request, &[b'a'; 101]);
    assert_eq!(answer.login().status, LoginStatus::INITIATOR_ERROR);
}

/// RFC 7143, 6.2 and 11.13.2: 8192 bytes go into one PDU, and the initiator asks for the rest with empty requests.
#[test]
fn long_answers_go_on_in_the_next_response() {
    let portal = portal(Limits::default());
    let keys: String = (0..1000).map(|number| format!("X-a{number:03}=1\n")).collect();
    let mut wire = Wire::new(&portal);
    let mut all = text(&format!("{WHOLE}\n{keys}"));
    let last = all.split_off(all.len().min(8000));
    let mut request = wire.login_request(1, None);
    request.flags.continues = true;
    assert_eq!(wire.login_with(request, &all).data, b"");
    let mut answer = wire.login_with(wire.login_request(1, Some(3)), &last);
    let mut said = Vec::new();
    let mut pieces = 1;
    while answer.login().flags.continues {
        assert_eq!((answer.data.len(), answer.login().flags.transit), (8192, false));
        said.extend(answer.data);
        answer = wire.login_with(wire.login_request(1, Some(3)), &[]);
        pieces += 1;
    }
    assert!(answer.login().flags.transit && answer.login().tsih != 0);
    said.extend(answer.data);
    let said = Pdu { bhs: answer.bhs, data: said }.pairs();
    assert_eq!(said.iter().filter(|pair| pair.ends_with("=NotUnderstood")).count(), 1000);
    assert_eq!((pieces, said.len()), (said.join("=").len().div_ceil(8192), 1002));
    // Who speaks out of turn is refused, and so is who wants more said than there is room for.
    let mut wire = Wire::new(&portal);
    wire.login_with(request, &all);
    assert!(wire.login_with(wire.login_request(1, Some(3)), &last).login().flags.continues);
    assert_eq!(wire.login(1, Some(3), "X-b=1").login().status, LoginStatus::INITIATOR_ERROR);
    let mut wire = Wire::new(&crate::raw::portal(Limits { text_length: 10_000, ..Limits::default() }));
    wire.login_with(request, &all);
    let answer = wire.login_with(wire.login_request(1, Some(3)), &last);
    assert_eq!(answer.login().status, LoginStatus::INITIATOR_ERROR);
    // More than that in one PDU nobody may send before it is agreed on.
    let mut wire = Wire::new(&portal);
    let mut bhs = wire.login_request(1, Some(3)).encode();
    bhs.set_data_length(8193);
    wire.send_bytes(&bhs.0);
    assert_eq!(wire.closed(), CloseReason::Limit("data_segment_length"));
}

#[test]
fn security_may_be_skipped_where_there_is_nothing_to_prove() {
    let portal = portal(Limits::default());
    for (keys, answered) in
        [("AuthMethod=CHAP,None", "AuthMethod=None"), ("AuthMethod=None", "AuthMethod=None"), ("", "")]
    {
        let mut wire = Wire::new(&portal);
        let answer = wire.login(0, Some(1), &format!("{WHOLE}\n{keys}\nHeaderDigest=CRC32C"));
        assert_eq!(answer.login().flags.next, Stage::OPERATIONAL_NEGOTIATION);
        let mut pairs = answer.pairs();
        assert!(answered.is_empty() || pairs.iter().any(|pair| pair == answered), "{pairs:?}");
        assert!(pairs.iter().any(|pair| pair == "HeaderDigest=Reject"), "not in this stage: {pairs:?}");
        pairs.retain(|pair| pair.starts_with("MaxRecv"));
        assert_eq!(pairs.len(), 0, "operational keys come later");
        assert!(wire.login(1, Some(3), "").pairs()[0].starts_with("MaxRecvDataSegmentLength="));
    }
    let mut wire = Wire::new(&portal);
    assert_eq!(wire.login(0, Some(3), WHOLE).login().flags.next, Stage::FULL_FEATURE);
    let mut wire = Wire::new(&portal);
    let answer = wire.login(0, Some(1), &format!("{WHOLE}\nAuthMethod=CHAP"));
    assert_eq!(answer.login().status, LoginStatus::AUTHENTICATION_FAILURE);
}

/// A login up to the challenge; the wire, algorithm, identifier and challenge.
fn challenged(algorithms: &str) -> Result<(Wire, String, u8, Vec<u8>), LoginStatus> {
    let mut wire = Wire::new(&guarded());
    let answer = wire.login(0, Some(1), &format!("{WHOLE}\nAuthMethod=CHAP,None"));
    assert_eq!((answer.login().flags.transit, &answer.pairs()[0][..]), (false, "AuthMethod=CHAP"));
    let answer = wire.login(0, None, &format!("CHAP_A={algorithms}"));
    if !answer.login().status.is_success() {
        return Err(answer.login().status);
    }
    let value = |key: &str| {
        let pairs = answer.pairs();
        pairs.iter().find_map(|pair| pair.strip_prefix(key).map(str::to_owned)).unwrap()
    };
    let identifier = value("CHAP_I=").parse().unwrap();
    let challenge = binary(&value("CHAP_C=")).unwrap();
    Ok((wire, value("CHAP_A="), identifier, challenge))
}

#[test]
fn chap_with_each_algorithm_and_both_forms_of_numbers() {
    for (offered, chosen, algorithm) in [
        ("5", "5", Algorithm::Md5),
        ("6,5", "6", Algorithm::Sha1),
        ("8,7,5", "7", Algorithm::Sha256),
        ("5,6,7,8", "5", Algorithm::Md5),
    ] {
        let (mut wire, code, identifier, challenge) = challenged(offered).unwrap();
        assert_eq!((code.as_str(), challenge.len()), (chosen, algorithm.length()));
        let proof = algorithm.response(identifier, &credentials("", "initiator-secret").secret, &challenge);
        let own = [3; 16];
        let keys =
            format!("CHAP_N=user\nCHAP_R={}\nCHAP_I=200\nCHAP_C={}", binary_text(&proof), binary_text(&own));
        let answer = wire.login(0, Some(1), &keys);
        assert!(answer.login().flags.transit, "{:?}", answer.login());
        let proof = algorithm.response(200, &credentials("", "target-secret").secret, &own);
        assert!(answer.pairs().contains(&"CHAP_N=target".to_owned()));
        assert!(answer.pairs().contains(&format!("CHAP_R={}", binary_text(&proof))));
        assert!(wire.login(1, Some(3), "").login().flags.transit);
        assert_eq!(wire.connection.session().unwrap().initiator, name(INITIATOR));
    }
    for offered in ["8", "56", "", "x"] {
        assert_eq!(challenged(offered).err(), Some(LoginStatus::AUTHENTICATION_FAILURE), "{offered}");
    }
}

#[test]
fn chap_refuses_what_proves_nothing() {
    let secret = credentials("", "initiator-secret").secret;
    let cases: &[fn(&str, &str) -> String] = &[
        |_, _| String::new(),
        |proof, _| format!("CHAP_R={proof}"),
        |_, _| "CHAP_N=user".to_owned(),
        |proof, _| format!("CHAP_N=user2\nCHAP_R={proof}"),
        |proof, _| format!("CHAP_N=user\nCHAP_R={proof}00"),
        |proof, _| format!("CHAP_N=user\nCHAP_R={}", &proof[..proof.len() - 2]),
        |proof, _| format!("CHAP_N=user\nCHAP_R={}", &proof[2..]),
        |_, challenge| format!("CHAP_N=user\nCHAP_R={challenge}"),
        // Right, but our own question comes back, or half a question.
        |proof, challenge| format!("CHAP_N=user\nCHAP_R={proof}\nCHAP_I=1\nCHAP_C={challenge}"),
        |proof, _| format!("CHAP_N=user\nCHAP_R={proof}\nCHAP_I=1"),
        |proof, _| format!("CHAP_N=user\nCHAP_R={proof}\nCHAP_C=0x01"),
        |proof, _| format!("CHAP_N=user\nCHAP_R={proof}\nCHAP_I=256\nCHAP_C=0x01"),
        |proof, _| format!("CHAP_N=user\nCHAP_R={proof}\nCHAP_I=1\nCHAP_C={}", binary_text(&[1; 1025])),
    ];
    for case in cases {
        let (mut wire, _, identifier, challenge) = challenged("7").unwrap();
        let proof = Algorithm::Sha256.response(identifier, &secret, &challenge);
        let keys = case(&binary_text(&proof), &binary_text(&challenge));
        let answer = wire.login(0, Some(1), &keys);
        assert_eq!(answer.login().status, LoginStatus::AUTHENTICATION_FAILURE, "{keys}");
    }
    // Nobody gets around it.
    let mut wire = Wire::new(&guarded());
    assert_eq!(wire.login(0, Some(1), WHOLE).login().status, LoginStatus::AUTHENTICATION_FAILURE);
    let mut wire = Wire::new(&guarded());
    assert_eq!(
        wire.login(0, Some(3), &format!("{WHOLE}\nAuthMethod=None")).login().status,
        LoginStatus::AUTHENTICATION_FAILURE
    );
    let mut wire = Wire::new(&guarded());
    let answer = wire.login(0, Some(3), &format!("{WHOLE}\nAuthMethod=CHAP"));
    assert!(answer.login().status.is_success() && !answer.login().flags.transit);
    assert!(!format!("{:?}", wire.connection).contains("initiator-secret"));
}

#[test]
fn challenges_differ_and_logins_end_in_time() {
    let portal = guarded();
    let other = |seed: u8| {
        let connection = portal.accept(NOW, "a:1", [seed; 32]).unwrap();
        let mut wire = Wire { connection, ..Wire::new(&portal) };
        wire.login(0, Some(1), &format!("{WHOLE}\nAuthMethod=CHAP"));
        wire.login(0, None, "CHAP_A=7").data
    };
    assert_ne!(other(1), other(2));
    let mut wire = Wire::new(&portal);
    wire.send_bytes(&[0x43; 20]);
    let deadline = NOW + Limits::default().login_time;
    assert_eq!(wire.connection.next_deadline(), Some(deadline));
    wire.connection.handle_timeout(deadline - Duration::from_nanos(1));
    assert!(wire.event().is_none());
    wire.connection.handle_timeout(deadline);
    assert_eq!(wire.closed(), CloseReason::LoginTimeout);
    assert!(wire.event().is_none() && wire.connection.next_deadline().is_none());
}
