//! Explains the codes of what runs together: order, networks, hosts, images, memory and backups.

pub(super) const DEPENDENCY_CYCLE: &str = "Services wait for each other in a circle, so that none of them can ever start. Decide which of them works \
    without the other for a while, and mark that need with a question mark: `needs: [\"db?\"]`. An optional need \
    that closes a circle is a connection without a start order.";

pub(super) const NEED_UNDER_PROFILE: &str = "A service that always runs needs one that runs only where a profile is on, so that it is started without what \
    it cannot do without. Mark the need as optional (`needs: [\"redis?\"]`), give both the same profile, or list \
    the profile under `profiles` of the environment.";

pub(super) const ROUTE_UNDER_PROFILE: &str = "A route leads to a service that runs only with a profile, and the profile is off in this environment: the \
    edge answers such requests with an error. Add the profile to the environment, or take the profile off the \
    service.";

pub(super) const PORT_TAKEN: &str = "One port of a host can be opened once for each address, and 0.0.0.0 stands for all of them: the second \
    container does not start. Environments that name no `host:` are taken to share one, so that their ports \
    must differ too: `shift_ports: 1` moves all of an environment but the edge's 80 and 443, which only another \
    `host:` can keep apart.";

pub(super) const SUBNET_OVERLAP: &str = "Two networks of one host have addresses in common, and the container engine refuses to create the second. \
    Leave `subnet` out, so that the engine chooses, or write ranges that do not overlap.";

pub(super) const ENVIRONMENT_CLASH: &str = "Two environments would be the same thing: they write the same file, because they have the same `short`, or \
    they are one Compose project on one host, so that starting one would replace the other.";

pub(super) const BUCKET_TAKEN: &str = "Backups of two environments, or copies that are two in name, would lie in one place. Each would remove what \
    is too old for it of the other's, and restore the other's data as its own; of two rules that a bucket removes \
    things by, only the one that was applied last holds. Give each a bucket or a folder of its own.";

pub(super) const RESERVED_NAMESPACE: &str = "Namespaces that start with `kube-` are the cluster's own, and `default` is where everything lands that names \
    none: the rules and policies of a system would hold for what is not part of it. Give the system a namespace \
    of its own.";

pub(super) const LOSSY_INGRESS: &str = "An Ingress knows hosts, paths and certificates. Headers, the size of requests, limits and the way from HTTP \
    to HTTPS are the controller's, each in a way of its own, so that a cluster would answer without what Docker \
    Compose has. The Gateway API says the headers and the redirect. Where an Ingress must be, set the rest in \
    the controller, and say so in a waiver.";

pub(super) const RETIRED_INTERFACE: &str = "Its makers have given it up: no fault in it is mended any more, those of its security among them, and later \
    versions of what it works with may not know it. Take what came in its place, or say in a waiver until when it \
    stays.";

pub(super) const PRIVATE_EXTERNAL: &str = "A network policy knows addresses and no names. For an external it opens the port to all public addresses and \
    to no private one, so that what lies in a private network would be out of reach. Name its network with \
    `cidr`, or write its address as `host`: then exactly that is opened.";

pub(super) const NO_SHARED_NETWORK: &str = "A service talks to another and shares no network with it, so that not even the other's name resolves. Put \
    both on one network; an `internal: true` network will do.";

pub(super) const UNNAMED_NETWORK: &str = "A service names no network where there are several, and none is named `main`: which of them it joins decides \
    whom it can talk to, and is not guessed. Name its networks, or declare `main`, which is joined by all that name \
    none. Where there is one network, all join it.";

pub(super) const NO_WAY_OUT: &str = "A service talks to an external and is only on networks with `internal: true`, which have no way out. Put it \
    on a network that is not internal as well.";

pub(super) const PUBLISH_ON_INTERNAL_NETWORK: &str = "A port is opened on the host for a service that is only on networks with `internal: true`. The container \
    engine accepts that and connects nothing. Put the service on a network that is not internal as well.";

pub(super) const IMAGE_LATEST: &str = "An image without a tag, or with the tag `latest`, means another program after the next pull: two machines \
    run different versions, and there is nothing to go back to. Write the exact tag. An error where the tier is \
    production, a warning elsewhere.";

pub(super) const MISSING_BUILD_INPUT: &str = "An image is built from a folder, or with a Dockerfile, that is not on this disk. Compiling needs neither, so \
    that a folder may lie in another repository; building the image needs both.";

pub(super) const UNNAMED_IMAGE: &str = "An image that is built has no name of its own, so that only the machine that built it has it. Docker Compose \
    runs it there; the nodes of a cluster pull their images from a registry. Write `image:` beside `build:`: the \
    image gets that name, and is pushed under it.";

pub(super) const IMPOSSIBLE_REPLICAS: &str = "There cannot be several of this service at once: two containers cannot listen on one port of the host, \
    several pods cannot mount a volume that belongs to one node, and a database does not become two by starting \
    it twice. A volume that several may mount needs `shared: true`, and a storage class that can do that.";

pub(super) const BLOCKING_DISRUPTION_BUDGET: &str = "With `max_unavailable: 0` no pod of the service may ever be moved, so that draining a node, and with it every \
    upgrade of a cluster, waits for ever.";

pub(super) const NOT_CERTIFIABLE: &str = "Let's Encrypt answers for names that the public can look up, one by one: it cannot see `localhost` or a name \
    within a private network, and a wildcard takes a challenge through DNS, which the edge does not do. Use `tls: \
    self-signed` or `tls: files` there.";

pub(super) const IMAGE_DIFFERS: &str = "A stack's Dockerfile is written once and its image built once, so that what has been tried in one environment \
    is what runs in the next. What differs between environments belongs into variables, which are read when the \
    container starts.";

pub(super) const MEMORY_TOO_SMALL: &str = "The container engine refuses a memory limit below 6 MiB, so that the service would never start.";

pub(super) const MEMORY_OVERRUN: &str = "Files in memory (`tmpfs`) count against the memory limit, and so does what a component sets aside at its \
    start, such as the cache of a database. Together they are as large as the limit: once they are full, the \
    program is killed. Raise the limit, or make them smaller.";

pub(super) const POOL_TOO_LARGE: &str = "A pool opens its connections in every process of every replica. Under load all services together open more \
    than the server takes, such as `max_connections` of PostgreSQL less those kept for the superuser, and whoever \
    comes last is refused. What counts is `pool` of each need, the processes of the stack, and the most replicas \
    that autoscaling makes. Raise the limit, make the pools smaller, or put a program such as PgBouncer between.";

pub(super) const HUGE_BODY: &str = "The edge would take a request of this size. One takes minutes to come in, is lost with the connection, and a \
    few of them fill the disk of whoever keeps them. Clients send large files in parts.";

pub(super) const OTHER_IMAGE: &str = "The image is not what the catalogue entry describes: another program, another version or another system \
    underneath. User, paths, health check and alerts are those of the entry, and may not fit; data that another \
    major version wrote may not be read. Change `uses`, or the image.";

pub(super) const HOST_PORT_TAKEN: &str = "The host's own administration listens on this port. Either the service does not start, or it takes the place \
    of what the host is reached by.";

pub(super) const SHARED_VOLUME_USERS: &str = "Two services write to one volume, and run as different users. A volume belongs to one user, so that the other \
    could not write, and would fail at the first file. Give both the same `user:`, mount the volume in one of \
    them with `read_only: true`, or give each its own.";

pub(super) const UNRESTORABLE_BACKUP: &str = "Something is backed up, and nothing could put it back. A component is dumped and restored by its own tools, which \
    its catalogue entry names under `backup`; a program of your own keeps what it keeps in a volume or a database, \
    and that is what is backed up. The data volume of a database is none of these: its files change while they are \
    copied.";

pub(super) const UNKNOWN_BUCKET: &str = "A backup is to be copied to a bucket that `buckets` does not describe, so that nobody knows where it is and by \
    which key it is reached.";

pub(super) const MISSED_OBJECTIVE: &str = "The recovery point objective (`rpo`) says how much may be lost, as time. What is written just after a backup has \
    begun is in the next one only, and until that has ended it can be lost: so the schedule's longest pause and the \
    time of a run (`run_time`) together may not be longer. Where a database hands over what it writes (`archive`), \
    what counts is how long that may wait, and a minute for the copy.";

pub(super) const CONTRADICTING_RETENTION: &str = "Two statements about how long backups are kept cannot both be meant: a weekly series that goes before the daily \
    one, a backup that is removed before the next is made, or a bucket whose lifecycle removes what a job still \
    counts on.";

pub(super) const UNWATCHED_BACKUP: &str = "Backups are made and metrics are read, and no alert tells when the newest backup is too old: one that has \
    stopped is found out when it is needed. The catalogue's pack `backups` has that alert, and comes by itself unless \
    `monitoring.packs` names others or `monitoring.alerts` leaves it out. An alert of your own on \
    `backup_last_success_timestamp_seconds` does as well.";

pub(super) const UNFIT_COMPONENT: &str = "A component reads a file that cannot be compiled for this system. An edge, what sends alerts and what shows \
    dashboards read what follows from `routes` and `monitoring`: without those they have nothing to do, and a \
    container would start on an empty folder. Add what the component serves, or remove it. What makes backups, what \
    gives volumes to their users, and exporters follow from what they serve, and are not to be named alone. In an entry of your own, \
    a template may ask for what is not there, or a mount may name what no `files` write.";

pub(super) const UNROUTED_ADDRESS: &str = "A component is told the address at which people reach it, and sends them there, as Keycloak does with whoever \
    logs in: that is its own default or what `with` says. No route of that host leads to it, so they would reach \
    nothing. Where another gateway stands in front, that is a reason for a waiver.";

pub(super) const IDLE_NEED: &str = "A site of files runs in browsers. What stands in its `needs` is reached by the container that hands the files \
    out, which asks nobody: a data store there is started earlier and can be reached by one more container, and no \
    page shows anything of it. A service that answers requests needs it, and has a route.";
