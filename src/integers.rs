//! The integers of Rust, for what is implemented for each of them.

/// Calls a macro with all types of integers whose values, or most of them, are `i64`s.
macro_rules! for_integers {
    ($call:ident) => {
        $call!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);
    };
}

pub(crate) use for_integers;
