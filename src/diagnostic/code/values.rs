//! Explains the codes of single values.

pub(super) const INVALID_VALUE: &str =
    "The value is of the right kind but not one that the key takes.";

pub(super) const INVALID_REFERENCE: &str = "A reference is written `${owner.key}`, such as `${db.url}`, `${env.domain}` or `${var.NAME}`. A literal \
    `${` is written `$${`; a lone `$` stands for itself.";

pub(super) const RUN_TIME_REFERENCE: &str = "The value must be known when compiling, because it decides what is written: a port, an amount, a host \
    name. A variable that the operator sets is known at run time only. Write the value, or give the \
    variable a `fixed` one.";

pub(super) const INVALID_NAME: &str = "Names of services, networks, volumes, environments and groups are 2 to 40 lower-case letters, digits and \
    hyphens, start with a letter and do not end with a hyphen, as in `celery-worker`: the name is used as a \
    DNS name, and what is appended to it must still fit into the 63 characters that Kubernetes allows; so must a namespace (`<name>-<environment>`), \
    and the containers and networks that Compose names after its project. One \
    letter is too short because Compose reads `a:/data` as a drive of Windows. `env` and `var` are the name \
    spaces of references, and `localhost` is the container itself. Variables are up to 64 capitals, digits \
    and underscores, as in `DATABASE_URL`; those that a shell, Docker or Compose reads itself are refused, \
    because the operator's own `PATH` or `DOCKER_HOST` would win over the value in the file.";

pub(super) const INVALID_QUANTITY: &str = "CPU is written in thousandths (`500m`) or CPUs (`2`, `0.5`); memory and storage as a whole number of \
    `Ki`, `Mi`, `Gi` or `Ti` (`512Mi`). `512M` is refused because Compose reads it as 512 times 2^20 bytes \
    and Kubernetes as 512 times 10^6. A request and its limit are joined by two dots (`512Mi..2Gi`), \
    `..2Gi` is a limit without a request, and one amount is both. Percentages carry their sign (`50%`).";

pub(super) const INVALID_PORT: &str = "Ports are whole numbers from 1 to 65535, without sign and leading zeros: `port: 8000`. What is published must \
    still be one when an environment's `shift_ports` is added.";

pub(super) const INVALID_PUBLISH: &str = "A published port is written `[ADDRESS:]PORT[:CONTAINER_PORT][/udp]`: `5432` and `127.0.0.1:5432` are \
    reached from the host itself, `0.0.0.0:443` from everywhere, `5433:5432` leads to another port of the \
    container, and an IPv6 address stands in brackets, `[::1]:5432`. Without an address it is 127.0.0.1, \
    because Docker publishes past the firewall of the host.";

pub(super) const INVALID_IMAGE: &str = "An image is written `[REGISTRY/]REPOSITORY[:TAG][@sha256:DIGEST]`, as in `postgres:17.6` or \
    `ghcr.io/owner/app:1.4.2`. The repository is in small letters; what stands before the first slash is a \
    registry if it holds a dot or a port, or is `localhost`.";

pub(super) const INVALID_HOST: &str = "A host is a domain name in small letters, without scheme, port, path and final dot: `api.example.com`. \
    Letters beyond ASCII are written in punycode. `*.example.com` stands for any one label in front, where a \
    name may be a pattern; where something is connected to, an IP address will do as well.";

pub(super) const INVALID_CRON: &str = "A schedule has five fields, minute, hour, day of the month, month and day of the week, as in \
    `0 2 * * *` (02:00 UTC every day) or `*/15 9-17 * * mon-fri`. Only what Kubernetes and every cron daemon \
    read alike is accepted: no seconds, no `L`, `W`, `#` or `?`, Sunday as 0, and no steps over days beside \
    a day of the other kind. `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly` are known.";

pub(super) const INVALID_DURATION: &str = "A length of time is one or more whole numbers with a unit, the largest first: `300ms`, `10s`, `1h30m`, \
    `7d`, `2w`. A number without a unit is refused, because some programs read it as seconds and others as \
    milliseconds or nanoseconds; months and years are, because they differ in length.";

pub(super) const INVALID_SUBNET: &str = "A subnet is its first address and the number of fixed bits: `172.21.0.0/16`. Bits behind those must be \
    zero, or Docker refuses to create the network.";

pub(super) const INVALID_PATH: &str = "The path of a URL starts with `/` and holds no query, no wildcard and no encoded letter, because those \
    mean something else to each proxy: `/api/auth`. A path in a container is absolute and has no colon, \
    which separates the parts of a mount: `/var/lib/data`. A path to a file of yours starts at the folder of \
    the blueprint, may climb with `../` at its start, and uses forward slashes: `../backend`.";

pub(super) const INVALID_RATE: &str = "A rate is a number of requests per second or minute, and perhaps how many more may come at once: \
    `10r/s`, `300r/m`, `10r/s burst 20`. For less than one request per second, count by the minute. What `by` \
    tells clients apart with is a header, such as `authorization`, or `cookie NAME`.";

pub(super) const INVALID_USER: &str = "A container's user is a number, or user and group: `1000`, `1000:1000`. A name is refused, because only \
    the image knows whose number it is, and Kubernetes starts no container whose user it cannot prove not \
    to be root.";

pub(super) const INVALID_GENERATOR: &str = "A secret is made by `hex N` or `base64url N` from N random bytes, by `alnum N` of N letters and digits, \
    or is a `uuid`: `hex 32` gives the 64 characters of `openssl rand -hex 32`. N runs from 8 to 256. All \
    of them give only characters that can stand in a URL as they are.";

pub(super) const REQUIREMENT_VIOLATED: &str = "The blueprint itself gives a variable a value that the blueprint refuses here: one that is forbidden, too \
    short, or not what `require` asks for in this tier. Such a template would lead every operator into the same \
    mistake.";

pub(super) const RETYPED_NUMBER: &str = "YAML reads a bare number as a number and forgets how it was written: `1.20` becomes 1.2, `1e3` becomes 1000. \
    Put it in quotes to pass it on as it is written.";

pub(super) const UNFIT_TIME: &str = "A check more often than every second keeps the program busy with checks, and Kubernetes cannot say it. A \
    timeout longer than the interval means that checks follow each other without a pause.";
