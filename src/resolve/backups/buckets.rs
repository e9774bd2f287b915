//! Turns a bucket into what is needed to reach it: its settings, its key, and the way there.

use crate::map::IndexMap;

use crate::blueprint::backup::Bucket as Written;
use crate::blueprint::reference::Text as Raw;
use crate::model::backup::{Bucket, BucketPlace};
use crate::model::{External, Text, naming};
use crate::resolve::backups::Builder;
use crate::resolve::scope::Found;
use crate::value::{Host, Name, VariableName};

impl Builder<'_, '_> {
    pub(super) fn bucket(&mut self, name: &Name, written: &Written) {
        let users: Vec<Name> = self.users(name);
        if users.is_empty() {
            return;
        }
        let prefix = Raw("${env.name}".to_owned());
        let none = Raw(String::new());
        let texts = [
            ("NAME", "bucket", &written.bucket),
            ("REGION", "region", &written.region),
            ("ENDPOINT", "endpoint", written.endpoint.as_ref().unwrap_or(&none)),
            ("PREFIX", "prefix", written.prefix.as_ref().unwrap_or(&prefix)),
        ];
        let mut known = IndexMap::default();
        for (suffix, key, raw) in texts {
            let at = format!("/buckets/{name}/{key}");
            let Some(text) = self.scope.text_at(raw, &at, self.diagnostics) else { continue };
            let variable = VariableName::known(naming::bucket_setting(name, suffix));
            for service in &users {
                self.give(service, &variable, &text, &Found::default());
            }
            known.insert(key, text);
        }
        self.keys(name, &users);
        self.way_out(name, &known, &users);
        let prefix = known.get("prefix").and_then(Text::as_literal).unwrap_or_default();
        let prefix = prefix.to_owned();
        let literal = |key| known.get(key).and_then(Text::as_literal).map(str::to_owned);
        let place = literal("endpoint").zip(literal("bucket")).zip(literal("prefix"));
        let place = place.map(|((endpoint, bucket), folder)| BucketPlace {
            endpoint,
            bucket,
            folder: folder.trim_matches('/').to_owned(),
        });
        let bucket = Bucket { lifecycle: written.lifecycle, prefix, place };
        self.backups.buckets.insert(name.clone(), bucket);
    }

    /// The services that copy something to a bucket.
    fn users(&self, bucket: &Name) -> Vec<Name> {
        let stores = self.backups.stores.values().filter(|store| store.to.contains(bucket));
        let mut users: Vec<Name> = Vec::new();
        for user in stores.flat_map(|store| self.workers(store.archive.as_ref())) {
            if !users.contains(&user) {
                users.push(user);
            }
        }
        users
    }

    /// The access key, as files.
    fn keys(&mut self, name: &Name, users: &[Name]) {
        for (suffix, parameter) in naming::BUCKET_KEYS {
            let raw = Raw(format!("${{self.{}.file}}", naming::bucket_parameter(name, parameter)));
            let place = self.scope.context.locator.key(&format!("/buckets/{name}"));
            let mut found = Found::default();
            match self.scope.resolve(&raw, Some(&self.backups.service.clone())) {
                Ok(resolved) => {
                    let text = found.take(resolved);
                    let variable = VariableName::known(naming::bucket_setting(name, suffix));
                    for service in users {
                        self.give(service, &variable, &text, &found);
                    }
                }
                Err(unresolved) => self.diagnostics.extend(unresolved.at(place)),
            }
        }
    }

    /// The way to the storage: its host where it is known when compiling, else its port at any address.
    fn way_out(&mut self, name: &Name, known: &IndexMap<&str, Text>, users: &[Name]) {
        let literal = |key: &str| known.get(key).and_then(Text::as_literal).unwrap_or_default();
        let external = match (literal("endpoint"), literal("region")) {
            ("", "") => None,
            // (docs.aws.amazon.com, "Amazon Simple Storage Service endpoints and quotas")
            ("", region) => host_of(&format!("https://s3.{region}.amazonaws.com")),
            (endpoint, _) => host_of(endpoint),
        };
        let label = Name::known(format!("backups-in-{name}"));
        for user in users {
            let Some(service) = self.services.get_mut(user) else { continue };
            match &external {
                Some(_) => service.egress.push(label.clone()),
                None if !service.reaches_out.contains(&443) => service.reaches_out.push(443),
                None => {}
            }
        }
        if let Some((host, port)) = external {
            let about = format!("keeps copies of backups ({name})");
            self.externals.insert(label, External { about, host, port, cidr: None });
        }
    }
}

/// Host and port of an address.
fn host_of(url: &str) -> Option<(Host, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, port) = Host::with_port(rest.split('/').next()?);
    let usual = if scheme == "http" { 80 } else { 443 };
    let port = match port {
        Some(port) => port.parse().ok()?,
        None => usual,
    };
    Host::parse(host).ok().map(|host| (host, port))
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn addresses_have_a_host_and_a_port() {
        let read = |url: &str| host_of(url).map(|(host, port)| format!("{host} {port}"));
        assert_eq!(read("https://s3.example.com").as_deref(), Some("s3.example.com 443"));
        assert_eq!(read("http://store:9000/x").as_deref(), Some("store 9000"));
        assert_eq!(read("store"), None);
    }
}
