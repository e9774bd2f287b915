//! Turns the entries of mappings and the items of lists, one after another, into calls of the writer.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::key::Key;
use super::serializer::{Node, Place};
use super::{Error, Parent, Writer};

/// The first items' places as pointers name them.
const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Writes the entries of a mapping or the items of a list.
pub(super) struct Block<'w, 'c> {
    writer: &'w mut Writer<'c>,
    place: Place,
    /// The column of its entries or items.
    indent: u16,
    /// How many there are so far.
    count: usize,
    /// What [`Writer::ascend`] takes after each of them.
    parent: Parent<'c>,
    /// The same for the entry round this block, where that is the name of an enum's variant.
    variant: Option<Parent<'c>>,
}

impl<'w, 'c> Block<'w, 'c> {
    /// Starts where a node is due.
    pub(super) fn new(node: Node<'w, 'c>) -> Self {
        let Node { writer, place, indent } = node;
        let indent = if place == Place::Root { indent } else { indent + 2 };
        let parent = writer.parent();
        Self { writer, place, indent, count: 0, parent, variant: None }
    }

    /// Starts below the name of an enum's variant.
    pub(super) fn of_variant(node: Node<'w, 'c>, name: &str) -> Self {
        let mut outer = Self::new(node);
        outer.key(name);
        let variant = Some(outer.parent);
        let inner = Node { writer: outer.writer, place: Place::Entry, indent: outer.indent };
        Self { variant, ..Self::new(inner) }
    }

    /// Goes where the next entry or item starts.
    fn next(&mut self) {
        let is_first = self.count == 0;
        if is_first && self.place == Place::Entry {
            // The blank behind the key.
            self.writer.text.truncate(self.writer.text.len().saturating_sub(1));
        }
        if !is_first || self.place == Place::Entry {
            self.writer.line(self.indent);
        }
        self.count += 1;
    }

    pub(super) fn key(&mut self, key: &str) {
        self.next();
        self.writer.descend(self.indent, key);
        self.writer.key(key, self.indent);
    }

    fn field(&mut self, name: &'static str) {
        self.next();
        self.writer.descend(self.indent, name);
        self.writer.field(name, self.indent);
    }

    pub(super) fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let (place, indent) = (Place::Entry, self.indent);
        value.serialize(Node { writer: self.writer, place, indent })?;
        self.writer.comment_beside();
        self.writer.ascend(self.parent);
        Ok(())
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let position = self.count;
        self.next();
        if !self.writer.comments.is_empty() {
            match DIGITS.get(position) {
                Some(digit) => self.writer.descend(self.indent, digit),
                None => self.writer.descend(self.indent, &position.to_string()),
            }
        }
        self.writer.text.push_str("- ");
        let (place, indent) = (Place::Item, self.indent);
        value.serialize(Node { writer: self.writer, place, indent })?;
        self.writer.ascend(self.parent);
        Ok(())
    }

    /// Ends the block; one without entries or items is written as `empty`.
    fn close(self, empty: &str) {
        if self.count == 0 {
            self.writer.text.push_str(empty);
        }
        if let Some(parent) = self.variant {
            self.writer.ascend(parent);
        }
    }
}

impl SerializeSeq for Block<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close("[]");
        Ok(())
    }
}

impl SerializeTuple for Block<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close("[]");
        Ok(())
    }
}

impl SerializeTupleStruct for Block<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close("[]");
        Ok(())
    }
}

impl SerializeTupleVariant for Block<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close("[]");
        Ok(())
    }
}

impl SerializeMap for Block<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        key.serialize(Key(|key: &str| self.key(key)))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close("{}");
        Ok(())
    }
}

impl SerializeStruct for Block<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.field(name);
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close("{}");
        Ok(())
    }
}

impl SerializeStructVariant for Block<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.field(name);
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close("{}");
        Ok(())
    }
}
