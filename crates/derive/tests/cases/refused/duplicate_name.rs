#[derive(redress_derive::Facts)]
struct Failure {
    error: String,
    #[facts(rename = "error")]
    kind: String,
    #[facts(skip)]
    module: u32,
    #[facts(rename = "module")]
    position: u32,
}

#[derive(redress_derive::Facts)]
#[facts(rename_all = "lowercase")]
enum Phase {
    RollBack,
    Rollback,
}

fn main() {}
