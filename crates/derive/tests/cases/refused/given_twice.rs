#[derive(redress_derive::Facts)]
#[facts(crate = "redress")]
#[facts(crate = "redress")]
struct Failure {
    #[facts(rename = "error", rename = "eror")]
    kind: String,
    #[facts(rename = "module", skip)]
    position: u32,
}

fn main() {}
