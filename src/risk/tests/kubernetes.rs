//! What changes of kubernetes files do.

use super::*;

const DEPLOYMENT: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  selector: { matchLabels: { app: api } }
  template:
    spec:
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: api
          image: api:1
          readinessProbe: { tcpSocket: { port: 80 } }
          ports: [{ containerPort: 80 }]
          resources: { limits: { memory: 512Mi, cpu: 500m } }
          securityContext:
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities: { drop: [ALL] }
";
const STATEFUL_SET: &str = "
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  template: { spec: { containers: [{ name: db, image: 'postgres:16.1' }] } }
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { resources: { requests: { storage: 1Gi } } } }]
";

fn edit(file: &str, text: &str, from: &str, to: &str) -> Vec<(Effect, String, String)> {
    assert!(text.contains(from), "{from}");
    risks(&format!("kubernetes/production/{file}"), text, &text.replace(from, to))
}

#[test]
fn restarts() {
    let found = edit("api/deployment-api.yaml", DEPLOYMENT, "image: api:1", "image: api:2");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_says(&found, Effect::Restarts, "api", "`image`");
}

#[test]
fn recreates() {
    let deployment = |from, to| edit("api/deployment-api.yaml", DEPLOYMENT, from, to);
    assert_says(&deployment("app: api", "app: x"), Effect::Recreates, "api", "`selector`");
    let set = |from, to| edit("db/statefulset-db.yaml", STATEFUL_SET, from, to);
    assert_says(
        &set("serviceName: db", "serviceName: x"),
        Effect::Recreates,
        "db",
        "`serviceName`",
    );
    assert_says(&set("1Gi", "2Gi"), Effect::Recreates, "db", "`volumeClaimTemplates`");
    assert!(set("postgres:16.1", "postgres:16.2").iter().all(|(e, ..)| *e == Effect::Restarts));
    let service = "kind: Service\nmetadata: { name: db }\nspec: { clusterIP: None }\n";
    let found = edit("db/service-db.yaml", service, "clusterIP: None", "type: ClusterIP");
    assert_says(&found, Effect::Recreates, "db", "`clusterIP`");
    let job = "kind: Job\nmetadata: { name: m }\nspec: { template: { spec: { a: 1 } } }\n";
    assert_says(&edit("m/job-m.yaml", job, "a: 1", "a: 2"), Effect::Recreates, "m", "`template`");
    let claim = "kind: PersistentVolumeClaim\nmetadata: { name: c }\nspec: { storageClassName: a, resources: { requests: { storage: 2Gi } } }\n";
    let found = edit("c/persistentvolumeclaim-c.yaml", claim, "Name: a", "Name: b");
    assert_says(&found, Effect::Recreates, "c", "`storageClassName`");
    let found = edit("c/persistentvolumeclaim-c.yaml", claim, "2Gi", "1Gi");
    assert_says(&found, Effect::Recreates, "c", "cannot shrink");
}

#[test]
fn stops() {
    let set = [("kubernetes/production/db/statefulset-db.yaml", Some(STATEFUL_SET), None)];
    assert_says(&files(&set), Effect::Stops, "db", "not run");
    let deployment = [("kubernetes/production/api/deployment-api.yaml", Some(DEPLOYMENT), None)];
    assert_says(&files(&deployment), Effect::Stops, "api", "not run");
}

#[test]
fn loses_data() {
    let path = "kubernetes/production/db/statefulset-db.yaml";
    let found = files(&[(path, Some(STATEFUL_SET), None)]);
    assert_says(&found, Effect::LosesData, "db", "left behind");
    let found = edit("db/statefulset-db.yaml", STATEFUL_SET, "name: data", "name: files");
    assert_says(&found, Effect::LosesData, "db", "`data` is left behind");
    let found = edit("db/statefulset-db.yaml", STATEFUL_SET, "16.1", "17.0");
    assert_says(&found, Effect::LosesData, "db", "16 to 17");
    let claim = "kind: PersistentVolumeClaim\nmetadata: { name: uploads }\nspec: {}\n";
    let found = files(&[("kubernetes/production/api/pvc.yaml", Some(claim), None)]);
    assert_says(&found, Effect::LosesData, "api", "`uploads` is left behind");
    let deployment = "kind: Deployment\nmetadata: { name: api }\nspec: { template: { spec: { volumes: [{ name: a, persistentVolumeClaim: { claimName: uploads } }] } } }\n";
    let found = files(&[
        (
            "kubernetes/production/api/pvc.yaml",
            Some(claim),
            Some(&claim.replace("uploads", "files")),
        ),
        (
            "kubernetes/production/api/deployment-api.yaml",
            Some(deployment),
            Some(&deployment.replace("uploads", "files")),
        ),
    ]);
    let lost: Vec<&str> = found
        .iter()
        .filter(|(effect, ..)| *effect == Effect::LosesData)
        .map(|(.., says)| says.as_str())
        .collect();
    assert_eq!(lost, ["the claim `uploads` is left behind with what is in it"], "once");
    // An object that moves to another file is the same object.
    let moved = [
        ("kubernetes/production/db/a.yaml", Some(STATEFUL_SET), None),
        ("kubernetes/production/db/b.yaml", None, Some(STATEFUL_SET)),
    ];
    assert_eq!(files(&moved), []);
}

#[test]
fn exposes() {
    let service = "kind: Service\nmetadata: { name: api }\nspec: { type: ClusterIP, ports: [{ port: 80 }] }\n";
    for kind in ["NodePort", "LoadBalancer"] {
        let found = edit("api/service-api.yaml", service, "ClusterIP", kind);
        assert_says(&found, Effect::Exposes, "api", "port 80 is open");
    }
    let ingress = "kind: Ingress\nmetadata: { name: i }\nspec: { rules: [{ host: a.example, http: { paths: [{ path: /a }] } }] }\n";
    let found = edit("api/ingress-i.yaml", ingress, "{ path: /a }", "{ path: /a }, { path: /b }");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_says(&found, Effect::Exposes, "api", "`a.example/b`");
    let route = "kind: HTTPRoute\nmetadata: { name: r }\nspec: { hostnames: [a.example], rules: [{ matches: [{ path: { value: / } }], backendRefs: [{ name: api }] }] }\n";
    let found = edit("api/httproute-r.yaml", route, "[a.example]", "[a.example, b.example]");
    assert_says(&found, Effect::Exposes, "api", "`b.example/`");
    let found = edit(
        "api/deployment-api.yaml",
        DEPLOYMENT,
        "containerPort: 80",
        "containerPort: 80, hostPort: 80",
    );
    assert_says(&found, Effect::Exposes, "api", "port 80 of the node");
    let gateway = "kind: Gateway\nmetadata: { name: g }\nspec: { listeners: [{ port: 443, hostname: a.example }] }\n";
    let found = edit("_edge/gateway.yaml", gateway, "443", "8443");
    assert_says(&found, Effect::Exposes, "", "`a.example:8443`");
}

#[test]
fn loosens() {
    for (from, to, says) in [
        ("memory: 512Mi", "memory: 1Gi", "memory goes from 512Mi to 1Gi"),
        (", cpu: 500m", "", "no limit of processor time"),
        ("runAsNonRoot: true", "runAsNonRoot: false", "as root"),
        ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may be written"),
        ("Escalation: false", "Escalation: true", "gain privileges"),
        ("drop: [ALL]", "drop: [], add: [SYS_TIME]", "does not drop"),
        ("drop: [ALL]", "drop: [ALL], add: [SYS_TIME]", "gets the capability `SYS_TIME`"),
        ("RuntimeDefault", "Unconfined", "system calls"),
        ("automountServiceAccountToken: false", "hostPID: true", "`hostPID`"),
        ("automountServiceAccountToken: false", "a: 1", "token"),
        ("readinessProbe", "startupProbe", "no `readinessProbe`"),
        ("containers:", "volumes: [{ hostPath: { path: /etc } }]\n      containers:", "`/etc`"),
    ] {
        let found = edit("api/deployment-api.yaml", DEPLOYMENT, from, to);
        assert_says(&found, Effect::Loosens, "api", says);
    }
    let policy = "kind: NetworkPolicy\nmetadata: { name: p }\nspec: { policyTypes: [Ingress, Egress], ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 80 }] }] }\n";
    let path = "api/networkpolicy-p.yaml";
    let found = edit(path, policy, "port: 80", "port: 81");
    assert_says(&found, Effect::Loosens, "api", "port 81 from pods `web`");
    let found = edit(path, policy, "from", "fromx");
    assert_says(&found, Effect::Loosens, "api", "port 80 from everywhere");
    let found = edit(path, policy, ", Egress", "");
    assert_says(&found, Effect::Loosens, "api", "does not cover Egress");
    let found = files(&[("kubernetes/production/api/p.yaml", Some(policy), None)]);
    assert_says(&found, Effect::Loosens, "api", "`p` is gone");
    // Where every pod is closed by another policy, only a way through is gone.
    let closed = "kind: NetworkPolicy\nmetadata: { name: all }\nspec: { podSelector: {}, policyTypes: [Ingress, Egress] }\n";
    let all = "kubernetes/production/_namespace/all.yaml";
    let api = "kubernetes/production/api/p.yaml";
    assert_eq!(files(&[(api, Some(policy), None), (all, Some(closed), Some(closed))]), []);
    let half = closed.replace(", Egress", "");
    let found = files(&[(api, Some(policy), None), (all, Some(&half), Some(&half))]);
    assert_says(&found, Effect::Loosens, "api", "`p` is gone");
    let budget = "kind: PodDisruptionBudget\nmetadata: { name: b }\nspec: { maxUnavailable: 1 }\n";
    let found = edit("api/pdb.yaml", budget, "Unavailable: 1", "Unavailable: 2");
    assert_says(&found, Effect::Loosens, "api", "drain");
    let namespace = "kind: Namespace\nmetadata: { name: n, labels: { pod-security.kubernetes.io/enforce: restricted } }\n";
    let found = edit("_namespace/namespace.yaml", namespace, "restricted", "baseline");
    assert_says(&found, Effect::Loosens, "", "weaker standard");
}

const ROUTE: &str = "
kind: HTTPRoute
metadata: { name: r }
spec:
  hostnames: [a.example]
  rules:
    - matches: [{ path: { value: / } }]
      filters:
        - type: ResponseHeaderModifier
          responseHeaderModifier:
            set:
              - { name: Strict-Transport-Security, value: max-age=31536000 }
              - { name: X-Frame-Options, value: DENY }
              - { name: Content-Security-Policy, value: default-src https://a.example }
        - type: CORS
          cors: { allowOrigins: [https://a.example], allowMethods: [GET], allowCredentials: false }
";

#[test]
fn loosens_the_filters_of_routes() {
    let edit = |from: &str, to: &str| edit("api/httproute-r.yaml", ROUTE, from, to);
    for (from, to, says) in [
        ("max-age=31536000", "max-age=60", "holds for 60 seconds"),
        ("value: DENY", "value: SAMEORIGIN", "allows frames"),
        ("default-src https://a.example", "img-src https://a.example", "says nothing"),
        ("{ name: X-Frame-Options, value: DENY }", "{ name: X-A, value: a }", "is gone"),
        ("[https://a.example]", "[https://a.example, https://b.example]", "`https://b.example`"),
        ("[GET]", "[GET, DELETE]", "`DELETE`"),
        ("allowCredentials: false", "allowCredentials: true", "cookies"),
    ] {
        assert_says(&edit(from, to), Effect::Loosens, "api", says);
    }
    assert_eq!(edit("max-age=31536000", "max-age=63072000"), []);
    assert_eq!(edit("[GET]", "[]"), []);
}

const MIDDLEWARE: &str = "
kind: Middleware
metadata: { name: security-headers }
spec:
  headers:
    customResponseHeaders:
      Strict-Transport-Security: max-age=31536000; includeSubDomains
      X-Frame-Options: DENY
";

#[test]
fn loosens_the_headers_that_traefik_sets() {
    let path = "_namespace/middleware-security-headers.yaml";
    let edit = |from: &str, to: &str| edit(path, MIDDLEWARE, from, to);
    for (from, to, says) in [
        ("max-age=31536000", "max-age=60", "holds for 60 seconds"),
        ("; includeSubDomains", "", "leaves subdomains out"),
        ("DENY", "SAMEORIGIN", "allows frames"),
        ("DENY", "''", "`X-Frame-Options` is gone"),
        ("X-Frame-Options", "X-Other", "`X-Frame-Options` is gone"),
    ] {
        assert_says(&edit(from, to), Effect::Loosens, "", says);
    }
    assert_eq!(edit("max-age=31536000", "max-age=63072000"), []);
    let whole = format!("kubernetes/production/{path}");
    let gone = files(&[(&whole, Some(MIDDLEWARE), None)]);
    assert_says(&gone, Effect::Loosens, "", "`X-Frame-Options` is gone");
    let ingress = (
        "kubernetes/production/_edge/ingress.yaml",
        Some("kind: Ingress\nmetadata: { name: web }\n"),
        None,
    );
    assert_eq!(files(&[(&whole, Some(MIDDLEWARE), None), ingress]), [], "a route may say them now");
}

#[test]
fn a_workload_of_another_kind_goes_on() {
    let as_deployment = STATEFUL_SET.replace("StatefulSet", "Deployment");
    let old = "kubernetes/production/db/statefulset-db.yaml";
    let new = "kubernetes/production/db/deployment-db.yaml";
    let found = files(&[(old, Some(STATEFUL_SET), None), (new, None, Some(&as_deployment))]);
    assert_says(&found, Effect::Recreates, "db", "becomes a Deployment");
    assert_says(&found, Effect::LosesData, "db", "data in its claims is left behind");
    assert!(found.iter().all(|(effect, ..)| *effect != Effect::Stops), "{found:?}");
    let found = files(&[(old, Some(STATEFUL_SET), None)]);
    assert_says(&found, Effect::Stops, "db", "does not run any more");
}

#[test]
fn certificates_that_nobody_else_signs_loosen() {
    let issuer = "kind: Issuer\nmetadata: { name: self-signed }\nspec: { selfSigned: {} }\n";
    let at = "kubernetes/production/_namespace/issuer.yaml";
    let api = "kubernetes/production/api/deployment-api.yaml";
    let found = files(&[(api, Some(DEPLOYMENT), Some(DEPLOYMENT)), (at, None, Some(issuer))]);
    assert_says(&found, Effect::Loosens, "", "signed by nobody else");
    assert_eq!(files(&[(api, None, Some(DEPLOYMENT)), (at, None, Some(issuer))]), []);
}
