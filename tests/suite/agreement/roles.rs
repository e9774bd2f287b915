//! The table of roles: what of a system is other in a cluster than in Compose, with the reason of each row.

/// A form of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Compose,
    Kubernetes,
}

/// A service that stands in one form only.
pub(super) struct Alone {
    pub(super) form: Form,
    /// Its name; with `*` at its end, how it begins.
    pub(super) service: &'static str,
    /// How its image ends before the tag, so that no program of somebody's own is excused for its name.
    pub(super) image: &'static str,
    /// What must be there instead, or be the occasion.
    pub(super) since: &'static [Since],
    #[expect(dead_code, reason = "for who reads the table")]
    pub(super) reason: &'static str,
}

/// Something that must be so where a service stands alone.
#[derive(Debug)]
pub(super) enum Since {
    /// The cluster has an object of one of these kinds.
    Object(&'static [&'static str]),
    /// An object of the cluster bears an annotation that begins so.
    Annotation(&'static str),
    /// Every pod that claims a volume has the group that may write to it.
    Groups,
    /// A service of the other form has the same image.
    SameImage,
    /// This service stands alone likewise.
    Alone(&'static str),
}

/// Whoever terminates TLS in the cluster.
const EDGE: Since = Since::Object(&["HTTPRoute", "Ingress"]);

pub(super) const ALONE: &[Alone] = &[
    Alone {
        form: Form::Compose,
        service: "nginx",
        image: "library/nginx",
        since: &[EDGE],
        reason: "edge: the cluster's gateway or ingress controller stands in front",
    },
    Alone {
        form: Form::Compose,
        service: "nginx-exporter",
        image: "nginx/nginx-prometheus-exporter",
        since: &[Since::Alone("nginx")],
        reason: "it watches the edge, and the controller has metrics of its own",
    },
    Alone {
        form: Form::Compose,
        service: "certbot",
        image: "certbot/certbot",
        since: &[Since::Annotation("cert-manager.io/"), EDGE],
        reason: "certificates: cert-manager gets and renews them",
    },
    Alone {
        form: Form::Compose,
        service: "volume-owner",
        image: "library/busybox",
        since: &[Since::Groups],
        reason: "volumes: the pod's fsGroup gives them to their user",
    },
    Alone {
        form: Form::Compose,
        service: "backup",
        image: "",
        since: &[Since::Object(&["CronJob"]), Since::SameImage],
        reason: "backup: a service with a clock of its own, and in a cluster a CronJob for each schedule",
    },
    Alone {
        form: Form::Kubernetes,
        service: "backup-*",
        image: "",
        since: &[Since::Object(&["CronJob"]), Since::SameImage],
        reason: "likewise",
    },
    Alone {
        form: Form::Compose,
        service: "backup-exporter",
        image: "prom/node-exporter",
        since: &[Since::Alone("backup")],
        reason: "it tells of the files of that service; a cluster tells of its jobs by itself",
    },
    Alone {
        form: Form::Compose,
        service: "cadvisor",
        image: "google/cadvisor",
        since: &[],
        reason: "host agent: the kubelet of each node holds one already",
    },
    Alone {
        form: Form::Compose,
        service: "prometheus",
        image: "prom/prometheus",
        since: &[Since::Object(&["ServiceMonitor"]), Since::Object(&["PrometheusRule"])],
        reason: "metrics: the cluster's Prometheus Operator runs it where the blueprint says so",
    },
    Alone {
        form: Form::Compose,
        service: "alertmanager",
        image: "prom/alertmanager",
        since: &[Since::Object(&["AlertmanagerConfig"]), Since::Alone("prometheus")],
        reason: "alerts: likewise",
    },
    Alone {
        form: Form::Kubernetes,
        service: "kube-state-metrics",
        image: "kube-state-metrics/kube-state-metrics",
        since: &[],
        reason: "it tells of pods and workloads, and Compose has none",
    },
    Alone {
        form: Form::Kubernetes,
        service: "prometheus-adapter",
        image: "prometheus-adapter/prometheus-adapter",
        since: &[Since::Object(&["HorizontalPodAutoscaler"]), Since::Object(&["APIService"])],
        reason: "it gives metrics to the autoscaler, and Compose has none",
    },
];

/// A fact that is other in the two forms of a service.
pub(super) struct Other {
    /// How the image ends before the tag; empty for any.
    pub(super) image: &'static str,
    pub(super) fact: &'static str,
    /// Nothing when the fact is not there at all.
    pub(super) compose: Option<&'static str>,
    pub(super) kubernetes: Option<&'static str>,
    #[expect(dead_code, reason = "for who reads the table")]
    pub(super) reason: &'static str,
}

pub(super) const OTHER: &[Other] = &[
    Other {
        image: "prom/node-exporter",
        fact: "replicas",
        compose: Some("1"),
        kubernetes: Some("one on every node"),
        reason: "host agent: a machine is one host, a cluster has many",
    },
    Other {
        image: "",
        fact: "replicas",
        compose: Some("1"),
        kubernetes: Some("as many as the autoscaler says"),
        reason: "Compose has no autoscaler",
    },
    Other {
        image: "grafana/alloy",
        fact: "user",
        compose: Some("0:0"),
        kubernetes: Some("473:473"),
        reason: "Docker's log files belong to root; in a cluster it reads the logs from the API",
    },
    Other {
        image: "grafana/alloy",
        fact: "mount /var/lib/docker/containers",
        compose: Some("host, read"),
        kubernetes: None,
        reason: "likewise",
    },
    Other {
        image: "",
        fact: "mount /metrics",
        compose: Some("volume, written"),
        kubernetes: None,
        reason: "backup: a cluster tells of its jobs and pods by itself, and has no use for the exporter's folder",
    },
    Other {
        image: UNASKED,
        fact: "interval of health",
        compose: None,
        kubernetes: Some("15"),
        reason: "its image holds nothing that could ask; the kubelet asks from outside",
    },
    Other {
        image: UNASKED,
        fact: "retries of health",
        compose: None,
        kubernetes: Some("3"),
        reason: "its image holds nothing that could ask; the kubelet asks from outside",
    },
    Other {
        image: UNASKED,
        fact: "timeout of health",
        compose: None,
        kubernetes: Some("5"),
        reason: "its image holds nothing that could ask; the kubelet asks from outside",
    },
];

/// How the image ends whose health only a cluster asks for.
pub(super) const UNASKED: &str = "percona/mongodb_exporter";

/// Ports that only an image or a file that it reads names, by how the image ends.
pub(super) const INSIDE: &[(&str, &[u64])] = &[
    ("library/clickhouse", &[8123, 9363]),
    ("jaegertracing/jaeger", &[4317, 8888]),
    ("library/rabbitmq", &[15672, 15692]),
    (UNASKED, &[9216]),
];
