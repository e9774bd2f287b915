//! Explains the codes of names that are given twice, or to nothing.

pub(super) const UNKNOWN_REFERENCE: &str = "The reference names something that does not exist or is not offered. `formwork show` prints what every \
    service offers.";

pub(super) const UNKNOWN_SERVICE: &str =
    "A name under `needs` or `routes` is neither a service nor an external.";

pub(super) const UNKNOWN_VARIABLE: &str = "No variable, or no group of variables, has this name. Variables are declared under `variables`, in \
    groups; a service lists the groups that it may read.";

pub(super) const DUPLICATE_VARIABLE: &str =
    "One variable is declared in two groups, so that it could have two values.";

pub(super) const UNKNOWN_COMPONENT: &str = "`uses` or `stack` names something that the catalogue lacks. An entry of your own is one YAML file in a \
    folder `catalog` beside the blueprints; what exposes its metrics may stand in the same file, after `---`.";

pub(super) const UNKNOWN_VERSION: &str =
    "The catalogue knows the component, but not this version of it.";

pub(super) const NAME_TAKEN: &str = "One name stands for two things: a service and an external; two entries of the catalogue; a service and the job that reads a cluster's kubelets; or a component brings something along that has the \
    name of something else: an exporter that of another service, its volume (`db-data`, `certificates`) that of a \
    volume that a service mounts, or the variable of its secret (`DB_PASSWORD`) that of a variable under `variables`. \
    A reference would mean the other, or two programs would share data or a secret without anyone having said so. \
    Rename one; a secret that is meant is bound: `with: { password: \"${var.DB_PASSWORD}\" }`.";

pub(super) const NOTHING_TO_RUN: &str = "A service must say what it runs: a catalogue component (`uses`), an `image`, or a `build`. A system without any \
     service compiles, so that services can be added to it, and is warned of: nothing of it can be started.";

pub(super) const UNKNOWN_PORT: &str = "A port is published or scraped, and the service listens on none, on none of that name, or on others.";

pub(super) const ROUTE_WITHOUT_PORT: &str =
    "A route leads to a service that listens on no port, so that every request would fail.";

pub(super) const UNDECLARED_NEED: &str = "A service reads the address of another (`${db.url}`), but does not name it under `needs`. Start order, \
    networks and network policies follow from `needs` alone, so that the connection would be cut off where \
    policies are enforced.";

pub(super) const MOUNT_TAKEN: &str = "Two things would be mounted at one path of a container: volumes, memory, compiled files or secrets. Docker \
    refuses the container or hides one of the two, and Kubernetes refuses the pod. Mount one of them elsewhere.";

pub(super) const UNKNOWN_NETWORK: &str =
    "A service joins a network that is not declared under `networks`.";

pub(super) const UNKNOWN_PROFILE: &str = "An environment turns on a profile that no service has, so that something stays off which should run.";

pub(super) const UNUSED_DECLARATION: &str = "Something is declared and nothing uses it, in any environment. It may be left over, or the place that should \
    use it names something else.";

pub(super) const UNUSED_VARIABLE: &str = "No service, script or component of an environment reads the variable, so that it is not in that environment's \
    template: whoever fills one in is asked for nothing that has no effect. It may be left over; or a service \
    that lists its group runs only in other environments, which an override with `null` says.";

pub(super) const UNKNOWN_WAIVER: &str = "A waiver names no rule that can be waived. Those are `dangerous-capability`, `debug-in-production`, \
    `exposed-data-store`, `host-port-taken`, `image-latest`, `literal-secret`, `loosening-patch`, \
    `lossy-ingress`, `memory-overrun`, `no-rate-limit`, `other-image`, `pool-too-large`, `private-external`, `retired-interface`, `root-user`, \
    `secret-in-command`, `unchecked-certificate`, `unnamed-image`, `unwatched-backup` and `writable-root`, and the rules of scanners by their own ids, such as `CL-0019` or \
    `CKV_K8S_43`. What cannot work cannot be waived.";

pub(super) const UNUSED_WAIVER: &str = "A waiver covers nothing: the rule is kept everywhere. Remove it, so that a later breach does not pass unseen.";

pub(super) const VARIABLE_TAKEN: &str = "The stack or the component sets this variable itself, from what the blueprint says elsewhere: its port, a \
    parameter, a password. A second value would win in the container, while routes, health checks and other \
    services still follow the first.";

pub(super) const DUPLICATE_ROUTE: &str = "Two routes of one host differ only in a slash at their end. A path stands for itself and everything below it, \
    with or without the slash, so that both would answer the same requests, and nginx would not start.";

pub(super) const UNMET_NEED: &str = "A component cannot do without another, such as Keycloak without PostgreSQL, and the blueprint does not say which \
    service that is: it would ask for a host that nobody answers to. Name a service of that component under `needs`; \
    host, port, database, role and password follow from it. Where several are named, or where it runs elsewhere, set \
    the parameters under `with`.";
