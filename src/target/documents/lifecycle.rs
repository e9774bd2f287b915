//! Turns buckets with an age into the commands by which they remove by themselves what is older.

use serde::Serialize;

use crate::format::quote::shell;
use crate::model::backup::{Backups, Bucket};
use crate::model::naming;
use crate::target::documents::system::Place;
use crate::value::{Name, VariableName};

/// What a bucket is told once.
#[derive(Serialize)]
pub(super) struct Lifecycle<'a> {
    /// The bucket, as the blueprint names it.
    pub(super) bucket: &'a str,
    /// The environment whose backups lie in it.
    pub(super) environment: &'a str,
    /// The age, in words.
    pub(super) age: String,
    /// The file with the rules.
    pub(super) file: String,
    /// Applies it (docs.aws.amazon.com/cli, "put-bucket-lifecycle-configuration"; `--region` and `--endpoint-url` are
    /// among its global options).
    pub(super) command: String,
}

/// The buckets that remove by themselves what is old.
pub(super) fn lifecycles<'a>(place: &Place<'a>) -> Vec<Lifecycle<'a>> {
    let backups = place.model.backups.iter();
    backups
        .flat_map(|backups| {
            let buckets = backups.buckets.iter();
            buckets.filter_map(|(name, bucket)| lifecycle(place, backups, name, bucket))
        })
        .collect()
}

fn lifecycle<'a>(
    place: &Place<'a>,
    backups: &Backups,
    name: &'a Name,
    bucket: &Bucket,
) -> Option<Lifecycle<'a>> {
    let age = bucket.lifecycle?;
    let file = naming::lifecycle(&place.model.environment.name, name);
    let setting = |suffix: &str| {
        let variable = VariableName::known(naming::bucket_setting(name, suffix));
        let service = place.model.services.get(&backups.service)?;
        let text = service.environment.get(&variable)?;
        let quote = |text| shell::quote(text).into();
        let word = text.render(quote, |variable| format!("\"${{{variable}}}\""));
        (!word.is_empty() && word != "''").then_some(word)
    };
    let mut command = "aws s3api put-bucket-lifecycle-configuration".to_owned();
    for (option, suffix) in [("bucket", "NAME"), ("region", "REGION"), ("endpoint-url", "ENDPOINT")]
    {
        if let Some(word) = setting(suffix) {
            command.push_str(&format!(" --{option} {word}"));
        }
    }
    command.push_str(&format!(
        " --lifecycle-configuration {}",
        shell::quote(&format!("file://{file}"))
    ));
    Some(Lifecycle {
        bucket: name.as_str(),
        environment: place.name,
        age: age.words(),
        file,
        command,
    })
}
