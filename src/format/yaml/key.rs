//! Turns the key of a mapping into text, as JSON has it: text stays, numbers and booleans become text, nothing else is a
//! key.

use serde::ser::{Impossible, Serialize, Serializer};

use super::Error;

/// Hands the text of a key on.
pub(super) struct Key<F>(pub(super) F);

type No = Impossible<(), Error>;

fn no<T>() -> Result<T, Error> {
    Err(Error("a key of a mapping is no text".into()))
}

impl<F: FnOnce(&str)> Serializer for Key<F> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        (self.0)(value);
        Ok(())
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.serialize_str(if value { "true" } else { "false" })
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.serialize_str(&value.to_string())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.serialize_str(&value.to_string())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.serialize_str(&value.to_string())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.serialize_str(&value.to_string())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.serialize_str(&value.to_string())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.serialize_str(&value.to_string())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.serialize_str(&value.to_string())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.serialize_str(&value.to_string())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Error> {
        no()
    }

    fn serialize_f64(self, _: f64) -> Result<(), Error> {
        no()
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_unit_variant(self, _: &str, _: u32, variant: &str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        no()
    }

    fn serialize_none(self) -> Result<(), Error> {
        no()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), Error> {
        no()
    }

    fn serialize_unit(self) -> Result<(), Error> {
        no()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        no()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        no()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<No, Error> {
        no()
    }

    fn serialize_tuple(self, _: usize) -> Result<No, Error> {
        no()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<No, Error> {
        no()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<No, Error> {
        no()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<No, Error> {
        no()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<No, Error> {
        no()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<No, Error> {
        no()
    }
}
