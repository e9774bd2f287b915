//! Finds samples of series that nothing exposes.

use crate::rules::alerts::Alert;
use crate::rules::promql::Reads;
use crate::rules::promql::exposed::Exposed;

impl Alert<'_, '_> {
    /// A test with series that are not there proves nothing of those that are.
    pub(super) fn series(&mut self, exposed: &Exposed<'_>, sure: bool) {
        let rule = self.rule;
        for (key, sample) in [("fires", &rule.fires), ("quiet", &rule.quiet)] {
            for series in sample.iter().flat_map(|sample| sample.series.keys()) {
                // What is wrong with one that cannot be read is told already.
                let Ok(reading) = self.readings.read(series) else { continue };
                let place = self.place_of(&[key, "series"]);
                let mut reads = Reads {
                    what: format!("a sample of the alert `{}`", rule.name),
                    so: "so that the test proves nothing",
                    place,
                    readings: self.readings,
                    exposed,
                    sure,
                    diagnostics: self.diagnostics,
                };
                if sure {
                    reading.selectors.iter().for_each(|selector| reads.sample(selector));
                }
            }
        }
    }
}
