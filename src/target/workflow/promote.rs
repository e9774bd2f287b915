//! Turns images that were built and scanned into those that an environment runs: the same bytes under the tag that its files
//! name.

use crate::model::pipeline::Pipeline;
use crate::target::workflow::images::logins;
use crate::target::workflow::schema::{Job, Step};
use crate::target::workflow::variants::{Images, Variant};
use crate::target::workflow::{PUSHED, RUNNER, pairs, runs};
use crate::value::Name;

/// Where the digests are noted, by image, for the steps after.
pub(super) const DIGESTS: &str = "${RUNNER_TEMP}/images";

/// A copy by digest is the same image (docs.docker.com, "docker buildx imagetools create": of one source it makes a carbon
/// copy); that it is, is seen. The template `json` and `jq` are there because a plain `{{.Manifest.Digest}}` is not heeded by
/// every version of buildx (UnitVectorY-Labs/hellorest#77).
const PROMOTE: &str = r#"digest_of() {
  docker buildx imagetools inspect --format '{{json .Manifest.Digest}}' "$1" | jq --exit-status --raw-output .
}
set -o pipefail
: >"${RUNNER_TEMP}/images"
: >"${RUNNER_TEMP}/before"
while read -r scanned image; do
  digest=$(digest_of "${scanned}") || digest=''
  if [[ ${digest} != sha256:* ]]; then
    printf '::error::%s is not there\n' "${scanned}"
    exit 1
  fi
  before=$(digest_of "${image}" 2>/dev/null) || before=''
  if [[ ${before} == sha256:* && ${before} != "${digest}" ]]; then
    printf '%s\t%s\n' "${image}" "${before}" >>"${RUNNER_TEMP}/before"
  fi
  docker buildx imagetools create --prefer-index=false --tag "${image}" "${scanned%:*}@${digest}"
  promoted=$(digest_of "${image}")
  if [[ ${promoted} != "${digest}" ]]; then
    printf '::error::%s is %s, and what was scanned is %s\n' "${image}" "${promoted}" "${digest}"
    exit 1
  fi
  printf '%s\t%s\n' "${image}" "${digest}" >>"${RUNNER_TEMP}/images"
done <<<"${IMAGES}""#;

/// What was behind each tag, once more. The first deployment has nothing before it.
const PUT_BACK: &str = r#"while IFS=$'\t' read -r image digest; do
  docker buildx imagetools create --prefer-index=false --tag "${image}" "${image%:*}@${digest}"
  printf '%s is %s again\n' "${image}" "${digest}"
done <"${RUNNER_TEMP}/before""#;

/// The step that lets the tags of an environment name again what was verified there last, where a deployment did not end
/// well: whatever is started anew fetches its tag. `failure()` is about steps that failed; a job that is cancelled, by
/// somebody or by `timeout-minutes`, has `cancelled()` alone, and five minutes for what asks for it (docs.github.com,
/// "Evaluate expressions in workflows and actions", "Workflow syntax" and "Workflow cancellation reference").
pub(super) fn put_back(images: &Images<'_>, environment: &Name) -> Option<Step> {
    images.of_environment(environment).next()?;
    Some(Step {
        condition: format!("(failure() || cancelled()) && steps.{PROMOTED}.outcome != 'skipped'")
            .into(),
        ..runs("Let the tags name again what ran before", PUT_BACK)
    })
}

/// The step by which images get their tags, to others.
const PROMOTED: &str = "promote";

/// The steps that give an environment its images; none where nothing is built for it.
pub(super) fn steps(images: &Images<'_>, environment: &Name) -> Vec<Step> {
    let line = |(image, variant): (String, &Variant<'_>)| format!("{} {image}", variant.pushed());
    let lines: Vec<String> = images.of_environment(environment).map(line).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let mut steps = logins(images, "");
    steps.push(Step {
        id: PROMOTED.into(),
        env: pairs([("IMAGES", lines.join("\n"))]),
        ..runs("Promote the images that were scanned", PROMOTE)
    });
    steps
}

/// Gives images their names where the pipeline deploys nothing.
pub(super) fn publish(pipeline: &Pipeline, images: &Images<'_>) -> Job {
    Job {
        name: "Publish the images".into(),
        needs: vec!["scan".to_owned()],
        condition: PUSHED.into(),
        runs_on: RUNNER,
        timeout_minutes: 20,
        permissions: pairs([("packages", "write")]),
        steps: steps(images, &pipeline.of),
        ..Job::default()
    }
}
