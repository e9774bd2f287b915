//! Finds alerts that nothing tests, and samples of series that nothing exposes.

use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::rules::alerts::Alert;
use crate::rules::alerts::exposed::Exposed;
use crate::rules::alerts::expression::{self, Selector};

impl Alert<'_, '_> {
    /// The catalogue's alerts have samples; the author's should.
    pub(super) fn samples(&mut self) {
        let rule = self.rule;
        let both = [("fires", &rule.fires), ("quiet", &rule.quiet)];
        let missing: Vec<&str> =
            both.iter().filter(|(_, sample)| sample.is_none()).map(|(key, _)| *key).collect();
        if !missing.is_empty() {
            let message = format!("nothing shows that the alert `{}` works", rule.name);
            self.diagnostics.push(
                Diagnostic::note(Code::UntestedAlert, message)
                    .at(self.name(), format!("has no samples under `{}`", missing.join("` and `")))
                    .help("write a few samples, and `promtool test rules` runs them"),
            );
        }
        for (key, sample) in both {
            for series in sample.iter().flat_map(|sample| sample.series.keys()) {
                // promtool says what is wrong with one that cannot be read.
                let Ok(reading) = expression::read(series) else { continue };
                for selector in &reading.selectors {
                    self.sample(key, selector);
                }
            }
        }
    }

    /// A test with series that are not there proves nothing of those that are.
    fn sample(&mut self, key: &str, selector: &Selector) {
        let Some(name) = selector.name.as_deref() else { return };
        if Exposed::is_of_alerts(name) {
            return;
        }
        let jobs: Vec<&str> = self.exposed.jobs().filter(|job| selector.fits("job", job)).collect();
        let place = self.place_of(&[key, "series"]);
        let alert = &self.rule.name;
        let Some(known) = self.exposed.labels(name, &jobs) else {
            let message = format!("a sample of the alert `{alert}` is of `{name}`");
            let why = match selector.asked_of("job") {
                Some(job) => format!("the job `{job}` does not expose it"),
                None => "nothing that runs here exposes it".to_owned(),
            };
            let found = Diagnostic::error(Code::UnknownMetric, message)
                .at(place, format!("{why}, so that the test proves nothing"));
            self.diagnostics.push(match suggest::nearest(name, self.exposed.series()) {
                Some(near) if near != name => found.help(format!("did you mean `{near}`?")),
                _ => found.help("write the series and the job that the condition reads"),
            });
            return;
        };
        for label in selector.labels().filter(|label| !known.contains(label)) {
            let message =
                format!("a sample of the alert `{alert}` gives `{name}` a label `{label}`");
            let known: Vec<&str> = known.iter().copied().collect();
            self.diagnostics.push(
                Diagnostic::warning(Code::UnknownLabel, message)
                    .at(place, "the real series has none of that name")
                    .help(format!("it has {}", known.join(", "))),
            );
        }
    }
}
