//! Ast to Checked.
use crate::{Limits, diagnostic::Diagnostics, gather::Chain, source::Sources};
pub(crate) struct Checked;
pub(crate) fn check(
    _c: &Chain,
    _s: &Sources,
    _l: &Limits,
    _p: &mut Diagnostics,
) -> Option<Checked> {
    None
}
