#[derive(redress_derive::Facts)]
union Either {
    module: u32,
    handler: bool,
}

fn main() {}
