//! CHAP: who knows a secret proves it without saying it (RFC 1994; RFC 7143, 12.1.3).

use core::fmt;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

/// A secret that two parties share. It is never shown.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// A secret that is not fit for use.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum SecretError {
    /// Too short or too long.
    #[error("a CHAP secret has {} to {} bytes", Secret::MIN, Secret::MAX)]
    Length,
    /// The secrets of the two directions are the same, so that one side's answer would serve the other.
    #[error("the two directions need different CHAP secrets")]
    Shared,
}

impl Secret {
    /// Fewest bytes: 96 bits, below which the standard forbids CHAP on an open network (RFC 7143, 9.2.1).
    pub const MIN: usize = 12;
    /// Most bytes.
    pub const MAX: usize = 255;

    /// Takes the bytes of a secret.
    ///
    /// # Errors
    /// [`SecretError::Length`] for fewer than [`Secret::MIN`] or more than [`Secret::MAX`].
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Secret, SecretError> {
        let bytes = bytes.into();
        if (Secret::MIN..=Secret::MAX).contains(&bytes.len()) {
            Ok(Secret(bytes))
        } else {
            Err(SecretError::Length)
        }
    }

    fn is(&self, other: &Secret) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A name and the secret that goes with it.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// CHAP_N.
    pub user: String,
    /// What proves it.
    pub secret: Secret,
}

/// What a login needs to prove: what the initiator proves to the target and, when it asks for it, the target to the initiator.
#[derive(Clone, Debug)]
pub struct Authentication {
    initiator: Credentials,
    target: Option<Credentials>,
}

impl Authentication {
    /// One-way authentication without `target`, mutual with it.
    ///
    /// # Errors
    /// [`SecretError::Shared`] when both have the same secret.
    pub fn new(initiator: Credentials, target: Option<Credentials>) -> Result<Authentication, SecretError> {
        if target.as_ref().is_some_and(|target| target.secret.is(&initiator.secret)) {
            return Err(SecretError::Shared);
        }
        Ok(Authentication { initiator, target })
    }

    /// What the initiator proves.
    #[must_use]
    pub const fn initiator(&self) -> &Credentials {
        &self.initiator
    }

    /// What the target proves, if it is asked to.
    #[must_use]
    pub const fn target(&self) -> Option<&Credentials> {
        self.target.as_ref()
    }
}

/// A digest algorithm by its number (CHAP_A).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Algorithm {
    /// 5.
    Md5,
    /// 6.
    Sha1,
    /// 7.
    Sha256,
}

impl Algorithm {
    /// All, the strongest first.
    pub const ALL: [Algorithm; 3] = [Algorithm::Sha256, Algorithm::Sha1, Algorithm::Md5];

    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Algorithm::Md5 => 5,
            Algorithm::Sha1 => 6,
            Algorithm::Sha256 => 7,
        }
    }

    /// The first of a list of numbers that is known, as the responder is to choose; `None` when none is.
    #[must_use]
    pub fn choose(list: &str) -> Option<Algorithm> {
        list.split(',').find_map(Algorithm::from_text)
    }

    /// Exactly one number.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Algorithm> {
        let code = super::text::value::number(text)?;
        Algorithm::ALL.into_iter().find(|algorithm| u32::from(algorithm.code()) == code)
    }

    /// Bytes of a response, and of the challenges that are made here.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Algorithm::Md5 => 16,
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 => 32,
        }
    }

    /// The proof: a digest of identifier, secret and challenge.
    #[must_use]
    pub fn response(self, identifier: u8, secret: &Secret, challenge: &[u8]) -> Vec<u8> {
        fn digest<D: Digest>(identifier: u8, secret: &[u8], challenge: &[u8]) -> Vec<u8> {
            D::new()
                .chain_update([identifier])
                .chain_update(secret)
                .chain_update(challenge)
                .finalize()
                .to_vec()
        }
        let digest = match self {
            Algorithm::Md5 => digest::<Md5>,
            Algorithm::Sha1 => digest::<Sha1>,
            Algorithm::Sha256 => digest::<Sha256>,
        };
        digest(identifier, &secret.0, challenge)
    }
}

/// A question that was asked.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// How it is to be answered.
    pub algorithm: Algorithm,
    /// CHAP_I.
    pub identifier: u8,
    /// CHAP_C.
    pub bytes: Vec<u8>,
}

impl Challenge {
    /// Longest challenge in bytes that is answered.
    pub const MAX: usize = 1024;

    /// Whether `name` and `response` prove `credentials`. Takes the same time wherever the difference is.
    #[must_use]
    pub fn is_met(&self, credentials: &Credentials, name: &str, response: &[u8]) -> bool {
        let expected = self.algorithm.response(self.identifier, &credentials.secret, &self.bytes);
        let same_name = credentials.user.as_bytes().ct_eq(name.as_bytes());
        (same_name & expected.ct_eq(response)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digests computed with `printf '\x01secretsecret\x02\x03' | md5sum` and its siblings.
    #[test]
    fn responses_are_digests_of_identifier_secret_challenge() {
        let secret = Secret::new("secretsecret").unwrap();
        for (algorithm, expected) in
            [(Algorithm::Md5, MD5), (Algorithm::Sha1, SHA1), (Algorithm::Sha256, SHA256)]
        {
            let response = algorithm.response(1, &secret, &[2, 3]);
            let text: String = response.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(text, expected);
            assert_eq!(response.len(), algorithm.length());
        }
    }

    const MD5: &str = "4e0fa60928ffa35cd05aed34a0fa6226";
    const SHA1: &str = "d6889a3828ac12331a7e46e189318dc342afb52f";
    const SHA256: &str = "545f42d6ad5ff908401ff3950e4579ffa71acd8e94f73b8774eddc0fa5c8471c";

    #[test]
    fn the_first_known_algorithm_is_chosen_and_digits_are_compared_whole() {
        assert_eq!(Algorithm::choose("8,7,5"), Some(Algorithm::Sha256));
        assert_eq!(Algorithm::choose("5,6,7,8"), Some(Algorithm::Md5));
        assert_eq!(Algorithm::choose("56"), None);
        assert_eq!(Algorithm::choose(""), None);
    }

    #[test]
    fn secrets_are_long_enough_differ_and_stay_hidden() {
        assert!(Secret::new("elevenbytes").is_err());
        assert!(Secret::new([0; 256]).is_err());
        let same = Credentials { user: "a".into(), secret: Secret::new("hunter2hunter2").unwrap() };
        assert_eq!(Authentication::new(same.clone(), Some(same.clone())).unwrap_err(), SecretError::Shared);
        let one_way = Authentication::new(same, None).unwrap();
        assert!(!format!("{one_way:?}").contains("hunter2"));
    }
}
