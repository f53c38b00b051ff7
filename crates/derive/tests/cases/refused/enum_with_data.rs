#[derive(redress_derive::Facts)]
enum Phase {
    Operation,
    Commit(u32),
    Rollback { module: u32 },
}

#[derive(redress_derive::Facts)]
enum Never {}

fn main() {}
