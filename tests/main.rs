//! The one integration binary; what it tests is data in `cases/`.

mod format;
mod generate;
mod hostile;
mod naive;
mod properties;
