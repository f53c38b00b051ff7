use crate::{PolicyLoader, diagnostic::Diagnostics, source::Sources};
pub(crate) struct Chain;
pub(crate) fn gather(
    _l: &PolicyLoader,
    _n: &str,
    _t: &[u8],
    _s: &mut Sources,
    _p: &mut Diagnostics,
) -> Chain {
    Chain
}
