//! Lays JSON out: each value of a list and each entry of a mapping on a line of its own, indented by two.
//!
//! The layout is that of `serde_json`'s own `PrettyFormatter`, which writes the blanks of a line two by two.

use std::io::{Result, Write};

use serde_json::ser::Formatter;

/// Where the text stands.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// How many lists and mappings are open.
    depth: usize,
    /// Whether the last one that was open has something in it.
    filled: bool,
}

impl Lines {
    fn open<W: Write + ?Sized>(&mut self, writer: &mut W, sign: &[u8]) -> Result<()> {
        self.depth += 1;
        self.filled = false;
        writer.write_all(sign)
    }

    fn close<W: Write + ?Sized>(&mut self, writer: &mut W, sign: &[u8]) -> Result<()> {
        self.depth -= 1;
        if self.filled {
            self.line(writer, 1)?;
        }
        writer.write_all(sign)
    }

    fn next<W: Write + ?Sized>(&self, writer: &mut W, first: bool) -> Result<()> {
        self.line(writer, usize::from(first))
    }

    /// Begins a line; from 0 with the comma that ends the one before, from 1 without.
    fn line<W: Write + ?Sized>(&self, writer: &mut W, from: usize) -> Result<()> {
        const LINE: &[u8] = b",\n                                ";
        let shown = self.depth.min(LINE.len() / 2 - 1);
        writer.write_all(&LINE[from..2 + 2 * shown])?;
        (shown..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for Lines {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.open(writer, b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.close(writer, b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.next(writer, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.open(writer, b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.close(writer, b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.next(writer, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        writer.write_all(b": ")
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _: &mut W) -> Result<()> {
        self.filled = true;
        Ok(())
    }
}
