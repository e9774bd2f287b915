//! Finds buckets that cannot be reached as they are written.

use crate::blueprint::reference::Text;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::value::Host;

/// A bucket, region or endpoint that is none. Left to the run, it would show when the first backup is copied, and the
/// host that policies let through would not be known.
pub(super) fn malformed(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, bucket) in &view.blueprint.buckets {
        let mut check = |key: &str, text: &Text, fits: fn(&str) -> bool, help: &str| {
            // What the operator fills in is not known here.
            if text.refers() || fits(&text.0) {
                return;
            }
            let place = view.locator.value(&format!("/buckets/{name}/{key}"));
            let message = format!("`{key}` cannot be `{}`", text.0);
            found.push(Diagnostic::error(Code::InvalidValue, message).at(place, "").help(help));
        };
        check(
            "bucket",
            &bucket.bucket,
            is_bucket,
            "3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends",
        );
        check("region", &bucket.region, is_region, "write it as the provider does: `eu-central-1`");
        if let Some(endpoint) = &bucket.endpoint {
            check("endpoint", endpoint, is_endpoint, "write an address: `https://s3.example.com`");
        }
    }
}

/// (docs.aws.amazon.com, "General purpose bucket naming rules")
fn is_bucket(text: &str) -> bool {
    let end = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    (3..=63).contains(&text.len())
        && text.chars().all(|letter| end(letter) || letter == '.' || letter == '-')
        && text.starts_with(end)
        && text.ends_with(end)
}

fn is_region(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
}

fn is_endpoint(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let address = rest.and_then(|rest| rest.split('/').next());
    address.is_some_and(|address| {
        let (host, port) = Host::with_port(address);
        Host::parse(host).is_ok() && port.is_none_or(|port| port.parse::<u16>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::{is_bucket, is_endpoint, is_region};

    #[test]
    fn names_and_addresses_are_what_storage_takes() {
        assert!(is_bucket("shop-backups.eu") && is_region("eu-central-1") && is_region("auto"));
        for wrong in ["", "a", "Shop", "a b", "-ab", "ab.", "$(id)"] {
            assert!(!is_bucket(wrong), "{wrong}");
        }
        assert!(!is_region("") && !is_region("eu'x"));
        assert!(is_endpoint("https://s3.example.com") && is_endpoint("http://store:9000/x"));
        assert!(!is_endpoint("s3.example.com") && !is_endpoint("https://a b"));
    }
}
