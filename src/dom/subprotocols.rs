//! The constructor's `protocols` (WHATWG WebSockets 3.1, constructor, "if any of the values in protocols ...").

use crate::protocol::internals::is_token;

/// Checks subprotocols.
///
/// # Errors
/// The message of the `SyntaxError`: one isn't a token, or is listed twice (compared case-insensitively).
pub fn check(protocols: &[String]) -> Result<(), String> {
    for (i, protocol) in protocols.iter().enumerate() {
        if !is_token(protocol) {
            return Err(format!("The subprotocol '{protocol}' is invalid."));
        }
        if protocols[..i].iter().any(|other| other.eq_ignore_ascii_case(protocol)) {
            return Err(format!("The subprotocol '{protocol}' is duplicated."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_all(protocols: &[&str]) -> bool {
        check(&protocols.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>()).is_ok()
    }

    #[test]
    fn each_must_be_a_token() {
        assert!(check_all(&["chat", "v1.chat", "!#$%&'*+-.^_`|~"]));
        for separator in "\t \"(),/:;<=>?@[\\]{}\u{0}\u{7f}é".chars() {
            assert!(!check_all(&[&format!("a{separator}b")]), "{separator:?}");
        }
        assert!(!check_all(&[""]));
    }

    #[test]
    fn none_is_listed_twice() {
        assert!(check_all(&["a", "b"]));
        assert!(!check_all(&["a", "b", "a"]));
        assert!(!check_all(&["chat", "CHAT"]));
    }
}
