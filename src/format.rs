//! Ast to the one layout.
//!
//! The declarations become a flat list of pieces: tokens, comments, gaps and groups. The page then
//! sets every group on one line if it holds no comment and fits, and otherwise breaks it, from the outermost
//! inwards. Tokens that have a place in the source first let out the comments that stand before them, so no
//! comment is lost and none overtakes another; one in the middle of an expression merely breaks the line.

mod conditions;
mod declarations;
mod layout;
mod page;
mod piece;
mod values;

use crate::ast::Ast;
use crate::source::Source;

/// How many columns a line may have, if its tokens allow it.
const WIDTH: usize = 100;

/// How many columns one level is deeper than the one around it.
const INDENT: usize = 4;

/// The file in the one layout: the same tokens, every comment kept, lines ended as the first one is.
///
/// The tree must have been read without errors from this source.
pub fn format(ast: &Ast, source: &Source) -> String {
    let text = page::set(&layout::Layout::of(ast, source).finish());
    let first_line = source.text().split_inclusive('\n').next().unwrap_or_default();
    if first_line.ends_with("\r\n") { text.replace('\n', "\r\n") } else { text }
}
