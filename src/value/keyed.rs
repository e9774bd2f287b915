//! Describes mappings to JSON Schema by the scalars that are their keys.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// Stands in a schema for a mapping whose keys are scalars: a bad key is told with the scalar's own reason.
pub struct Keyed<K, V>(PhantomData<(K, V)>);

impl<K: JsonSchema, V: JsonSchema> JsonSchema for Keyed<K, V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}-by-{}", V::schema_name(), K::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": generator.subschema_for::<K>(),
            "additionalProperties": generator.subschema_for::<V>(),
        })
    }
}

/// Stands in a schema for a value that `null` removes.
pub struct Removable<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for Removable<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("removable-{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "oneOf": [generator.subschema_for::<T>(), { "type": "null" }] })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::value::Name;

    #[test]
    fn keys_refer_to_their_scalar() {
        let schema = Keyed::<Name, u8>::json_schema(&mut SchemaGenerator::default());
        assert_eq!(schema.get("propertyNames"), Some(&json!({ "$ref": "#/$defs/name" })));
    }
}
