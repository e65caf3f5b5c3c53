//! Which certificates of servers are accepted (RFC 5280 6, RFC 9525), and how each refusal is reported and answered.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    NameConstraints, date_time_ymd,
};
use rustls::AlertDescription;
use rustls::pki_types::CertificateDer;
use websocket_wasm_tls::clock;
use websocket_wasm_tls::failure::Failure;

use crate::authority::{Authority, Identity, key};
use crate::client::{Client, NOW, Options};
use crate::site::{NAME, Site, server};
use crate::verdict::{accepted, changed, refused};

const EXPIRED: u32 = 1;
const NOT_YET_VALID: u32 = 2;
const UNKNOWN_ISSUER: u32 = 3;
const WRONG_PURPOSE: u32 = 5;
const BAD_SIGNATURE: u32 = 6;
const INVALID: u32 = 8;
const NAME_CONSTRAINT: u32 = 10;

/// RFC 5280 4.1.2.5.
#[test]
fn the_validity_includes_both_its_ends() {
    let (options, identity) = changed(|params| {
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2026, 12, 31);
    });
    let (not_before, not_after) = (1_767_225_600.0, 1_798_675_200.0);
    let at = |time| {
        let mut client = Client::new();
        clock::set(time);
        let mut pair = client.pair(&options, &server(&identity, |_| ()).into());
        pair.run();
        pair.client.failure().cloned()
    };
    assert_eq!(at(NOW), None);
    assert_eq!(at(not_before), None);
    assert_eq!(at(not_after), None);
    assert_eq!(at(not_before - 1.0), Some(Failure { code: NOT_YET_VALID, detail: "1767225600".into() }));
    assert_eq!(at(not_after + 1.0), Some(Failure { code: EXPIRED, detail: "1798675200".into() }));
}

#[test]
fn expired_and_not_yet_valid_have_alerts() {
    let (options, identity) = changed(|params| params.not_after = date_time_ymd(2025, 1, 1));
    refused(&options, &identity, EXPIRED, AlertDescription::CertificateExpired);
    let (options, identity) = changed(|params| params.not_before = date_time_ymd(2027, 1, 1));
    // RFC 8446 6.2: "has expired or is not currently valid".
    refused(&options, &identity, NOT_YET_VALID, AlertDescription::CertificateExpired);
}

#[test]
fn an_expired_intermediate_is_refused() {
    let site = Site::new();
    let intermediate = site.root.intermediate_with("Old", |params| params.not_after = date_time_ymd(2025, 1, 1));
    let failure = refused(&site.options(), &intermediate.issue(NAME), EXPIRED, AlertDescription::CertificateExpired);
    assert_eq!(failure.detail, "1735689600");
}

#[test]
fn without_a_clock_no_certificate_is_valid() {
    for time in [f64::NAN, -1.0, f64::INFINITY] {
        let site = Site::new();
        let mut client = Client::new();
        let mut pair = client.pair(&site.options(), &site.server());
        clock::set(time);
        assert_eq!(pair.refuse(), Failure { code: 23, detail: "the time isn't known".into() });
    }
}

#[test]
fn a_chain_ends_at_an_authority_of_the_options() {
    let site = Site::new();
    let intermediate = site.root.intermediate("Intermediate").intermediate("Lower intermediate");
    let mut identity = intermediate.issue(NAME);
    accepted(&site.options(), &identity);
    // RFC 8446 4.4.2: "for maximum compatibility, all implementations SHOULD be prepared to handle potentially extraneous
    // certificates and arbitrary orderings", but for the leaf.
    identity.chain[1..].reverse();
    identity.chain.push(site.root.certificate.clone());
    identity.chain.push(Authority::root("Unrelated").certificate);
    accepted(&site.options(), &identity);
    identity.chain.truncate(1);
    refused(&site.options(), &identity, UNKNOWN_ISSUER, AlertDescription::UnknownCA);
    // An intermediate may be an authority of the options.
    accepted(&Options::new(NAME).ca(&intermediate.certificate), &identity);
    // Several authorities may be given.
    let other = Authority::root("Other");
    accepted(&Options::new(NAME).ca(&other.certificate).ca(&intermediate.certificate), &identity);
    refused(&Options::new(NAME).ca(&other.certificate), &identity, UNKNOWN_ISSUER, AlertDescription::UnknownCA);
}

#[test]
fn self_signed_certificates_are_refused() {
    let site = Site::new();
    let key = key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let certificate = CertificateParams::new([NAME.to_owned()]).unwrap().self_signed(&key).unwrap().der().clone();
    let identity = Identity { chain: vec![certificate], key };
    refused(&site.options(), &identity, UNKNOWN_ISSUER, AlertDescription::UnknownCA);
}

/// An authority of the same name isn't that authority.
#[test]
fn an_issuer_is_known_by_its_key() {
    let site = Site::new();
    let impostor = Authority::root("Root").issue(NAME);
    refused(&site.options(), &impostor, BAD_SIGNATURE, AlertDescription::DecryptError);
}

#[test]
fn a_forged_signature_is_refused() {
    let site = Site::new();
    let mut identity = site.root.issue(NAME);
    let mut leaf = identity.chain[0].to_vec();
    *leaf.last_mut().unwrap() ^= 1;
    identity.chain[0] = CertificateDer::from(leaf);
    refused(&site.options(), &identity, BAD_SIGNATURE, AlertDescription::DecryptError);
}

/// RFC 5280 4.2.1.12.
#[test]
fn a_certificate_must_be_for_servers() {
    use ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
    let (options, identity) = changed(|params| params.extended_key_usages = vec![ClientAuth, ServerAuth]);
    accepted(&options, &identity);
    let (options, identity) = changed(|params| params.extended_key_usages.clear());
    accepted(&options, &identity);
    let (options, identity) = changed(|params| params.extended_key_usages = vec![ClientAuth]);
    refused(&options, &identity, WRONG_PURPOSE, AlertDescription::UnsupportedCertificate);
    let site = Site::new();
    let intermediate =
        site.root.intermediate_with("Of clients", |params| params.extended_key_usages = vec![ClientAuth]);
    refused(&site.options(), &intermediate.issue(NAME), WRONG_PURPOSE, AlertDescription::UnsupportedCertificate);
}

/// RFC 5280 4.2.1.9: "If the cA boolean is not asserted, then the certified public key MUST NOT be used to verify
/// certificate signatures."
#[test]
fn only_authorities_issue_certificates() {
    let site = Site::new();
    for is_ca in [IsCa::NoCa, IsCa::ExplicitNoCa] {
        let leaf = site.root.intermediate_with("No authority", |params| params.is_ca = is_ca);
        let failure = refused(&site.options(), &leaf.issue(NAME), INVALID, AlertDescription::BadCertificate);
        assert_eq!(failure.detail, "a certificate of a server issued it, not one of an authority");
    }
}

#[test]
fn the_certificate_of_an_authority_is_not_a_servers() {
    let (options, identity) = changed(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let failure = refused(&options, &identity, INVALID, AlertDescription::BadCertificate);
    assert_eq!(failure.detail, "it is the certificate of an authority, not of a server");
}

/// RFC 5280 4.2.1.9.
#[test]
fn the_length_of_a_path_may_be_constrained() {
    let site = Site::new();
    let last = site.root.intermediate_with("Last", |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
    accepted(&site.options(), &last.issue(NAME));
    let identity = last.intermediate("Beyond").issue(NAME);
    let failure = refused(&site.options(), &identity, INVALID, AlertDescription::BadCertificate);
    assert_eq!(failure.detail, "an authority may not issue authorities that deep");
}

/// RFC 5280 4.2: "A certificate-using system MUST reject the certificate if it encounters a critical extension it does not
/// recognize".
#[test]
fn an_unknown_critical_extension_is_refused() {
    let extension = |critical| {
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        extension.set_criticality(critical);
        extension
    };
    let (options, identity) = changed(|params| params.custom_extensions = vec![extension(false)]);
    accepted(&options, &identity);
    let (options, identity) = changed(|params| params.custom_extensions = vec![extension(true)]);
    let failure = refused(&options, &identity, INVALID, AlertDescription::BadCertificate);
    assert_eq!(failure.detail, "it has a critical extension that isn't supported");
}

/// RFC 5280 4.2.1.10: of an intermediate, and of an authority of the options.
#[test]
fn name_constraints_are_kept() {
    let constraints = |permitted: &[&str], excluded: &[&str]| {
        let [permitted_subtrees, excluded_subtrees] = [permitted, excluded]
            .map(|names| names.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned())).collect::<Vec<_>>());
        move |params: &mut CertificateParams| {
            params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees });
        }
    };
    let site = Site::new();
    for (permitted, excluded, is_accepted) in [
        (&["example"][..], &[][..], true),
        (&["server.example"], &[], true),
        (&["other.example"], &[], false),
        (&[], &["other.example"], true),
        (&[], &["server.example"], false),
        (&["example"], &["server.example"], false),
    ] {
        let intermediate = site.root.intermediate_with("Constrained", constraints(permitted, excluded));
        let root = Authority::root_with("Constrained root", constraints(permitted, excluded));
        for (options, identity) in
            [(site.options(), intermediate.issue(NAME)), (Options::new(NAME).ca(&root.certificate), root.issue(NAME))]
        {
            if is_accepted {
                accepted(&options, &identity);
            } else {
                refused(&options, &identity, NAME_CONSTRAINT, AlertDescription::BadCertificate);
            }
        }
    }
}

#[test]
fn what_is_no_certificate_is_refused() {
    let site = Site::new();
    for at in 0..2 {
        let mut identity = site.root.intermediate("Intermediate").issue(NAME);
        identity.chain[at] = CertificateDer::from(b"junk".to_vec());
        let failure = refused(&site.options(), &identity, INVALID, AlertDescription::BadCertificate);
        assert_eq!(failure.detail, "it can't be parsed");
    }
}
