//! Finds buckets that cannot be reached as they are written, and backups of which some would lie in the place of others.

use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::blueprint::reference::Text;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::Model;
use crate::model::backup::{Bucket, BucketPlace};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::value::{Host, Name};

/// What is wrong with two that are known when compiling.
enum Shared {
    /// They are one folder of one bucket.
    Place,
    /// They are folders of one bucket, each with an age for what lies there.
    Rules,
}

impl Shared {
    fn of(one: &Bucket, other: &Bucket) -> Option<Self> {
        let (one_at, other_at) = (one.place.as_ref()?, other.place.as_ref()?);
        if one_at == other_at {
            return Some(Self::Place);
        }
        if (&one_at.endpoint, &one_at.bucket) != (&other_at.endpoint, &other_at.bucket) {
            return None;
        }
        (one.lifecycle.is_some() && other.lifecycle.is_some()).then_some(Self::Rules)
    }

    fn told(&self, both: &str, bucket: &Bucket) -> Diagnostic {
        let BucketPlace { bucket: name, folder, .. } = bucket.place.clone().unwrap_or_default();
        match self {
            Self::Place => {
                let within = match folder.as_str() {
                    "" => String::new(),
                    folder => format!(", folder `{folder}`"),
                };
                let message = format!("{both} are one place: the bucket `{name}`{within}");
                Diagnostic::error(Code::BucketTaken, message)
                    .help("give each another `bucket` or `prefix`; left out, `prefix` is the name of the environment")
            }
            Self::Rules => {
                let message =
                    format!("{both} are in the bucket `{name}`, and each has a `lifecycle`");
                Diagnostic::error(Code::BucketTaken, message)
                    .help("a bucket has one set of rules, and whoever applies one replaces the other: give each a `bucket` of its own")
            }
        }
    }
}

/// Two buckets that are the same one, within one environment.
pub(super) fn taken(view: &View<'_>, found: &mut Findings<'_>) {
    let buckets: Vec<_> = buckets(view.model).collect();
    for (at, (second, bucket)) in buckets.iter().enumerate() {
        for (first, other) in &buckets[..at] {
            let Some(shared) = Shared::of(other, bucket) else { continue };
            let key = |name: &Name| view.locator.value(&format!("/buckets/{name}/bucket"));
            let told = shared.told(&format!("`{first}` and `{second}`"), bucket);
            found.push(told.at(key(second), "").at(key(first), ""));
        }
    }
}

/// Two environments whose backups lie in one place: each would remove the other's, and restore what is not its own.
pub(super) fn taken_across(models: &[Model], written: &Written, diagnostics: &mut Diagnostics) {
    for (at, second) in models.iter().enumerate() {
        for first in &models[..at] {
            for (name, bucket) in buckets(second) {
                let mut theirs = buckets(first);
                let shared = |(other, its): (_, &Bucket)| Some((other, Shared::of(its, bucket)?));
                let Some((other_name, shared)) = theirs.find_map(shared) else { continue };
                let key = |model: &Model, name: &Name| {
                    let locator = Locator::new(written, Some(&model.environment.name));
                    locator.value(&format!("/buckets/{name}/bucket"))
                };
                let (one, other) = (&first.environment.name, &second.environment.name);
                let both = format!("the backups of `{one}` and `{other}`");
                let (here, there) = (key(second, name), key(first, other_name));
                let told = shared.told(&both, bucket).at(here, "");
                diagnostics.push(if here == there { told } else { told.at(there, "") });
            }
        }
    }
}

fn buckets(model: &Model) -> impl Iterator<Item = (&Name, &Bucket)> {
    model.backups.iter().flat_map(|backups| &backups.buckets)
}

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
