//! Turns what a type says of itself to `serde` into calls of the writer, node by node, without a tree in between.

use serde::ser::{Serialize, Serializer};
use serde_json::Number;

use super::block::Block;
use super::{Error, Writer, scalar};

/// What stands on the line before a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing: the node is the document.
    Root,
    /// A dash.
    Item,
    /// A key, with a blank behind its colon.
    Entry,
}

/// Writes one node where the text ends.
pub(super) struct Node<'w, 'c> {
    pub(super) writer: &'w mut Writer<'c>,
    pub(super) place: Place,
    /// The column of its parent.
    pub(super) indent: u16,
}

#[allow(clippy::unnecessary_wraps, reason = "the results are those that serde asks for")]
impl Node<'_, '_> {
    fn word(self, word: &str) -> Result<(), Error> {
        self.writer.text.push_str(word);
        Ok(())
    }

    fn number(self, number: impl Into<Number>) -> Result<(), Error> {
        scalar::push_number(&mut self.writer.text, &number.into());
        Ok(())
    }
}

impl<'w, 'c> Serializer for Node<'w, 'c> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Block<'w, 'c>;
    type SerializeTuple = Block<'w, 'c>;
    type SerializeTupleStruct = Block<'w, 'c>;
    type SerializeTupleVariant = Block<'w, 'c>;
    type SerializeMap = Block<'w, 'c>;
    type SerializeStruct = Block<'w, 'c>;
    type SerializeStructVariant = Block<'w, 'c>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.word(if value { "true" } else { "false" })
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.number(value)
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(f64::from(value))
    }

    /// What is no number has no form that all readers know.
    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        match Number::from_f64(value) {
            Some(number) => self.number(number),
            None => self.word("null"),
        }
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.writer.string(value, self.indent + 2);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        value.iter().collect::<Vec<_>>().serialize(self)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.word("null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.word("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.word("null")
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

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut block = Block::new(self);
        block.key(variant);
        block.value(value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Block<'w, 'c>, Error> {
        Ok(Block::new(self))
    }

    fn serialize_tuple(self, _: usize) -> Result<Block<'w, 'c>, Error> {
        Ok(Block::new(self))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Block<'w, 'c>, Error> {
        Ok(Block::new(self))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Block<'w, 'c>, Error> {
        Ok(Block::of_variant(self, variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Block<'w, 'c>, Error> {
        Ok(Block::new(self))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Block<'w, 'c>, Error> {
        Ok(Block::new(self))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Block<'w, 'c>, Error> {
        Ok(Block::of_variant(self, variant))
    }
}
