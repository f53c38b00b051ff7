//! How long it takes to load a policy with everything that is proved about it, and how much memory.
//!
//! `cargo bench -p redress-benches --bench check`

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher};
use redress::PolicyLoader;
use redress_benches::{in_pairs, realistic};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn check(bencher: Bencher<'_, '_>, text: &str) {
    let loader = PolicyLoader::bundled_only();
    bencher.counter(BytesCount::of_str(text)).bench(|| loader.check_text("policy", text));
}

/// Rules like those that people write, about eight facts.
#[divan::bench(args = [100, 1_000, 10_000, 100_000], sample_count = 5, sample_size = 1)]
fn realistic_rules(bencher: Bencher<'_, '_>, rules: usize) {
    check(bencher, &realistic(rules));
}

/// Conditions that are too involved to be analysed: ends by giving up.
#[divan::bench(args = [16, 32, 64], sample_count = 5, sample_size = 1)]
fn facts_in_pairs(bencher: Bencher<'_, '_>, facts: usize) {
    check(bencher, &in_pairs(facts));
}
