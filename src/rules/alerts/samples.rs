//! Finds samples of series that nothing exposes.

use crate::diagnostic::Diagnostics;
use crate::rules::alerts::{Alert, There};
use crate::rules::promql::Reads;

impl Alert<'_> {
    /// A test with series that are not there proves nothing of those that are.
    pub(super) fn series(&self, (exposed, sure): There<'_>, diagnostics: &mut Diagnostics) {
        let rule = self.rule;
        for (key, sample) in [("fires", &rule.fires), ("quiet", &rule.quiet)] {
            for series in sample.iter().filter(|_| sure).flat_map(|sample| sample.series.keys()) {
                // What is wrong with one that cannot be read is told already.
                let Ok(reading) = self.readings.read(series) else { continue };
                let mut reads = Reads {
                    what: &|| format!("a sample of the alert `{}`", rule.name),
                    so: "so that the test proves nothing",
                    place: &|| self.place_of(&[key, "series"]),
                    readings: self.readings,
                    exposed,
                    sure,
                    diagnostics,
                };
                reading.selectors.iter().for_each(|selector| reads.sample(selector));
            }
        }
    }
}
