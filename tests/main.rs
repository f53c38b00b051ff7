//! The one integration binary; what it tests is data in `cases/`.

mod architecture;
mod check;
mod format;
mod fuzz;
mod fuzz_targets;
mod generate;
mod hostile;
mod naive;
mod parse;
mod properties;
mod rules;
