//! Ast to Checked.
use crate::{Limits, source::Sources, diagnostic::Diagnostics, gather::Chain};
pub(crate) struct Checked;
pub(crate) fn check(_c: &Chain, _s: &Sources, _l: &Limits, _p: &mut Diagnostics) -> Option<Checked> { None }
