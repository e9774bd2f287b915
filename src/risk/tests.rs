//! One test for each effect and kind of file.

use std::collections::BTreeMap;

use super::*;

/// What the change of one file says: effect, service, sentence.
fn risks(path: &str, old: &str, new: &str) -> Vec<(Effect, String, String)> {
    files(&[(path, Some(old), Some(new))])
}

fn files(sides: &[(&str, Option<&str>, Option<&str>)]) -> Vec<(Effect, String, String)> {
    let sides: Vec<Side<'_>> =
        sides.iter().map(|&(path, old, new)| Side { path, old, new }).collect();
    let shorts = BTreeMap::from([("prod".to_owned(), "production".to_owned())]);
    let found = assess(&sides, &shorts);
    assert!(found.iter().all(|risk| risk.environment == "production"), "{found:?}");
    found.into_iter().map(|risk| (risk.effect, risk.service, risk.says)).collect()
}

/// Asserts that the change has this effect on this service, and says so.
fn assert_says(found: &[(Effect, String, String)], effect: Effect, service: &str, says: &str) {
    let hit = found.iter().any(|(e, s, text)| *e == effect && s == service && text.contains(says));
    assert!(hit, "no {effect:?} of {service:?} that says {says:?} in {found:#?}");
}

mod compose {
    use super::*;

    const OLD: &str = "
name: shop
services:
  db:
    image: postgres:16.3
    user: '999:999'
    read_only: true
    cap_drop: [ALL]
    security_opt: ['no-new-privileges:true']
    ports: ['127.0.0.1:5432:5432']
    healthcheck: { test: [CMD, 'true'] }
    volumes: [{ type: volume, source: db-data, target: /data }]
    deploy: { resources: { limits: { memory: 512M, cpus: '0.5', pids: 100 } } }
    depends_on: { api: { condition: service_started } }
  api: { image: 'api:1' }
networks: { main: { driver: bridge, internal: true } }
volumes: { db-data: {} }
";

    fn edit(from: &str, to: &str) -> Vec<(Effect, String, String)> {
        assert!(OLD.contains(from));
        risks("docker-compose.prod.yml", OLD, &OLD.replace(from, to))
    }

    #[test]
    fn restarts() {
        let found = edit("image: postgres:16.3", "image: postgres:16.4");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_says(&found, Effect::Restarts, "db", "`image`");
        assert_eq!(edit("service_started", "service_healthy"), []);
        assert_eq!(edit("postgres:16.3", "postgres:16.3"), []);
    }

    #[test]
    fn recreates() {
        let found = edit("driver: bridge", "driver: overlay");
        assert_says(&found, Effect::Recreates, "", "`main` is made again");
    }

    #[test]
    fn stops() {
        assert_says(&edit("  api: { image: 'api:1' }\n", ""), Effect::Stops, "api", "not run");
    }

    #[test]
    fn loses_data() {
        assert_says(&edit("postgres:16.3", "postgres:17.0"), Effect::LosesData, "db", "16 to 17");
        let found = risks("docker-compose.prod.yml", OLD, &OLD.replace("db-data", "db-files"));
        assert_says(&found, Effect::LosesData, "db", "`db-data` is left behind");
        assert_says(&found, Effect::LosesData, "db", "`/data` is on `db-files`");
        assert_says(&edit("name: shop", "name: store"), Effect::LosesData, "", "`store`");
    }

    #[test]
    fn exposes() {
        assert_says(&edit("127.0.0.1:5432", "5432"), Effect::Exposes, "db", "`5432:5432`");
        let own = edit("127.0.0.1:5432", "127.0.0.1:5433");
        assert!(own.iter().all(|(effect, ..)| *effect != Effect::Exposes), "{own:?}");
        assert_says(&edit("internal: true", "internal: false"), Effect::Exposes, "", "way out");
        let found = edit("networks:", "  new: { image: 'x:1', ports: ['80:80'] }\nnetworks:");
        assert_says(&found, Effect::Exposes, "new", "`80:80`");
    }

    #[test]
    fn loosens() {
        for (from, to, says) in [
            ("memory: 512M", "memory: 1G", "memory goes from 512M to 1G"),
            ("pids: 100", "pids: 200", "processes"),
            (", pids: 100", "", "no limit of processes"),
            ("read_only: true", "read_only: false", "root file system"),
            ("[ALL]", "[]", "does not drop the capability `ALL`"),
            ("cap_drop", "cap_add: [NET_ADMIN]\n    cap_drop", "gets the capability `NET_ADMIN`"),
            ("'no-new-privileges:true'", "", "no-new-privileges"),
            ("'999:999'", "'0'", "runs as root"),
            ("user", "privileged: true\n    user", "privileged"),
            ("user", "pid: host\n    user", "host's `pid`"),
            ("    healthcheck: { test: [CMD, 'true'] }\n", "", "health"),
            ("[{ type", "[{ type: bind, source: /etc, target: /x }, { type", "host's `/etc`"),
        ] {
            assert_says(&edit(from, to), Effect::Loosens, "db", says);
        }
        let stricter = edit("memory: 512M", "memory: 256M");
        assert!(stricter.iter().all(|(effect, ..)| *effect != Effect::Loosens), "{stricter:?}");
    }

    #[test]
    fn where_nothing_ran_nothing_is_at_risk() {
        assert_eq!(files(&[("docker-compose.prod.yml", None, Some(OLD))]), []);
        assert_eq!(risks("docker-compose.prod.yml", "a: [", OLD), []);
    }
}

mod kubernetes {
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
        assert_says(
            &edit("m/job-m.yaml", job, "a: 1", "a: 2"),
            Effect::Recreates,
            "m",
            "`template`",
        );
        let claim = "kind: PersistentVolumeClaim\nmetadata: { name: c }\nspec: { storageClassName: a, resources: { requests: { storage: 2Gi } } }\n";
        let found = edit("c/persistentvolumeclaim-c.yaml", claim, "Name: a", "Name: b");
        assert_says(&found, Effect::Recreates, "c", "`storageClassName`");
        let found = edit("c/persistentvolumeclaim-c.yaml", claim, "2Gi", "1Gi");
        assert_says(&found, Effect::Recreates, "c", "cannot shrink");
    }

    #[test]
    fn loses_data_and_stops() {
        let path = "kubernetes/production/db/statefulset-db.yaml";
        let found = files(&[(path, Some(STATEFUL_SET), None)]);
        assert_says(&found, Effect::LosesData, "db", "left behind");
        assert_says(&found, Effect::Stops, "db", "not run");
        let found = edit("db/statefulset-db.yaml", STATEFUL_SET, "name: data", "name: files");
        assert_says(&found, Effect::LosesData, "db", "`data` is left behind");
        let found = edit("db/statefulset-db.yaml", STATEFUL_SET, "16.1", "17.0");
        assert_says(&found, Effect::LosesData, "db", "16 to 17");
        let claim = "kind: PersistentVolumeClaim\nmetadata: { name: uploads }\nspec: {}\n";
        let found = files(&[("kubernetes/production/api/pvc.yaml", Some(claim), None)]);
        assert_says(&found, Effect::LosesData, "api", "`uploads` is deleted");
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
        let found =
            edit("api/ingress-i.yaml", ingress, "{ path: /a }", "{ path: /a }, { path: /b }");
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
        let budget =
            "kind: PodDisruptionBudget\nmetadata: { name: b }\nspec: { maxUnavailable: 1 }\n";
        let found = edit("api/pdb.yaml", budget, "Unavailable: 1", "Unavailable: 2");
        assert_says(&found, Effect::Loosens, "api", "drain");
        let namespace = "kind: Namespace\nmetadata: { name: n, labels: { pod-security.kubernetes.io/enforce: restricted } }\n";
        let found = edit("_namespace/namespace.yaml", namespace, "restricted", "baseline");
        assert_says(&found, Effect::Loosens, "", "weaker standard");
    }
}

mod prometheus {
    use super::*;

    const RULES: &str = "
groups:
  - name: api
    rules:
      - { alert: Slow, expr: 'rate(x[5m]) > 0.5', for: 5m, labels: { severity: critical } }
      - { alert: Full, expr: 'free < 10', for: 5m, labels: { severity: warning } }
";

    fn edit(from: &str, to: &str) -> Vec<(Effect, String, String)> {
        assert!(RULES.contains(from));
        risks("prometheus/production/rules/api.yml", RULES, &RULES.replace(from, to))
    }

    #[test]
    fn loosens() {
        for (from, to, says) in [
            ("> 0.5", "> 0.9", "`Slow` fires at > 0.9 in place of 0.5"),
            ("< 10", "< 5", "`Full` fires at < 5 in place of 10"),
            ("alert: Full", "alert: Fuller", "`Full` is gone"),
            ("0.5', for: 5m", "0.5', for: 10m", "waits 10m in place of 5m"),
            ("critical", "info", "only `info`"),
            ("rate(x[5m])", "rate(y[5m])", "another condition"),
        ] {
            assert_says(&edit(from, to), Effect::Loosens, "", says);
        }
        assert_eq!(edit("> 0.5", "> 0.4"), []);
        assert_eq!(edit("< 10", "< 20"), []);
        assert_eq!(edit("warning", "critical"), []);
        let jobs = "scrape_configs: [{ job_name: api }, { job_name: db }]\n";
        let found = risks(
            "prometheus/production/prometheus.yml",
            jobs,
            &jobs.replace(", { job_name: db }", ""),
        );
        assert_says(&found, Effect::Loosens, "db", "not read any more");
    }
}

mod nginx {
    use super::*;

    const CONF: &str = r#"
http {
  limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;
  server {
    listen 443 ssl;
    server_name a.example;
    ssl_protocols TLSv1.2 TLSv1.3;
    client_max_body_size 10m;
    add_header X-Frame-Options "DENY; { not a block }" always;
    location / { limit_req zone=api burst=20; proxy_pass http://api:80; }
    location /status { allow 10.0.0.0/8; deny all; stub_status; }
  }
}
"#;

    fn edit(from: &str, to: &str) -> Vec<(Effect, String, String)> {
        assert!(CONF.contains(from), "{from}");
        risks("nginx/production/nginx.conf", CONF, &CONF.replace(from, to))
    }

    #[test]
    fn exposes() {
        let found = edit("location /status", "location /new { return 204; }\n location /status");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_says(&found, Effect::Exposes, "", "`/new` on `a.example` answers");
        let site = "server { server_name b.example; location / { return 204; } }";
        let found = files(&[
            ("nginx/production/nginx.conf", Some(CONF), Some(CONF)),
            ("nginx/production/sites/b.conf", None, Some(site)),
        ]);
        assert_says(&found, Effect::Exposes, "", "`b.example` answers");
    }

    #[test]
    fn loosens() {
        for (from, to, says) in [
            ("limit_req zone=api burst=20;", "", "`limit_req` is gone (`/` on `a.example`)"),
            ("burst=20", "burst=40", "burst of `api`"),
            ("rate=10r/s", "rate=20r/s", "rate of `api`"),
            ("TLSv1.2 TLSv1.3", "TLSv1.1 TLSv1.2 TLSv1.3", "`TLSv1.1` is accepted"),
            ("client_max_body_size 10m", "client_max_body_size 1g", "larger"),
            ("deny all;", "", "`deny` is gone"),
            ("allow 10.0.0.0/8", "allow 0.0.0.0/0", "lets in `0.0.0.0/0`"),
            ("add_header", "# add_header", "`X-Frame-Options` is gone"),
        ] {
            assert_says(&edit(from, to), Effect::Loosens, "", says);
        }
        assert_eq!(edit("rate=10r/s", "rate=60r/m"), []);
        assert_eq!(edit("TLSv1.2 TLSv1.3", "TLSv1.3"), []);
    }
}

mod dotenv {
    use super::*;

    #[test]
    fn needs_a_value() {
        let old = "# the key\nKEY=\nLEVEL='info'\n";
        let new = "# the key\nKEY=\nLEVEL='info'\nTOKEN=''\nSIZE='3'\n";
        let found = risks(".env.production.template", old, new);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_says(&found, Effect::NeedsValue, "", "`TOKEN` must be set");
        let found = risks(".env.production.template", old, &old.replace("'info'", ""));
        assert_says(&found, Effect::NeedsValue, "", "`LEVEL` must be set");
    }
}

#[test]
fn environments_are_told_apart_and_the_worst_comes_first() {
    let old = "name: a\nservices: { db: { image: 'postgres:16' }, api: { image: 'x:1' } }\n";
    let new = "name: b\nservices: { db: { image: 'postgres:16' } }\n";
    let side = |path| Side { path, old: Some(old), new: Some(new) };
    let found = assess(
        &[side("docker-compose.staging.yml"), side("docker-compose.live.yml"), side("README.md")],
        &BTreeMap::new(),
    );
    let all: Vec<_> = found.iter().map(|risk| (risk.environment.as_str(), risk.effect)).collect();
    assert_eq!(
        all,
        [
            ("live", Effect::LosesData),
            ("live", Effect::Stops),
            ("staging", Effect::LosesData),
            ("staging", Effect::Stops)
        ]
    );
}
