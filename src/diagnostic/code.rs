//! Names every diagnostic; its paragraphs for `formwork explain` stand by what they are about.

mod env;
mod files;
mod monitoring;
mod references;
mod secrets;
mod system;
mod values;

use std::fmt;

/// Declares the codes: variant, kebab-case id, where its explanation is.
macro_rules! codes {
    ($($variant:ident $id:literal $text:path;)+) => {
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
    UnreadableFile "unreadable-file" files::UNREADABLE_FILE;
    NotUtf8 "not-utf8" files::NOT_UTF8;
    TooLarge "too-large" files::TOO_LARGE;
    EmptyFile "empty-file" files::EMPTY_FILE;
    SyntaxError "syntax-error" files::SYNTAX_ERROR;
    DuplicateKey "duplicate-key" files::DUPLICATE_KEY;
    UnknownKey "unknown-key" files::UNKNOWN_KEY;
    MissingKey "missing-key" files::MISSING_KEY;
    WrongType "wrong-type" files::WRONG_TYPE;
    InvalidValue "invalid-value" values::INVALID_VALUE;
    InvalidReference "invalid-reference" values::INVALID_REFERENCE;
    UnknownReference "unknown-reference" references::UNKNOWN_REFERENCE;
    RunTimeReference "run-time-reference" values::RUN_TIME_REFERENCE;
    UnknownService "unknown-service" references::UNKNOWN_SERVICE;
    UnknownVariable "unknown-variable" references::UNKNOWN_VARIABLE;
    DuplicateVariable "duplicate-variable" references::DUPLICATE_VARIABLE;
    SecretWithDefault "secret-with-default" secrets::SECRET_WITH_DEFAULT;
    UnknownComponent "unknown-component" references::UNKNOWN_COMPONENT;
    UnknownVersion "unknown-version" references::UNKNOWN_VERSION;
    NameTaken "name-taken" references::NAME_TAKEN;
    NothingToRun "nothing-to-run" references::NOTHING_TO_RUN;
    UnknownPort "unknown-port" references::UNKNOWN_PORT;
    RouteWithoutPort "route-without-port" references::ROUTE_WITHOUT_PORT;
    UnknownPanel "unknown-panel" monitoring::UNKNOWN_PANEL;
    UnknownReceiver "unknown-receiver" monitoring::UNKNOWN_RECEIVER;
    IncompleteReceiver "incomplete-receiver" monitoring::INCOMPLETE_RECEIVER;
    UnmeasuredObjective "unmeasured-objective" monitoring::UNMEASURED_OBJECTIVE;
    PatchWithoutMatch "patch-without-match" files::PATCH_WITHOUT_MATCH;
    UnsupportedYaml "unsupported-yaml" files::UNSUPPORTED_YAML;
    InvalidName "invalid-name" values::INVALID_NAME;
    InvalidQuantity "invalid-quantity" values::INVALID_QUANTITY;
    InvalidPort "invalid-port" values::INVALID_PORT;
    InvalidPublish "invalid-publish" values::INVALID_PUBLISH;
    InvalidImage "invalid-image" values::INVALID_IMAGE;
    InvalidHost "invalid-host" values::INVALID_HOST;
    InvalidCron "invalid-cron" values::INVALID_CRON;
    InvalidDuration "invalid-duration" values::INVALID_DURATION;
    InvalidSubnet "invalid-subnet" values::INVALID_SUBNET;
    InvalidPath "invalid-path" values::INVALID_PATH;
    InvalidRate "invalid-rate" values::INVALID_RATE;
    NoRateLimit "no-rate-limit" secrets::NO_RATE_LIMIT;
    UncheckedCertificate "unchecked-certificate" secrets::UNCHECKED_CERTIFICATE;
    InvalidUser "invalid-user" values::INVALID_USER;
    InvalidGenerator "invalid-generator" values::INVALID_GENERATOR;
    EnvMissing "env-missing" env::ENV_MISSING;
    EnvUnknown "env-unknown" env::ENV_UNKNOWN;
    EnvDuplicate "env-duplicate" env::ENV_DUPLICATE;
    EnvSyntax "env-syntax" env::ENV_SYNTAX;
    EnvInterpolated "env-interpolated" env::ENV_INTERPOLATED;
    EnvComment "env-comment" env::ENV_COMMENT;
    EnvForbidden "env-forbidden" env::ENV_FORBIDDEN;
    EnvTooShort "env-too-short" env::ENV_TOO_SHORT;
    EnvType "env-type" env::ENV_TYPE;
    EnvRequiredValue "env-required-value" env::ENV_REQUIRED_VALUE;
    EnvCharset "env-charset" env::ENV_CHARSET;
    EnvSameSecret "env-same-secret" env::ENV_SAME_SECRET;
    EnvFileMode "env-file-mode" env::ENV_FILE_MODE;
    EnvSecretFile "env-secret-file" env::ENV_SECRET_FILE;
    DependencyCycle "dependency-cycle" system::DEPENDENCY_CYCLE;
    NeedUnderProfile "need-under-profile" system::NEED_UNDER_PROFILE;
    RouteUnderProfile "route-under-profile" system::ROUTE_UNDER_PROFILE;
    UndeclaredNeed "undeclared-need" references::UNDECLARED_NEED;
    UnmetNeed "unmet-need" references::UNMET_NEED;
    PortTaken "port-taken" system::PORT_TAKEN;
    SubnetOverlap "subnet-overlap" system::SUBNET_OVERLAP;
    EnvironmentClash "environment-clash" system::ENVIRONMENT_CLASH;
    BucketTaken "bucket-taken" system::BUCKET_TAKEN;
    MountTaken "mount-taken" references::MOUNT_TAKEN;
    UnfitComponent "unfit-component" system::UNFIT_COMPONENT;
    ObjectTaken "object-taken" files::OBJECT_TAKEN;
    ReservedNamespace "reserved-namespace" system::RESERVED_NAMESPACE;
    LossyIngress "lossy-ingress" system::LOSSY_INGRESS;
    PrivateExternal "private-external" system::PRIVATE_EXTERNAL;
    LooseningPatch "loosening-patch" files::LOOSENING_PATCH;
    PatchBreaksShape "patch-breaks-shape" files::PATCH_BREAKS_SHAPE;
    PatchContradicts "patch-contradicts" files::PATCH_CONTRADICTS;
    RetiredInterface "retired-interface" system::RETIRED_INTERFACE;
    DanglingReference "dangling-reference" files::DANGLING_REFERENCE;
    UnknownNetwork "unknown-network" references::UNKNOWN_NETWORK;
    UnnamedNetwork "unnamed-network" system::UNNAMED_NETWORK;
    UnknownProfile "unknown-profile" references::UNKNOWN_PROFILE;
    NoSharedNetwork "no-shared-network" system::NO_SHARED_NETWORK;
    NoWayOut "no-way-out" system::NO_WAY_OUT;
    PublishOnInternalNetwork "publish-on-internal-network" system::PUBLISH_ON_INTERNAL_NETWORK;
    ImageLatest "image-latest" system::IMAGE_LATEST;
    MissingBuildInput "missing-build-input" system::MISSING_BUILD_INPUT;
    UnnamedImage "unnamed-image" system::UNNAMED_IMAGE;
    ImpossibleReplicas "impossible-replicas" system::IMPOSSIBLE_REPLICAS;
    BlockingDisruptionBudget "blocking-disruption-budget" system::BLOCKING_DISRUPTION_BUDGET;
    SameProbePath "same-probe-path" monitoring::SAME_PROBE_PATH;
    ExposedDataStore "exposed-data-store" secrets::EXPOSED_DATA_STORE;
    RootUser "root-user" secrets::ROOT_USER;
    DangerousCapability "dangerous-capability" secrets::DANGEROUS_CAPABILITY;
    UnknownCapability "unknown-capability" secrets::UNKNOWN_CAPABILITY;
    WritableRoot "writable-root" secrets::WRITABLE_ROOT;
    RequirementViolated "requirement-violated" values::REQUIREMENT_VIOLATED;
    NotCertifiable "not-certifiable" system::NOT_CERTIFIABLE;
    RetypedNumber "retyped-number" values::RETYPED_NUMBER;
    UnusedDeclaration "unused-declaration" references::UNUSED_DECLARATION;
    UnusedVariable "unused-variable" references::UNUSED_VARIABLE;
    BrokenTemplate "broken-template" files::BROKEN_TEMPLATE;
    MisplacedTemplate "misplaced-template" files::MISPLACED_TEMPLATE;
    UnknownWaiver "unknown-waiver" references::UNKNOWN_WAIVER;
    UnusedWaiver "unused-waiver" references::UNUSED_WAIVER;
    InvalidExpression "invalid-expression" monitoring::INVALID_EXPRESSION;
    InvalidTemplate "invalid-template" monitoring::INVALID_TEMPLATE;
    InvalidSample "invalid-sample" monitoring::INVALID_SAMPLE;
    UnknownMetric "unknown-metric" monitoring::UNKNOWN_METRIC;
    UnknownLabel "unknown-label" monitoring::UNKNOWN_LABEL;
    UnknownJob "unknown-job" monitoring::UNKNOWN_JOB;
    HastyAlert "hasty-alert" monitoring::HASTY_ALERT;
    ShortWindow "short-window" monitoring::SHORT_WINDOW;
    UntestedAlert "untested-alert" monitoring::UNTESTED_ALERT;
    ImageDiffers "image-differs" system::IMAGE_DIFFERS;
    MemoryTooSmall "memory-too-small" system::MEMORY_TOO_SMALL;
    MemoryOverrun "memory-overrun" system::MEMORY_OVERRUN;
    PoolTooLarge "pool-too-large" system::POOL_TOO_LARGE;
    UnmatchedLabel "unmatched-label" monitoring::UNMATCHED_LABEL;
    HugeBody "huge-body" system::HUGE_BODY;
    UnroutedAddress "unrouted-address" system::UNROUTED_ADDRESS;
    IdleNeed "idle-need" system::IDLE_NEED;
    UnfitHealthCommand "unfit-health-command" monitoring::UNFIT_HEALTH_COMMAND;
    UnfitTime "unfit-time" values::UNFIT_TIME;
    OtherImage "other-image" system::OTHER_IMAGE;
    VariableTaken "variable-taken" references::VARIABLE_TAKEN;
    HostPortTaken "host-port-taken" system::HOST_PORT_TAKEN;
    OutsideProject "outside-project" files::OUTSIDE_PROJECT;
    SharedVolumeUsers "shared-volume-users" system::SHARED_VOLUME_USERS;
    WeakSecret "weak-secret" secrets::WEAK_SECRET;
    SecretInImage "secret-in-image" secrets::SECRET_IN_IMAGE;
    SecretInCommand "secret-in-command" secrets::SECRET_IN_COMMAND;
    LiteralSecret "literal-secret" secrets::LITERAL_SECRET;
    DebugInProduction "debug-in-production" secrets::DEBUG_IN_PRODUCTION;
    DuplicateRoute "duplicate-route" references::DUPLICATE_ROUTE;
    UnrestorableBackup "unrestorable-backup" system::UNRESTORABLE_BACKUP;
    UnknownBucket "unknown-bucket" system::UNKNOWN_BUCKET;
    MissedObjective "missed-objective" system::MISSED_OBJECTIVE;
    ContradictingRetention "contradicting-retention" system::CONTRADICTING_RETENTION;
    UnwatchedBackup "unwatched-backup" system::UNWATCHED_BACKUP;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
