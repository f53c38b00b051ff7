use crate::{PolicyLoader, source::Sources, diagnostic::Diagnostics};
pub(crate) struct Chain;
pub(crate) fn gather(_l: &PolicyLoader, _n: &str, _t: &[u8], _s: &mut Sources, _p: &mut Diagnostics) -> Chain { Chain }
