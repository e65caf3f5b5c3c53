//! The extensions of Wisp v2, draft 6, by which a client shows who it is.

use crate::extension::Extension;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

const PASSWORD: u8 = 0x02;
const KEY: u8 = 0x03;

/// Reasons to refuse a client.
const BAD_PASSWORD: u8 = 0xc0;
const BAD_SIGNATURE: u8 = 0xc1;

/// The bit of Ed25519 in a set of algorithms.
const ED25519: u8 = 1;

/// The answer is the length of the user's name, the name, and the password.
pub fn password(users: HashMap<String, String>) -> Extension {
    let is_known = move |answer: &[u8]| {
        let (&length, rest) = answer.split_first()?;
        let (user, password) = rest.split_at_checked(length.into())?;
        let known = users.get(std::str::from_utf8(user).ok()?)?;
        (known.as_bytes() == password).then_some(())
    };
    Extension::new(PASSWORD, vec![1], move |answer| is_known(answer).is_none().then_some(BAD_PASSWORD))
}

/// The answer is the algorithm, SHA-256 of the public key, and the signature of the challenge.
pub fn key(keys: Vec<[u8; 32]>) -> Extension {
    let mut challenge = [0; 64];
    getrandom::fill(&mut challenge).expect("random bytes");
    let is_signed = move |answer: &[u8]| {
        let (&algorithm, rest) = answer.split_first()?;
        let (hash, signature) = rest.split_at_checked(32)?;
        let key = keys.iter().find(|key| *Sha256::digest(key) == *hash)?;
        let signature = Signature::from_slice(signature).ok()?;
        VerifyingKey::from_bytes(key).ok()?.verify_strict(&challenge, &signature).ok()?;
        (algorithm == ED25519).then_some(())
    };
    let offer = [&[1, ED25519], &challenge[..]].concat();
    Extension::new(KEY, offer, move |answer| is_signed(answer).is_none().then_some(BAD_SIGNATURE))
}
