//! Explains the codes of secrets and hardening.

pub(super) const SECRET_WITH_DEFAULT: &str = "A secret that stands in the blueprint or in a template is known to everyone who can read the repository.";

pub(super) const NO_RATE_LIMIT: &str = "A route in production answers any number of requests: one client can take all there is, and try passwords as \
    fast as the service answers. Write `edge: { limit: 50r/s burst 100 }` for all routes, and a lower `limit` for \
    what is expensive or asks for passwords. A limit that is made elsewhere, such as at a content network, is a \
    reason for a waiver.";

pub(super) const UNCHECKED_CERTIFICATE: &str = "A setting that the blueprint makes keeps a program from checking whom it talks to, so that anybody on the way \
    can read and change everything, in spite of TLS. Give the program the certificate of the authority that it \
    lacks, such as by `NODE_EXTRA_CA_CERTS` or `SSL_CERT_FILE`.";

pub(super) const EXPOSED_DATA_STORE: &str = "A database, cache or queue can be reached from outside the host. What finds its port tries passwords day and \
    night. Publish it on 127.0.0.1 and reach it through an SSH tunnel.";

pub(super) const ROOT_USER: &str = "The program runs as root, so that a flaw in it is a flaw in the host. Give it a number of its own: `user: \
    10001`, and own its files by that number in the image.";

pub(super) const DANGEROUS_CAPABILITY: &str = "The capability lets a program in the container take over the host or look into other containers. Hardly any \
    program needs it; `NET_BIND_SERVICE` is enough for ports below 1024.";

pub(super) const UNKNOWN_CAPABILITY: &str = "Linux has no capability of this name, and the container would not start. Names are written as in \
    capabilities(7) without `CAP_`: `NET_BIND_SERVICE`.";

pub(super) const WRITABLE_ROOT: &str = "With a root file system that can be written, whoever breaks into the program can replace it. Leave it \
    read-only, and name the paths that must be written under `volumes`, or under `tmpfs` when they need not last.";

pub(super) const WEAK_SECRET: &str = "A secret of a component, such as the password of a database, is bound with `with:` to something that is less \
    than it: a plain value, a variable that everyone sees, that may be empty, or that may be shorter than the \
    component demands. Without a binding a secret of the right kind is made. A key of your own that signs tokens \
    or sessions has `min_length: 32` or more: with a shorter one, whoever holds a token can try keys at home until \
    one fits, and then sign what he likes (RFC 7518, 3.2).";

pub(super) const SECRET_IN_IMAGE: &str = "What is read while an image is built stays in the image's history, where `docker history` shows it to \
    everyone who can pull the image. A secret must be read when the container starts. Where only the build needs \
    it, such as a token for a private package registry, an own Dockerfile can mount it with `RUN \
    --mount=type=secret`.";

pub(super) const SECRET_IN_COMMAND: &str = "The words of a command are seen by every user of the host in the list of processes, and are kept in logs and \
    monitoring that record commands. Let the program read the secret from its environment, or from a file: \
    `${var.NAME.file}` is the path of one.";

pub(super) const LITERAL_SECRET: &str = "A password, token or key stands in the blueprint as it is: in a URL (`postgres://user:password@host`), or as \
    the value of a variable whose name ends in `PASSWORD`, `SECRET`, `TOKEN` or `_KEY`. Everyone who can read the \
    repository knows it, now and from its history, and all environments share it. Declare a variable with \
    `secret: true`, and refer to it; a component makes its own, and `${db.url}` holds it. Keys that are public \
    by nature say so in their name: `PUBLIC`, `PUBLISHABLE`, `SITE`, `ANON`.";

pub(super) const DEBUG_IN_PRODUCTION: &str = "The blueprint itself sets a switch for developers, such as `DEBUG: true` or `NODE_ENV: development`, in an \
    environment whose tier is production; an environment that names no tier is of that one. Programs then show \
    their insides to whoever causes an error, and run slower.";
