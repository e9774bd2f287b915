//! Plays the part of the network: whether policies let through what the model says, and nothing else.

use serde_json::Value;

use super::{Manifests, all, list, selects, text, told};

/// Whether a peer of a policy in `namespace` means pods with those labels in `other`.
fn meets(peer: &Value, namespace: &Value, labels: &Value, other: &Value) -> bool {
    let there = match &peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] {
        Value::Null => namespace == other,
        named => named == other,
    };
    let pods = match &peer["podSelector"]["matchLabels"] {
        Value::Null => !peer["namespaceSelector"].is_null(),
        selector => selects(selector, labels),
    };
    peer["ipBlock"].is_null() && there && pods
}

fn allows(manifests: &Manifests, direction: &str, of: &Value, other: &Value, port: u64) -> bool {
    let (peers, rules) =
        if direction == "Ingress" { ("from", "ingress") } else { ("to", "egress") };
    let labels = &of["spec"]["template"]["metadata"]["labels"];
    let namespace = &of["metadata"]["namespace"];
    manifests
        .of_kind("NetworkPolicy")
        .filter(|policy| {
            policy["metadata"]["namespace"] == *namespace
                && policy["spec"]["podSelector"]["matchLabels"]
                    .as_object()
                    .is_some_and(|_| selects(&policy["spec"]["podSelector"]["matchLabels"], labels))
        })
        .flat_map(|policy| list(&policy["spec"][rules]))
        .any(|rule| {
            let opened = list(&rule["ports"]).iter().any(|one| one["port"] == port);
            let labels = &other["spec"]["template"]["metadata"]["labels"];
            let there = &other["metadata"]["namespace"];
            opened && list(&rule[peers]).iter().any(|peer| meets(peer, namespace, labels, there))
        })
}

#[test]
fn policies_let_every_flow_through_in_both_directions_and_no_other() {
    for manifests in all() {
        let model = manifests.model();
        let mut flows = 0;
        for from in manifests.workloads() {
            let service = &model.services[text(&from["metadata"]["name"])];
            for to in manifests.workloads().filter(|to| !std::ptr::eq(*to, from)) {
                let other = &model.services[text(&to["metadata"]["name"])];
                for port in other.ports.values() {
                    let expected = service
                        .flows
                        .iter()
                        .any(|flow| flow.to == other.name && flow.port == *port);
                    let port = u64::from(*port);
                    let out = allows(manifests, "Egress", from, to, port);
                    let into = allows(manifests, "Ingress", to, from, port);
                    let who = format!("{} to {} on {port}", told(from), told(to));
                    assert_eq!((out, into), (expected, expected), "{who}");
                    flows += usize::from(expected);
                }
            }
        }
        assert!(flows > 0);
    }
}

#[test]
fn every_pod_has_a_policy_of_its_own_with_names_and_a_default_that_denies() {
    for manifests in all() {
        for workload in manifests.workloads() {
            let policy = manifests.object("NetworkPolicy", text(&workload["metadata"]["name"]));
            assert_eq!(policy["spec"]["policyTypes"], serde_json::json!(["Ingress", "Egress"]));
            let dns = &policy["spec"]["egress"][0];
            let ports: Vec<_> = list(&dns["ports"])
                .iter()
                .map(|port| (&port["port"], text(&port["protocol"])))
                .collect();
            assert_eq!(ports, [(&53.into(), "UDP"), (&53.into(), "TCP")], "{}", told(workload));
        }
        for namespace in manifests.of_kind("Namespace") {
            let name = &namespace["metadata"]["name"];
            let deny = manifests.of_kind("NetworkPolicy").find(|policy| {
                policy["metadata"]["namespace"] == *name
                    && policy["spec"]["podSelector"]
                        .as_object()
                        .is_some_and(serde_json::Map::is_empty)
            });
            let deny = deny.unwrap_or_else(|| panic!("nothing is denied in {name}"));
            assert!(deny["spec"]["ingress"].is_null() && deny["spec"]["egress"].is_null());
        }
    }
}

#[test]
fn an_external_is_reached_on_its_port_and_no_private_address_with_it() {
    let manifests = Manifests::shop();
    let open = |name: &str| -> Vec<&Value> {
        let policy = manifests.object("NetworkPolicy", name);
        let rules = list(&policy["spec"]["egress"]).iter();
        rules.filter(|rule| !rule["to"][0]["ipBlock"].is_null()).collect()
    };
    let [rule] = open("api")[..] else { panic!("one way out") };
    assert_eq!(rule["ports"], serde_json::json!([{ "port": 8443, "protocol": "TCP" }]));
    let excluded = list(&rule["to"][0]["ipBlock"]["except"]);
    for private in ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"] {
        assert!(excluded.iter().any(|range| range == private), "{private}");
    }
    assert!(open("web").is_empty() && open("db").is_empty());
}

/// What is known to be at one address, or in one network, is all that is opened.
#[test]
fn an_external_with_an_address_or_a_network_opens_that_alone() {
    let tree = crate::compiled::tree(
        "blueprint: v1\nname: shop\nservices:\n  api:\n    image: \"ghcr.io/example/api:1.4.2\"\n    \
         needs: [mail, erp, six]\n    environment: { MAIL: \"${mail.url}\", SIX: \"${six.url}\", HOST: \"${six.host}\" }\n\
         external:\n  mail: 10.0.0.5:587\n  erp: { host: erp.internal, cidr: 10.20.0.0/16 }\n  six: \"[fd00::7]:8443\"\n",
    );
    let policy = crate::compiled::yaml(&tree, "kubernetes/production/api/networkpolicy-api.yaml");
    let opened: Vec<(&str, u64)> = list(&policy["spec"]["egress"])[1..]
        .iter()
        .map(|rule| {
            let [peer] = list(&rule["to"]) else { panic!("{rule}") };
            assert!(peer["ipBlock"]["except"].is_null(), "{peer}");
            (text(&peer["ipBlock"]["cidr"]), rule["ports"][0]["port"].as_u64().expect("a port"))
        })
        .collect();
    assert_eq!(opened, [("10.20.0.0/16", 443), ("10.0.0.5/32", 587), ("fd00::7/128", 8443)]);
    let compose = crate::compiled::yaml(&tree, "docker-compose.production.yml");
    let environment = &compose["services"]["api"]["environment"];
    assert_eq!(environment["MAIL"], "https://10.0.0.5:587");
    assert_eq!(environment["SIX"], "https://[fd00::7]:8443");
    assert_eq!(environment["HOST"], "fd00::7");
}

#[test]
fn only_routed_services_admit_the_controller() {
    for (environment, controller) in
        [("production", "envoy-gateway-system"), ("staging", "traefik")]
    {
        let manifests = Manifests::of(super::SHOP, environment);
        let admits = |name: &str, port: u64| {
            let policy = manifests.object("NetworkPolicy", name);
            list(&policy["spec"]["ingress"]).iter().any(|rule| {
                let labels = &rule["from"][0]["namespaceSelector"]["matchLabels"];
                labels["kubernetes.io/metadata.name"] == controller
                    && list(&rule["ports"]).iter().any(|one| one["port"] == port)
            })
        };
        assert!(admits("web", 3000) && admits("api", 8000));
        assert!(!admits("api", 9000) && !admits("db", 5432));
    }
    let manifests = Manifests::shop();
    let solver = &manifests.object("NetworkPolicy", "acme-solver")["spec"];
    assert_eq!(solver["ingress"][0]["ports"][0]["port"], 8089);
}
