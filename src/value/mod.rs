//! Turns the scalars of a blueprint that have a grammar into values that cannot be wrong.
//!
//! Each type has `parse`, and a `Display` that gives its canonical form: parsing that form gives the same value again.
//! What all of them share (serde, JSON Schema, `FromStr`) is made in [`scalar`]; [`FORMATS`] lists their checks.

pub mod keyed;
mod live;
pub mod malformed;
pub mod scalar;

mod alert_name;
pub mod database_name;
pub mod group_name;
pub mod name;
pub mod variable_name;

pub mod generator;
pub mod image;
mod image_key;
pub mod user_id;
mod uses;

pub mod host;
pub mod host_name;
pub mod limit_key;
pub mod port;
pub mod publish;
pub mod rate;
pub mod subnet;

pub mod cpu;
pub mod memory;
pub mod percent;
pub mod range;

pub mod cron;
pub mod duration;

pub mod container_path;
pub mod health_path;
pub mod relative_path;
pub mod url_path;
pub mod way;
pub mod only;
pub mod signal;

mod number;
#[cfg(test)]
mod testing;

pub use alert_name::AlertName;
pub use container_path::ContainerPath;
pub use cpu::Cpu;
pub use cron::Cron;
pub use database_name::DatabaseName;
pub use duration::Duration;
pub use generator::Generator;
pub use group_name::GroupName;
pub use health_path::HealthPath;
pub use host::Host;
pub use host_name::HostName;
pub use image::Image;
pub use image_key::ImageKey;
pub use limit_key::LimitKey;
pub use live::Live;
pub use malformed::Malformed;
pub use memory::{Memory, Size, Storage};
pub use name::Name;
pub use percent::Percent;
pub use port::PortNumber;
pub use publish::{Protocol, Publish};
pub use range::{CpuRange, MemoryRange, Range};
pub use rate::{Per, Rate};
pub use relative_path::RelativePath;
pub use scalar::{Format, Scalar};
pub use signal::Signal;
pub use subnet::Subnet;
pub use url_path::UrlPath;
pub use user_id::UserId;
pub use uses::Uses;
pub use variable_name::VariableName;

/// The check of every scalar, by the format that its JSON Schema names.
pub const FORMATS: &[Format] = &[
    Format::of::<Name>(),
    Format::of::<GroupName>(),
    Format::of::<DatabaseName>(),
    Format::of::<VariableName>(),
    Format::of::<AlertName>(),
    Format::of::<Image>(),
    Format::of::<ImageKey>(),
    Format::of::<UserId>(),
    Format::of::<Uses>(),
    Format::of::<Generator>(),
    Format::of::<PortNumber>(),
    Format::of::<Publish>(),
    Format::of::<HostName>(),
    Format::of::<Host>(),
    Format::of::<Subnet>(),
    Format::of::<Rate>(),
    Format::of::<LimitKey>(),
    Format::of::<Cpu>(),
    Format::of::<Memory>(),
    Format::of::<Percent>(),
    Format::of::<CpuRange>(),
    Format::of::<MemoryRange>(),
    Format::of::<Duration>(),
    Format::of::<Cron>(),
    Format::of::<ContainerPath>(),
    Format::of::<RelativePath>(),
    Format::of::<UrlPath>(),
    Format::of::<HealthPath>(),
    Format::of::<Live>(),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::near_examples;

    #[test]
    fn what_is_accepted_has_a_canonical_form() {
        near_examples::<Name>();
        near_examples::<GroupName>();
        near_examples::<DatabaseName>();
        near_examples::<VariableName>();
        near_examples::<AlertName>();
        near_examples::<Image>();
        near_examples::<ImageKey>();
        near_examples::<UserId>();
        near_examples::<Uses>();
        near_examples::<Generator>();
        near_examples::<PortNumber>();
        near_examples::<Publish>();
        near_examples::<HostName>();
        near_examples::<Host>();
        near_examples::<Subnet>();
        near_examples::<Rate>();
        near_examples::<LimitKey>();
        near_examples::<Cpu>();
        near_examples::<Memory>();
        near_examples::<Percent>();
        near_examples::<CpuRange>();
        near_examples::<MemoryRange>();
        near_examples::<Duration>();
        near_examples::<Cron>();
        near_examples::<ContainerPath>();
        near_examples::<RelativePath>();
        near_examples::<UrlPath>();
        near_examples::<HealthPath>();
        near_examples::<Live>();
    }
}
