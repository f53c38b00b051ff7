#[derive(redress_derive::Facts)]
#[facts(renameall = "snake_case")]
struct Failure {
    #[facts(name = "error")]
    kind: String,
    #[facts(redress::rename = "module")]
    position: u32,
    #[facts]
    handler: bool,
    #[facts(skip = true)]
    trace: String,
}

#[derive(redress_derive::Facts)]
enum Phase {
    #[facts(skip)]
    Operation,
}

fn main() {}
