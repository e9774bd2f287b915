//! Describes objectives, everything decided: what is recorded, and how fast what may go wrong may be used up.

use serde::Serialize;

use crate::blueprint::monitoring::{AlertSeverity, Sample};
use crate::model::alert::Rule;
use crate::value::Name;

/// The series of what was good in the last five minutes.
pub const GOOD: &str = "service:slo_good:5m";
/// The series of all that was in the last five minutes.
pub const TOTAL: &str = "service:slo_total:5m";

/// What may be expected of a service in one respect.
#[derive(Debug, Clone, Serialize)]
pub struct Objective {
    /// The service.
    pub service: Name,
    /// The respect: `availability`, `errors` or `latency`.
    pub kind: &'static str,
    /// The share that may go wrong, in millionths.
    pub budget: u64,
    /// What is good, in `PromQL`.
    pub good: String,
    /// All of it, in `PromQL`.
    pub total: String,
    /// The alerts.
    pub alerts: Vec<BurnAlert>,
}

impl Objective {
    /// The group that its rules stand in.
    pub fn group(&self) -> String {
        format!("slo-{}-{}", self.service, self.kind)
    }

    /// What is recorded before the alerts read it, series by series: long windows over few series, rather than over all
    /// of them.
    pub fn records(&self) -> [(&'static str, String); 2] {
        let (good, total) = (&self.good, &self.total);
        // Where nothing is good, there may be no series of what is.
        [(GOOD, format!("({good})\nor\n0 * ({total})")), (TOTAL, total.clone())]
    }

    /// The labels of what is recorded.
    pub fn labels(&self) -> [(&'static str, String); 2] {
        [("service", self.service.to_string()), ("objective", self.kind.to_owned())]
    }
}

/// An alert on how fast the share that may go wrong is used up.
#[derive(Debug, Clone, Serialize)]
pub struct BurnAlert {
    /// The alert, with the samples under which it fires.
    pub rule: Rule,
    /// Samples under which it stays quiet, and what they show.
    pub quiet: Vec<(&'static str, Sample)>,
}

/// How fast is too fast, over which windows.
#[derive(Debug, Clone, Copy)]
pub struct BurnRate {
    /// What it is called at the end of an alert's name.
    pub name: &'static str,
    /// How many times as fast as would use up all of it in 30 days, in tenths.
    pub tenths: u64,
    /// The window that must show it, in minutes.
    pub long: u64,
    /// The window that shows that it still goes on, in minutes.
    pub short: u64,
    /// How much of it is gone when the long window is full of this.
    pub spent: &'static str,
    /// How bad that is.
    pub severity: AlertSeverity,
}

/// The windows for 30 days: Google, The Site Reliability Workbook, "Alerting on SLOs", 6: Multiwindow, Multi-Burn-Rate
/// Alerts.
pub const BURN_RATES: &[BurnRate] = &[
    BurnRate {
        name: "BurnsFast",
        tenths: 144,
        long: 60,
        short: 5,
        spent: "2%",
        severity: AlertSeverity::Critical,
    },
    BurnRate {
        name: "Burns",
        tenths: 60,
        long: 6 * 60,
        short: 30,
        spent: "5%",
        severity: AlertSeverity::Critical,
    },
    BurnRate {
        name: "BurnsSlowly",
        tenths: 10,
        long: 3 * 24 * 60,
        short: 6 * 60,
        spent: "10%",
        severity: AlertSeverity::Warning,
    },
];
