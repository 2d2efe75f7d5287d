//! Who is let in.

use crate::host::{Host, config};
use crate::rig::Rig;
use discrig_iscsi::chap::{Authentication, Credentials, Secret};
use discrig_iscsi::initiator::Config;

fn authentication(user: &str, secret: &str) -> Authentication {
    let secret = Secret::new(secret).unwrap();
    Authentication::new(Credentials { user: user.to_owned(), secret }, None).unwrap()
}

#[test]
fn only_those_who_know_the_secret_come_in() {
    let rig = Rig::with(Some(authentication("burner", "correct horse battery")), "");
    assert!(Host::login(rig.address, config(1)).is_none(), "without authentication");
    for (user, secret, is_welcome) in [
        ("burner", "correct horse batterz", false),
        ("burnet", "correct horse battery", false),
        ("burner", "correct horse battery", true),
    ] {
        let config = Config { authentication: Some(authentication(user, secret)), ..config(1) };
        assert_eq!(Host::login(rig.address, config).is_some(), is_welcome, "{user}, {secret}");
    }
}
