//! The one integration binary; what it tests is data in `cases/`.

mod check;
mod format;
mod parse;
mod rules;
