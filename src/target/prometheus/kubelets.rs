//! Turns what the kubelet of each node is asked into a job that finds the nodes by the Kubernetes API.

use crate::model::monitoring::KubeletJob;
use crate::target::prometheus::schema::{
    Authorization, Keep, KubernetesConfig, Relabel, ScrapeConfig, Tls,
};

/// Where a pod finds the token of its account (kubernetes.io, "Accessing the Kubernetes API from a Pod").
const TOKEN: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

pub(super) fn scrape(job: &KubeletJob) -> ScrapeConfig<'_> {
    ScrapeConfig {
        metrics_path: Some(job.path.as_str()),
        scheme: Some("https"),
        authorization: Some(Authorization { credentials_file: TOKEN }),
        // A kubelet makes its certificate itself unless the cluster is set up otherwise (kubernetes.io, "Certificate
        // Management with kubeadm"), so it is not checked
        // (prometheus-operator/kube-prometheus:manifests/kubernetesControlPlane-serviceMonitorKubelet.yaml).
        tls_config: Some(Tls { insecure_skip_verify: true }),
        // The address of a node is that of its kubelet (prometheus/prometheus:documentation/examples/
        // prometheus-kubernetes.yml).
        kubernetes_sd_configs: vec![KubernetesConfig { role: "node" }],
        relabel_configs: vec![
            Relabel::to("service", job.name.as_str()),
            Relabel::from("__meta_kubernetes_node_name", "node"),
        ],
        // A kubelet tells of every container of its node, of whatever system.
        metric_relabel_configs: vec![Keep {
            action: "keep",
            source_labels: vec!["namespace"],
            regex: job.namespaces.join("|"),
        }],
        ..ScrapeConfig::of(&job.name)
    }
}
