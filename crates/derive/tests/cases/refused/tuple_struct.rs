#[derive(redress_derive::Facts)]
struct Pair(u32, bool);

#[derive(redress_derive::Facts)]
struct Nothing;

fn main() {}
