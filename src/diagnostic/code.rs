//! Names every diagnostic, and explains each in a paragraph for `formwork explain`.

use std::fmt;

/// Declares the codes: variant, kebab-case id, explanation.
macro_rules! codes {
    ($($variant:ident $id:literal $text:literal;)+) => {
        /// The name of a diagnostic: stable, kebab case, taken by `formwork explain`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "each variant's text is its explanation")]
        pub enum Code { $($variant),+ }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name as it is written.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// What it means, why it is refused and what to do, in a paragraph.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

codes! {
    UnreadableFile "unreadable-file"
        "The file could not be read: it does not exist, is a directory, or its permissions forbid it.";
    NotUtf8 "not-utf8"
        "Blueprints are UTF-8 text. The message names the first byte that is not. Convert the file, for \
         instance with `iconv -f latin1 -t utf-8`.";
    TooLarge "too-large"
        "The file is larger, nested deeper or expands to more nodes than any real blueprint. Formwork stops \
         before it uses up memory. Split a large blueprint with `include`, and write anchors out.";
    EmptyFile "empty-file"
        "The file holds nothing but blanks or comments. `formwork init` writes a working blueprint.";
    SyntaxError "syntax-error"
        "The text is not YAML. The usual reasons are a tab in the indentation, a missing quote or bracket, \
         and an unquoted value that starts with `{`, `[`, `*`, `&`, `%` or `@`. A reference inside a flow \
         mapping must be quoted: `{ url: \"${db.url}\" }`.";
    DuplicateKey "duplicate-key"
        "A mapping names the same key twice. Most YAML readers keep the last one in silence, so that half of \
         what is written has no effect. Formwork refuses it; remove or rename one of the two.";
    UnknownKey "unknown-key"
        "The language has no such key at this place. Keys of your own may be kept under names that start \
         with `x-`; Formwork passes over them.";
    MissingKey "missing-key"
        "A key that has no default is not there.";
    WrongType "wrong-type"
        "The value is of another kind than the key takes: text where a number stands, a list where a mapping \
         stands. YAML reads `1.20` as a number and `yes` as text; put quotes round a value that must stay text.";
    InvalidValue "invalid-value"
        "The value is of the right kind but not one that the key takes.";
    InvalidReference "invalid-reference"
        "A reference is written `${owner.key}`, such as `${db.url}`, `${env.domain}` or `${var.NAME}`. A literal \
         `${` is written `$${`; a lone `$` stands for itself.";
    UnknownReference "unknown-reference"
        "The reference names something that does not exist or is not offered. `formwork show` prints what every \
         service offers.";
    RunTimeReference "run-time-reference"
        "The value must be known when compiling, because it decides what is written: a port, an amount, a host \
         name. A variable that the operator sets is known at run time only. Write the value, or give the \
         variable a `fixed` one.";
    UnknownService "unknown-service"
        "A name under `needs` or `routes` is neither a service nor an external.";
    UnknownVariable "unknown-variable"
        "No variable, or no group of variables, has this name. Variables are declared under `variables`, in \
         groups; a service lists the groups that it may read.";
    DuplicateVariable "duplicate-variable"
        "One variable is declared in two groups, so that it could have two values.";
    SecretWithDefault "secret-with-default"
        "A secret that stands in the blueprint or in a template is known to everyone who can read the repository.";
    UnknownComponent "unknown-component"
        "`uses` or `stack` names something that the catalogue lacks. An entry of your own is one YAML file in a \
         folder `catalog` beside the blueprints.";
    UnknownVersion "unknown-version"
        "The catalogue knows the component, but not this version of it.";
    NameTaken "name-taken"
        "A component brings something along that has the name of something else: an exporter that of another service, \
         its volume (`db-data`, `certificates`) that of a volume that a service mounts, or the variable of its secret \
         (`DB_PASSWORD`) that of a variable under `variables`. Two programs would share data or a secret without \
         anyone having said so. Rename one; a secret that is meant is bound: `with: { password: \
         \"${var.DB_PASSWORD}\" }`.";
    NothingToRun "nothing-to-run"
        "A service must say what it runs: a catalogue component (`uses`), an `image`, or a `build`.";
    UnknownPort "unknown-port"
        "A port is published or scraped, and the service listens on none, or on none of that name.";
    RouteWithoutPort "route-without-port"
        "A route leads to a service that listens on no port, so that every request would fail.";
    UnknownPanel "unknown-panel"
        "A dashboard asks for a panel of a service that the catalogue does not have for it.";
    UnknownReceiver "unknown-receiver"
        "`monitoring.routing` names somebody whom `monitoring.receivers` does not declare, so that nobody would be \
         told.";
    IncompleteReceiver "incomplete-receiver"
        "Somebody shall be told of alerts, and what is written does not suffice for that: no way of telling, e-mail \
         without a mail server, or a key that is not a secret variable which the operator must set.";
    UnmeasuredObjective "unmeasured-objective"
        "`slo` expects something of a service that is not measured: no component or stack of the catalogue says for it \
         what counts as good, nothing is scraped, metrics are not kept for as long as the objective looks back, or \
         all or nothing may go wrong. The alerts would never fire, or always.";
    PatchWithoutMatch "patch-without-match"
        "A patch changes nothing: no compiled file fits its pattern, or the file has nothing at its pointer. What \
         it was meant for has another name or is gone.";
    UnsupportedYaml "unsupported-yaml"
        "The text is YAML, but uses a part of it that a blueprint has no use for: a list or mapping as a key, \
         a tag such as `!custom`, an alias inside the very node that its anchor names, or the NUL character, which ends \
         a text for every program that is started. Write it without.";
    InvalidName "invalid-name"
        "Names of services, networks, volumes, environments and groups are 2 to 40 lower-case letters, digits and \
         hyphens, start with a letter and do not end with a hyphen, as in `celery-worker`: the name is used as a \
         DNS name, and what is appended to it must still fit into the 63 characters that Kubernetes allows; so must a namespace (`<name>-<environment>`), \
         and the containers and networks that Compose names after its project. One \
         letter is too short because Compose reads `a:/data` as a drive of Windows. `env` and `var` are the name \
         spaces of references, and `localhost` is the container itself. Variables are up to 64 capitals, digits \
         and underscores, as in `DATABASE_URL`; those that a shell, Docker or Compose reads itself are refused, \
         because the operator's own `PATH` or `DOCKER_HOST` would win over the value in the file.";
    InvalidQuantity "invalid-quantity"
        "CPU is written in thousandths (`500m`) or CPUs (`2`, `0.5`); memory and storage as a whole number of \
         `Ki`, `Mi`, `Gi` or `Ti` (`512Mi`). `512M` is refused because Compose reads it as 512 times 2^20 bytes \
         and Kubernetes as 512 times 10^6. A request and its limit are joined by two dots (`512Mi..2Gi`), \
         `..2Gi` is a limit without a request, and one amount is both. Percentages carry their sign (`50%`).";
    InvalidPort "invalid-port"
        "Ports are whole numbers from 1 to 65535, without sign and leading zeros: `port: 8000`.";
    InvalidPublish "invalid-publish"
        "A published port is written `[ADDRESS:]PORT[:CONTAINER_PORT][/udp]`: `5432` and `127.0.0.1:5432` are \
         reached from the host itself, `0.0.0.0:443` from everywhere, `5433:5432` leads to another port of the \
         container, and an IPv6 address stands in brackets, `[::1]:5432`. Without an address it is 127.0.0.1, \
         because Docker publishes past the firewall of the host.";
    InvalidImage "invalid-image"
        "An image is written `[REGISTRY/]REPOSITORY[:TAG][@sha256:DIGEST]`, as in `postgres:17.6` or \
         `ghcr.io/owner/app:1.4.2`. The repository is in small letters; what stands before the first slash is a \
         registry if it holds a dot or a port, or is `localhost`.";
    InvalidHost "invalid-host"
        "A host is a domain name in small letters, without scheme, port, path and final dot: `api.example.com`. \
         Letters beyond ASCII are written in punycode. `*.example.com` stands for any one label in front, where a \
         name may be a pattern; where something is connected to, an IP address will do as well.";
    InvalidCron "invalid-cron"
        "A schedule has five fields, minute, hour, day of the month, month and day of the week, as in \
         `0 2 * * *` (02:00 UTC every day) or `*/15 9-17 * * mon-fri`. Only what Kubernetes and every cron daemon \
         read alike is accepted: no seconds, no `L`, `W`, `#` or `?`, Sunday as 0, and no steps over days beside \
         a day of the other kind. `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly` are known.";
    InvalidDuration "invalid-duration"
        "A length of time is one or more whole numbers with a unit, the largest first: `300ms`, `10s`, `1h30m`, \
         `7d`, `2w`. A number without a unit is refused, because some programs read it as seconds and others as \
         milliseconds or nanoseconds; months and years are, because they differ in length.";
    InvalidSubnet "invalid-subnet"
        "A subnet is its first address and the number of fixed bits: `172.21.0.0/16`. Bits behind those must be \
         zero, or Docker refuses to create the network.";
    InvalidPath "invalid-path"
        "The path of a URL starts with `/` and holds no query, no wildcard and no encoded letter, because those \
         mean something else to each proxy: `/api/auth`. A path in a container is absolute and has no colon, \
         which separates the parts of a mount: `/var/lib/data`. A path to a file of yours starts at the folder of \
         the blueprint, may climb with `../` at its start, and uses forward slashes: `../backend`.";
    InvalidRate "invalid-rate"
        "A rate is a number of requests per second or minute, and perhaps how many more may come at once: \
         `10r/s`, `300r/m`, `10r/s burst 20`. For less than one request per second, count by the minute. What `by` \
         tells clients apart with is a header, such as `authorization`, or `cookie NAME`.";
    NoRateLimit "no-rate-limit"
        "A route in production answers any number of requests: one client can take all there is, and try passwords as \
         fast as the service answers. Write `edge: { limit: 50r/s burst 100 }` for all routes, and a lower `limit` for \
         what is expensive or asks for passwords. A limit that is made elsewhere, such as at a content network, is a \
         reason for a waiver.";
    UncheckedCertificate "unchecked-certificate"
        "A setting that the blueprint makes keeps a program from checking whom it talks to, so that anybody on the way \
         can read and change everything, in spite of TLS. Give the program the certificate of the authority that it \
         lacks, such as by `NODE_EXTRA_CA_CERTS` or `SSL_CERT_FILE`.";
    InvalidUser "invalid-user"
        "A container's user is a number, or user and group: `1000`, `1000:1000`. A name is refused, because only \
         the image knows whose number it is, and Kubernetes starts no container whose user it cannot prove not \
         to be root.";
    InvalidGenerator "invalid-generator"
        "A secret is made by `hex N` or `base64url N` from N random bytes, by `alnum N` of N letters and digits, \
         or is a `uuid`: `hex 32` gives the 64 characters of `openssl rand -hex 32`. N runs from 8 to 256. All \
         of them give only characters that can stand in a URL as they are.";
    EnvMissing "env-missing"
        "The env file lacks a variable, or leaves one empty that must have a value. Compose refuses to start without \
         it, whichever profile reads it. `formwork env fill` adds the line, and makes the value of a secret that \
         says how it is made; a variable that may be empty still needs its line.";
    EnvUnknown "env-unknown"
        "The env file sets a variable that nothing reads: its name is misspelt, the blueprint sets it itself, or it \
         is left over. A name is shown only where it is close to a known one, since in a broken file it can be part \
         of a secret.";
    EnvDuplicate "env-duplicate"
        "The env file sets a variable twice. Compose takes the last one, and a reader may see the first.";
    EnvSyntax "env-syntax"
        "Compose cannot read the statement, and refuses the whole file. A value with blanks, quotes, `#` or `$` \
         stands in single quotes, and may then run over several lines; a `'` within it needs double quotes, \
         `\"it's\"`, in which `\\`, `\"` and `$` stand behind a `\\`.";
    EnvInterpolated "env-interpolated"
        "The value is not what the file says: Compose replaces a `$NAME` that stands bare or in double quotes, and \
         takes a name without `=` from the shell that calls it. Most often it is a password with a `$`, of which \
         then a part is missing. Put the value in single quotes.";
    EnvComment "env-comment"
        "The value begins with `#`, without quotes. Compose takes `X= # text` for the value `# text`: a comment only \
         begins behind a value and a blank. Put the comment on a line of its own, or the value in single quotes.";
    EnvForbidden "env-forbidden"
        "The value is one that must not stay: a placeholder such as `CHANGE_ME`, a password that everybody tries \
         first, or one that the blueprint forbids, here or everywhere. Case does not count.";
    EnvTooShort "env-too-short"
        "The secret has fewer characters than the blueprint or the catalogue demands. The template says how to make \
         one that is long enough.";
    EnvType "env-type"
        "The value is not of the kind that the blueprint declares for the variable.";
    EnvRequiredValue "env-required-value"
        "The blueprint demands another value of the variable in this tier: a certain one, such as `false` for a \
         debugging switch, or one that begins in a certain way, such as `https://` or `sk_live_`.";
    EnvCharset "env-charset"
        "The secret becomes part of a URL, in which a character such as `@`, `/` or `%` would mean something else, so \
         that the program would connect to another place or be refused. Only letters, digits and `.`, `_`, `~`, `-` \
         are safe there; `formwork env fill` makes such secrets.";
    EnvSameSecret "env-same-secret"
        "Two secrets have the same value, so that whoever learns one of them has both.";
    EnvFileMode "env-file-mode"
        "Other users of the machine can read a file or folder that holds secrets. `formwork env fill` gives the env \
         file mode 0600 and the folder of secrets mode 0700.";
    EnvSecretFile "env-secret-file"
        "A program reads the variable as a file, and the file is missing, holds another value than the env file, or \
         cannot be read by the container's user, or its folder is a link, through which nothing is written: Compose \
         mounts such files with owner and mode as they are. \
         `formwork env fill` writes them from the env file, readable by all within a folder that only its owner \
         can enter.";
    DependencyCycle "dependency-cycle"
        "Services wait for each other in a circle, so that none of them can ever start. Decide which of them works \
         without the other for a while, and mark that need with a question mark: `needs: [\"db?\"]`. An optional need \
         that closes a circle is a connection without a start order.";
    NeedUnderProfile "need-under-profile"
        "A service that always runs needs one that runs only where a profile is on, so that it is started without what \
         it cannot do without. Mark the need as optional (`needs: [\"redis?\"]`), give both the same profile, or list \
         the profile under `profiles` of the environment.";
    RouteUnderProfile "route-under-profile"
        "A route leads to a service that runs only with a profile, and the profile is off in this environment: the \
         edge answers such requests with an error. Add the profile to the environment, or take the profile off the \
         service.";
    UndeclaredNeed "undeclared-need"
        "A service reads the address of another (`${db.url}`), but does not name it under `needs`. Start order, \
         networks and network policies follow from `needs` alone, so that the connection would be cut off where \
         policies are enforced.";
    PortTaken "port-taken"
        "One port of a host can be opened once for each address, and 0.0.0.0 stands for all of them: the second \
         container does not start. Environments that name no `host:` are taken to share one, so that their ports \
         must differ too: `shift_ports: 1` moves all of an environment but the edge's 80 and 443, which only another \
         `host:` can keep apart.";
    SubnetOverlap "subnet-overlap"
        "Two networks of one host have addresses in common, and the container engine refuses to create the second. \
         Leave `subnet` out, so that the engine chooses, or write ranges that do not overlap.";
    EnvironmentClash "environment-clash"
        "Two environments would be the same thing: they write the same file, because they have the same `short`, or \
         they are one Compose project on one host, so that starting one would replace the other.";
    MountTaken "mount-taken"
        "Two things would be mounted at one path of a container: volumes, memory, compiled files or secrets. Docker \
         refuses the container or hides one of the two, and Kubernetes refuses the pod. Mount one of them elsewhere.";
    ObjectTaken "object-taken"
        "Two objects of a cluster would have one kind and name in one namespace, and the later would overwrite the \
         earlier. Names that follow from a service are its own, and `NAME-replicas`, which stands for each of its \
         pods; `default-deny`, `acme-solver` and `https-redirect` belong to the environment. Rename the service.";
    ReservedNamespace "reserved-namespace"
        "Namespaces that start with `kube-` are the cluster's own, and `default` is where everything lands that names \
         none: the rules and policies of a system would hold for what is not part of it. Give the system a namespace \
         of its own.";
    LossyIngress "lossy-ingress"
        "An Ingress knows hosts, paths and certificates. Headers, the size of requests, limits and the way from HTTP \
         to HTTPS are the controller's, each in a way of its own, so that a cluster would answer without what Docker \
         Compose has. The Gateway API says the headers and the redirect. Where an Ingress must be, set the rest in \
         the controller, and say so in a waiver.";
    PrivateExternal "private-external"
        "A network policy knows addresses and no names. For an external it opens the port to all public addresses and \
         to no private one, so that what lies in a private network would be out of reach. Name its network with \
         `cidr`, or write its address as `host`: then exactly that is opened.";
    LooseningPatch "loosening-patch"
        "A patch takes away a hardening, a limit or a probe that is on by default, or opens something to the outside. \
         What is compiled is held against the rules before patches are laid upon it, so that a patch would go past \
         them unseen: say in a waiver why it must be so.";
    PatchBreaksShape "patch-breaks-shape"
        "A patch puts a value of another kind where one was, such as a text in place of a number, or takes away a \
         whole section that the file cannot do without. The file would be refused by whoever reads it.";
    UnknownNetwork "unknown-network"
        "A service joins a network that is not declared under `networks`.";
    UnknownProfile "unknown-profile"
        "An environment turns on a profile that no service has, so that something stays off which should run.";
    NoSharedNetwork "no-shared-network"
        "A service talks to another and shares no network with it, so that not even the other's name resolves. Put \
         both on one network; an `internal: true` network will do.";
    NoWayOut "no-way-out"
        "A service talks to an external and is only on networks with `internal: true`, which have no way out. Put it \
         on a network that is not internal as well.";
    PublishOnInternalNetwork "publish-on-internal-network"
        "A port is opened on the host for a service that is only on networks with `internal: true`. The container \
         engine accepts that and connects nothing. Put the service on a network that is not internal as well.";
    ImageLatest "image-latest"
        "An image without a tag, or with the tag `latest`, means another program after the next pull: two machines \
         run different versions, and there is nothing to go back to. Write the exact tag. An error where the tier is \
         production, a warning elsewhere.";
    MissingBuildInput "missing-build-input"
        "An image is built from a folder, or with a Dockerfile, that is not on this disk. Compiling needs neither, so \
         that a folder may lie in another repository; building the image needs both.";
    UnnamedImage "unnamed-image"
        "An image that is built has no name of its own, so that only the machine that built it has it. Docker Compose \
         runs it there; the nodes of a cluster pull their images from a registry. Write `image:` beside `build:`: the \
         image gets that name, and is pushed under it.";
    ImpossibleReplicas "impossible-replicas"
        "There cannot be several of this service at once: two containers cannot listen on one port of the host, \
         several pods cannot mount a volume that belongs to one node, and a database does not become two by starting \
         it twice. A volume that several may mount needs `shared: true`, and a storage class that can do that.";
    BlockingDisruptionBudget "blocking-disruption-budget"
        "With `max_unavailable: 0` no pod of the service may ever be moved, so that draining a node, and with it every \
         upgrade of a cluster, waits for ever.";
    SameProbePath "same-probe-path"
        "One path decides both about restarts and about traffic. When it looks at a database or another service, an \
         outage there restarts this service too, which helps nobody. Let `live` answer for the process alone.";
    ExposedDataStore "exposed-data-store"
        "A database, cache or queue can be reached from outside the host. What finds its port tries passwords day and \
         night. Publish it on 127.0.0.1 and reach it through an SSH tunnel.";
    RootUser "root-user"
        "The program runs as root, so that a flaw in it is a flaw in the host. Give it a number of its own: `user: \
         10001`, and own its files by that number in the image.";
    DangerousCapability "dangerous-capability"
        "The capability lets a program in the container take over the host or look into other containers. Hardly any \
         program needs it; `NET_BIND_SERVICE` is enough for ports below 1024.";
    UnknownCapability "unknown-capability"
        "Linux has no capability of this name, and the container would not start. Names are written as in \
         capabilities(7) without `CAP_`: `NET_BIND_SERVICE`.";
    WritableRoot "writable-root"
        "With a root file system that can be written, whoever breaks into the program can replace it. Leave it \
         read-only, and name the paths that must be written under `volumes`, or under `tmpfs` when they need not last.";
    RequirementViolated "requirement-violated"
        "The blueprint itself gives a variable a value that the blueprint refuses here: one that is forbidden, too \
         short, or not what `require` asks for in this tier. Such a template would lead every operator into the same \
         mistake.";
    NotCertifiable "not-certifiable"
        "Let's Encrypt answers for names that the public can look up, one by one: it cannot see `localhost` or a name \
         within a private network, and a wildcard takes a challenge through DNS, which the edge does not do. Use `tls: \
         self-signed` or `tls: files` there.";
    RetypedNumber "retyped-number"
        "YAML reads a bare number as a number and forgets how it was written: `1.20` becomes 1.2, `1e3` becomes 1000. \
         Put it in quotes to pass it on as it is written.";
    UnusedDeclaration "unused-declaration"
        "Something is declared and nothing uses it, in any environment. It may be left over, or the place that should \
         use it names something else.";
    UnusedVariable "unused-variable"
        "No service, script or component of an environment reads the variable, so that it is not in that environment's \
         template: whoever fills one in is asked for nothing that has no effect. It may be left over; or a service \
         that lists its group runs only in other environments, which an override with `null` says.";
    BrokenTemplate "broken-template"
        "A template of your own could not be rendered, or what it renders to is not what its name promises: a file that \
         ends in `.yml`, `.yaml` or `.json` must be read as that. A template prints texts, numbers and truth values, \
         and quotes by filters such as `sh_quote`; `formwork explain templates` says what it sees.";
    MisplacedTemplate "misplaced-template"
        "A template below `templates/` is compiled to the path that it has there, less `.j2`. That path must stay \
         inside the output folder, and no other file may be compiled to it or belong to the operator there: rename the \
         template.";
    UnknownWaiver "unknown-waiver"
        "A waiver names no rule that can be waived. Those are `dangerous-capability`, `debug-in-production`, \
         `exposed-data-store`, `host-port-taken`, `image-latest`, `literal-secret`, `loosening-patch`, \
         `lossy-ingress`, `memory-overrun`, `no-rate-limit`, `other-image`, `pool-too-large`, `private-external`, `root-user`, \
         `secret-in-command`, `unchecked-certificate`, `unnamed-image` and `writable-root`, and the rules of scanners by their own ids, such as `CL-0019` or \
         `CKV_K8S_43`. What cannot work cannot be waived.";
    UnusedWaiver "unused-waiver"
        "A waiver covers nothing: the rule is kept everywhere. Remove it, so that a later breach does not pass unseen.";
    InvalidExpression "invalid-expression"
        "The condition of an alert is not PromQL, and Prometheus does not start with a rule file that it cannot read. \
         The reader's own words stand beside the condition; `$job` and `$threshold` are filled in before it is read.";
    InvalidTemplate "invalid-template"
        "The summary and the description of an alert are Go templates of Prometheus: `{{ $labels.job }}` is a label, \
         `{{ $value | humanizePercentage }}` the value. A function that does not exist, or an action that is not \
         closed, keeps Prometheus from starting.";
    UnknownMetric "unknown-metric"
        "An alert on a metric that nothing exposes never fires, and nobody notices. Known are the series of the \
         catalogue's components and stacks that run here and are scraped, those that a service declares under \
         `metrics: { series: … }`, and what Prometheus adds itself, such as `up`. A histogram is read as `_bucket`, \
         `_sum` or `_count`.";
    UnknownLabel "unknown-label"
        "An alert asks for a label that the series does not have: as a matcher it takes nothing, and to group by it \
         puts everything into one group. Every series has `job`, `instance` and `service` beside its own labels. \
         External labels, such as `environment`, are added when an alert leaves Prometheus, and are on no series within.";
    UnknownJob "unknown-job"
        "An alert takes its series from a job that does not exist, so that it never fires. A job bears the name of the \
         service that is scraped: of a database it is its exporter's, such as `db-exporter`.";
    HastyAlert "hasty-alert"
        "Now and then a scrape fails, and nothing is wrong. An alert that does not wait for at least two scrapes fires \
         then, and is soon ignored. Say how long the condition must hold with `for`.";
    ShortWindow "short-window"
        "Functions such as `rate` need two samples in their window, and give nothing where a scrape has failed and the \
         window is short. A window of four scrape intervals or more loses one without harm.";
    UntestedAlert "untested-alert"
        "Samples under `fires` and `quiet` become unit tests: that the alert fires with the labels and texts that were \
         meant, and that it stays quiet when all is well. Without them a mistake shows only when the alert is missed.";
    ImageDiffers "image-differs"
        "A stack's Dockerfile is written once and its image built once, so that what has been tried in one environment \
         is what runs in the next. What differs between environments belongs into variables, which are read when the \
         container starts.";
    MemoryTooSmall "memory-too-small"
        "The container engine refuses a memory limit below 6 MiB, so that the service would never start.";
    MemoryOverrun "memory-overrun"
        "Files in memory (`tmpfs`) count against the memory limit, and so does what a component sets aside at its \
         start, such as the cache of a database. Together they are as large as the limit: once they are full, the \
         program is killed. Raise the limit, or make them smaller.";
    PoolTooLarge "pool-too-large"
        "A pool opens its connections in every process of every replica. Under load all services together open more \
         than the server takes, such as `max_connections` of PostgreSQL less those kept for the superuser, and whoever \
         comes last is refused. What counts is `pool` of each need, the processes of the stack, and the most replicas \
         that autoscaling makes. Raise the limit, make the pools smaller, or put a program such as PgBouncer between.";
    UnmatchedLabel "unmatched-label"
        "An alert asks for a `service` or an `instance` that no scrape has, so that it never fires. `service` is the \
         service that the metrics tell of, for an exporter the one that it watches; `instance` is its host name and \
         port, as in `db-exporter:9187`.";
    HugeBody "huge-body"
        "The edge would take a request of this size. One takes minutes to come in, is lost with the connection, and a \
         few of them fill the disk of whoever keeps them. Clients send large files in parts.";
    UnfitHealthCommand "unfit-health-command"
        "The words of a command are handed to the program as they are; no shell reads them. A pipe or `||` among them \
         is a word like any other, and text with blanks is no program, so that the check never succeeds. `true` or \
         `… || true` never fails. Ask the program itself, or call a shell: `[sh, -c, \"… | grep -q PONG\"]`.";
    UnfitTime "unfit-time"
        "A check more often than every second keeps the program busy with checks, and Kubernetes cannot say it. A \
         timeout longer than the interval means that checks follow each other without a pause.";
    OtherImage "other-image"
        "The image is not what the catalogue entry describes: another program, another version or another system \
         underneath. User, paths, health check and alerts are those of the entry, and may not fit; data that another \
         major version wrote may not be read. Change `uses`, or the image.";
    VariableTaken "variable-taken"
        "The stack or the component sets this variable itself, from what the blueprint says elsewhere: its port, a \
         parameter, a password. A second value would win in the container, while routes, health checks and other \
         services still follow the first.";
    HostPortTaken "host-port-taken"
        "The host's own administration listens on this port. Either the service does not start, or it takes the place \
         of what the host is reached by.";
    OutsideProject "outside-project"
        "A blueprint reads and writes within its project: the repository that it lies in or, where there is none, its \
         own folder, the one above a folder `blueprints`, or the folder that you are in if it is further up. A path \
         that leads out of it, by `../` or by a link, could show or overwrite what belongs to somebody else; so could \
         one into `.git`. An output folder elsewhere is named on the command line: `--out FOLDER`.";
    SharedVolumeUsers "shared-volume-users"
        "Two services write to one volume, and run as different users. A volume belongs to one user, so that the other \
         could not write, and would fail at the first file. Give both the same `user:`, mount the volume in one of \
         them with `read_only: true`, or give each its own.";
    WeakSecret "weak-secret"
        "A secret of a component, such as the password of a database, is bound with `with:` to something that is less \
         than it: a plain value, a variable that everyone sees, that may be empty, or that may be shorter than the \
         component demands. Without a binding a secret of the right kind is made. A key of your own that signs tokens \
         or sessions has `min_length: 32` or more: with a shorter one, whoever holds a token can try keys at home until \
         one fits, and then sign what he likes (RFC 7518, 3.2).";
    SecretInImage "secret-in-image"
        "What is read while an image is built stays in the image's history, where `docker history` shows it to \
         everyone who can pull the image. A secret must be read when the container starts. Where only the build needs \
         it, such as a token for a private package registry, an own Dockerfile can mount it with `RUN \
         --mount=type=secret`.";
    SecretInCommand "secret-in-command"
        "The words of a command are seen by every user of the host in the list of processes, and are kept in logs and \
         monitoring that record commands. Let the program read the secret from its environment, or from a file: \
         `${var.NAME.file}` is the path of one.";
    LiteralSecret "literal-secret"
        "A password, token or key stands in the blueprint as it is: in a URL (`postgres://user:password@host`), or as \
         the value of a variable whose name ends in `PASSWORD`, `SECRET`, `TOKEN` or `_KEY`. Everyone who can read the \
         repository knows it, now and from its history, and all environments share it. Declare a variable with \
         `secret: true`, and refer to it; a component makes its own, and `${db.url}` holds it. Keys that are public \
         by nature say so in their name: `PUBLIC`, `PUBLISHABLE`, `SITE`, `ANON`.";
    DebugInProduction "debug-in-production"
        "The blueprint itself sets a switch for developers, such as `DEBUG: true` or `NODE_ENV: development`, in an \
         environment whose tier is production; an environment that names no tier is of that one. Programs then show \
         their insides to whoever causes an error, and run slower.";
    DuplicateRoute "duplicate-route"
        "Two routes of one host differ only in a slash at their end. A path stands for itself and everything below it, \
         with or without the slash, so that both would answer the same requests, and nginx would not start.";
    UnrestorableBackup "unrestorable-backup"
        "Something is backed up, and nothing could put it back. A component is dumped and restored by its own tools, which \
         its catalogue entry names under `backup`; a program of your own keeps what it keeps in a volume or a database, \
         and that is what is backed up. The data volume of a database is none of these: its files change while they are \
         copied.";
    UnknownBucket "unknown-bucket"
        "A backup is to be copied to a bucket that `buckets` does not describe, so that nobody knows where it is and by \
         which key it is reached.";
    MissedObjective "missed-objective"
        "The recovery point objective (`rpo`) says how much may be lost, as time. What is written just after a backup has \
         begun is in the next one only, and until that has ended it can be lost: so the schedule's longest pause and the \
         time of a run (`run_time`) together may not be longer. Where a database hands over what it writes (`archive`), \
         what counts is how long that may wait, and a minute for the copy.";
    ContradictingRetention "contradicting-retention"
        "Two statements about how long backups are kept cannot both be meant: a weekly series that goes before the daily \
         one, a backup that is removed before the next is made, or a bucket whose lifecycle removes what a job still \
         counts on.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
