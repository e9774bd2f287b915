//! Turns a burn rate into samples: just above it, just below it, over already, and only just begun.

use crate::map::IndexMap;

use crate::blueprint::monitoring::Sample;
use crate::catalog::objective::Events;
use crate::model::objective::BurnRate;
use crate::resolve::objectives::{Share, WHOLE};
use crate::value::Duration;

/// A window of days is not filled: what is not there counts for nothing, and a test should take no minutes.
const LONGEST: u64 = 2 * 60;
/// What is recorded looks back five minutes by itself.
const SMEARED: u64 = 6;

/// What the samples of an objective are made of.
pub(super) struct Shape<'a> {
    /// The series.
    pub(super) events: &'a Events,
    /// The job.
    pub(super) job: &'a str,
    /// The bound of the bucket, where there is one.
    pub(super) bound: Option<&'a str>,
}

/// The samples of one alert.
pub(super) struct Samples {
    /// Under these it fires.
    pub(super) fires: Sample,
    /// Under these it stays quiet, and what they show.
    pub(super) quiet: Vec<(&'static str, Sample)>,
}

/// So many minutes with that share of bad, in millionths; samples are a minute apart.
type Phase = (u64, u64);

impl Shape<'_> {
    /// Samples round the share beyond which an alert fires, in millionths.
    pub(super) fn samples(&self, limit: u64, rate: &BurnRate) -> Samples {
        let long = rate.long.min(LONGEST);
        let above = (limit * 12 / 10).max(limit + 1).min(WHOLE);
        let below = limit * 8 / 10;
        // Enough to fill the long window after the short one has gone by.
        let much = (limit * 10).min(WHOLE);
        let over = vec![(long, much), (rate.short + SMEARED, 0)];
        let begun = vec![(long, 0), (rate.short + SMEARED, above)];
        Samples {
            fires: self.sample(&[(long, above)]),
            quiet: vec![
                ("slower", self.sample(&[(long, below)])),
                ("over", self.sample(&over)),
                ("only begun", self.sample(&begun)),
            ],
        }
    }

    fn sample(&self, phases: &[Phase]) -> Sample {
        let mut series = IndexMap::default();
        match self.events {
            Events::State(name) => {
                series.insert(self.fill(name), state(phases));
            }
            Events::Counted { good, bad } => {
                for name in good.iter().chain(bad) {
                    let raised = |share: u64| {
                        let rises = |of: &Vec<String>| of.contains(name);
                        u64::from(rises(good)) * (WHOLE - share) + u64::from(rises(bad)) * share
                    };
                    // What has never happened exposes no counter.
                    if phases.iter().any(|(_, share)| raised(*share) > 0) {
                        series.insert(self.fill(name), counter(phases, raised));
                    }
                }
            }
        }
        let minutes: u64 = phases.iter().map(|(minutes, _)| minutes).sum();
        Sample { series, at: Duration::from_seconds(minutes * 60), labels: IndexMap::default() }
    }

    fn fill(&self, series: &str) -> String {
        let bound = self.bound.map_or_else(String::new, |bound| {
            if bound.contains('.') { bound.to_owned() } else { format!("{bound}.0") }
        });
        series.replace("$job", self.job).replace("$le", &bound)
    }
}

/// Values of a counter in promtool's notation; each stretch takes up where the last one ended.
fn counter(phases: &[Phase], raised: impl Fn(u64) -> u64) -> String {
    let mut value = 0;
    let mut stretches = vec!["0".to_owned()];
    for (minutes, share) in phases {
        let (step, count) = (raised(*share), *minutes);
        stretches.push(format!("{}+{step}x{}", value + step, count - 1));
        value += step * count;
    }
    stretches.join(" ")
}

/// Values of a gauge in promtool's notation.
fn state(phases: &[Phase]) -> String {
    let stretch = |(minutes, share): &Phase| format!("{}x{}", Share(WHOLE - share), minutes - 1);
    phases.iter().map(stretch).collect::<Vec<_>>().join(" ")
}
