#[derive(redress_derive::Facts)]
#[facts(rename_all = "Snake_Case", crate = "not a path")]
struct Failure {
    #[facts(rename = error)]
    kind: String,
    #[facts(rename)]
    position: u32,
}

fn main() {}
