//! Explains the codes of metrics, alerts, dashboards and objectives.

pub(super) const UNKNOWN_PANEL: &str =
    "A dashboard asks for a panel of a service that the catalogue does not have for it.";

pub(super) const UNKNOWN_RECEIVER: &str = "`monitoring.routing` names somebody whom `monitoring.receivers` does not declare, so that nobody would be \
    told.";

pub(super) const INCOMPLETE_RECEIVER: &str = "Somebody shall be told of alerts, and what is written does not suffice for that: no way of telling, e-mail \
    without a mail server, or a key that is not a secret variable which the operator must set.";

pub(super) const UNMEASURED_OBJECTIVE: &str = "`slo` expects something of a service that is not measured: no component or stack of the catalogue says for it \
    what counts as good, nothing is scraped, metrics are not kept for as long as the objective looks back, or \
    all or nothing may go wrong. The alerts would never fire, or always.";

pub(super) const SAME_PROBE_PATH: &str = "One path decides both about restarts and about traffic. When it looks at a database or another service, an \
    outage there restarts this service too, which helps nobody. Let `live` answer for the process alone.";

pub(super) const INVALID_EXPRESSION: &str = "The condition of an alert is not PromQL, and Prometheus does not start with a rule file that it cannot read. \
    The reader's own words stand beside the condition; `$job` and `$threshold` are filled in before it is read.";

pub(super) const INVALID_TEMPLATE: &str = "The summary and the description of an alert are Go templates of Prometheus: `{{ $labels.job }}` is a label, \
    `{{ $value | humanizePercentage }}` the value. A function that does not exist, or an action that is not \
    closed, keeps Prometheus from starting.";

pub(super) const INVALID_SAMPLE: &str = "The samples under `fires` and `quiet` become unit tests of the alert, and promtool runs none of a file in which \
    it cannot read one. A series is a name with exact labels; its values stand 15 seconds apart: `1`, `1x9` for ten \
    of it, `0+5x9` for nine more that rise by 5, `9-1x9` for nine more that fall by 1, `_` and `_x9` for none, `stale` \
    for a series that has ended. `NaN` and `Inf` stand alone. Samples of native histograms are not known.";

pub(super) const UNKNOWN_METRIC: &str = "An alert on a metric that nothing exposes never fires, and nobody notices. Known are the series of the \
    catalogue's components and stacks that run here and are scraped, those that a service declares under \
    `metrics: { series: … }`, and what Prometheus adds itself, such as `up`. A histogram is read as `_bucket`, \
    `_sum` or `_count`.";

pub(super) const UNKNOWN_LABEL: &str = "An alert asks for a label that the series does not have: as a matcher it takes nothing, and to group by it \
    puts everything into one group. Every series has `job`, `instance` and `service` beside its own labels. \
    External labels, such as `environment`, are added when an alert leaves Prometheus, and are on no series within.";

pub(super) const UNKNOWN_JOB: &str = "An alert takes its series from a job that does not exist, so that it never fires. A job bears the name of the \
    service that is scraped: of a database it is its exporter's, such as `db-exporter`.";

pub(super) const HASTY_ALERT: &str = "Now and then a scrape fails, and nothing is wrong. An alert that does not wait for at least two scrapes fires \
    then, and is soon ignored. Say how long the condition must hold with `for`.";

pub(super) const SHORT_WINDOW: &str = "Functions such as `rate` need two samples in their window, and give nothing where a scrape has failed and the \
    window is short. A window of four scrape intervals or more loses one without harm.";

pub(super) const UNTESTED_ALERT: &str = "Samples under `fires` and `quiet` become unit tests: that the alert fires with the labels and texts that were \
    meant, and that it stays quiet when all is well. Without them a mistake shows only when the alert is missed.";

pub(super) const UNMATCHED_LABEL: &str = "An alert asks for a `service` or an `instance` that no scrape has, so that it never fires. `service` is the \
    service that the metrics tell of, for an exporter the one that it watches; `instance` is its host name and \
    port, as in `db-exporter:9187`.";

pub(super) const UNFIT_HEALTH_COMMAND: &str = "The words of a command are handed to the program as they are; no shell reads them. A pipe or `||` among them \
    is a word like any other, and text with blanks is no program, so that the check never succeeds. `true` or \
    `… || true` never fails. Ask the program itself, or call a shell: `[sh, -c, \"… | grep -q PONG\"]`.";
