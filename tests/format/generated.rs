//! Policies made at random: every declaration, with any space and comments between its tokens.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::assert_sound;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_layout_is_sound(tokens in vec(declaration(), 0..8), trivia in vec(trivia(), 1..200)) {
        assert_sound(&join(&tokens.concat(), &trivia));
    }
}

type Tokens = Vec<String>;

/// Writes the tokens with the trivia between them, over and over; comments are numbered to be told apart.
fn join(tokens: &[String], trivia: &[&str]) -> String {
    let mut text = String::new();
    for (number, (token, trivia)) in tokens.iter().zip(trivia.iter().cycle()).enumerate() {
        text.push_str(&trivia.replace('#', &format!("# {number}")));
        text.push_str(token);
    }
    text + "\n"
}

fn trivia() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        8 => Just(" "),
        1 => select(vec!["\t", "\n", "\r\n", "\n\n", "\n \n\n", "   "]),
        1 => select(vec![" #\n", "\n#\n", "\n\n#\n", "\n#\n\n", " # \t\r\n", " #\n#\n", "\n#\n\n\n#\n"]),
    ]
}

/// Tokens that are parted by spaces in `text`.
fn fixed(text: &str) -> BoxedStrategy<Tokens> {
    Just(text.split(' ').map(str::to_owned).collect()).boxed()
}

fn one_of(tokens: &[&str]) -> BoxedStrategy<Tokens> {
    let tokens: Vec<Tokens> = tokens.iter().map(|token| vec![(*token).to_owned()]).collect();
    select(tokens).boxed()
}

/// One thing behind the other.
fn sequence<const N: usize>(parts: [BoxedStrategy<Tokens>; N]) -> BoxedStrategy<Tokens> {
    Vec::from(parts).prop_map(|parts| parts.concat()).boxed()
}

fn maybe(part: BoxedStrategy<Tokens>) -> BoxedStrategy<Tokens> {
    prop_oneof![Just(Vec::new()), part].boxed()
}

/// Items with commas between them, perhaps with one at the end.
fn items(item: BoxedStrategy<Tokens>, least: usize) -> BoxedStrategy<Tokens> {
    let last = any::<bool>();
    (vec(item, least..9), last)
        .prop_map(|(items, last)| {
            let mut tokens = items.join(&",".to_owned());
            if last && !tokens.is_empty() {
                tokens.push(",".to_owned());
            }
            tokens
        })
        .boxed()
}

fn block(open: &str, content: BoxedStrategy<Tokens>, close: &str) -> BoxedStrategy<Tokens> {
    sequence([fixed(open), content, fixed(close)])
}

fn declaration() -> impl Strategy<Value = Tokens> {
    prop_oneof![
        head(),
        enumeration(),
        sequence([fixed("fact"), plain_name(), form()]),
        sequence([fixed("let"), plain_name(), fixed("="), binding()]),
        sequence([fixed("let"), name(), one_of(&["+=", "-="]), binding()]),
        sequence([fixed("outcome"), plain_name(), maybe(block("(", parameters(), ")"))]),
        sequence([fixed("rule"), plain_name(), maybe(placement()), fixed(":"), body()]),
        sequence([fixed("replace"), plain_name(), fixed(":"), body()]),
        body(),
        sequence([fixed("disable"), plain_name()]),
        sequence([fixed("otherwise =>"), decision(), examples()]),
    ]
}

fn head() -> BoxedStrategy<Tokens> {
    let file = || prop_oneof![name(), one_of(&["\"../a # b.policy\""])].boxed();
    prop_oneof![
        fixed("policy 1"),
        sequence([fixed("vocabulary"), file()]),
        sequence([fixed("extends"), file()]),
        sequence([fixed("use"), items(file(), 1)]),
    ]
    .boxed()
}

fn enumeration() -> BoxedStrategy<Tokens> {
    let spellings = vec(member_name(), 0..4).prop_map(|names| {
        let spellings: Vec<Tokens> =
            names.into_iter().map(|name| [vec!["aka".to_owned()], name].concat()).collect();
        spellings.join(&",".to_owned())
    });
    let member = sequence([
        member_name(),
        maybe(sequence([fixed("is"), member_name()])),
        spellings.boxed(),
        maybe(fixed(",")),
    ]);
    let members = vec(member, 0..9).prop_map(|members| members.concat()).boxed();
    let manner = maybe(one_of(&["open", "+="]));
    sequence([fixed("enum"), plain_name(), manner, block("{", members, "}")])
}

fn form() -> BoxedStrategy<Tokens> {
    let manner = prop_oneof![fixed("?"), sequence([fixed("="), constant()])].boxed();
    sequence([fixed(":"), one_of(&["int", "duration", "Phase"]), maybe(range()), maybe(manner)])
}

fn parameters() -> BoxedStrategy<Tokens> {
    let parameter = || sequence([key(), form()]);
    let behind_variant = sequence([fixed(","), items(parameter(), 1)]);
    prop_oneof![items(parameter(), 1), sequence([plain_name(), maybe(behind_variant)])].boxed()
}

fn binding() -> BoxedStrategy<Tokens> {
    prop_oneof![call(), list(), range(), constant(), condition()].boxed()
}

fn placement() -> BoxedStrategy<Tokens> {
    sequence([one_of(&["before", "after"]), plain_name()])
}

fn body() -> BoxedStrategy<Tokens> {
    sequence([fixed("when"), condition(), fixed("=>"), decision(), examples()])
}

fn decision() -> BoxedStrategy<Tokens> {
    let outcome = prop_oneof![plain_name(), call()].boxed();
    sequence([outcome, maybe(sequence([fixed("with"), items(entry(), 1)]))])
}

fn examples() -> BoxedStrategy<Tokens> {
    let example = sequence([fixed("example"), block("{", items(entry(), 0), "}")]);
    vec(example, 0..3).prop_map(|examples| examples.concat()).boxed()
}

fn entry() -> BoxedStrategy<Tokens> {
    sequence([key(), fixed(":"), constant()])
}

fn condition() -> BoxedStrategy<Tokens> {
    test()
        .prop_recursive(4, 24, 4, |inner| {
            let connective = one_of(&["and", "or"]);
            let links = vec(sequence([connective, grouped(inner.clone())]), 0..4);
            let links = links.prop_map(|links| links.concat()).boxed();
            prop_oneof![
                sequence([grouped(inner.clone().boxed()), links]),
                sequence([fixed("not"), grouped(inner.boxed())]),
            ]
            .boxed()
        })
        .boxed()
}

fn grouped(condition: impl Strategy<Value = Tokens> + 'static) -> BoxedStrategy<Tokens> {
    block("(", condition.boxed(), ")")
}

fn test() -> BoxedStrategy<Tokens> {
    let comparator = one_of(&["==", "!=", "<", "<=", ">", ">="]);
    let membership =
        sequence([maybe(fixed("not")), fixed("in"), prop_oneof![list(), range(), name()].boxed()]);
    let words = ["contains", "starts with", "ends with", "like", "matches"];
    let text_test = sequence([select(words.to_vec()).prop_flat_map(fixed).boxed(), constant()]);
    let predicate = prop_oneof![
        sequence([comparator, constant()]),
        membership,
        text_test,
        sequence([fixed("is"), member_name()]),
        one_of(&["absent", "present"]).prop_map(|word| [vec!["is".to_owned()], word].concat()),
    ];
    sequence([name(), maybe(predicate.boxed())])
}

fn call() -> BoxedStrategy<Tokens> {
    let value = prop_oneof![constant(), list(), range()].boxed();
    let calls = value.prop_recursive(3, 12, 3, |value| {
        let argument = sequence([maybe(sequence([key(), fixed(":")])), value.boxed()]);
        sequence([name(), block("(", items(argument, 0), ")")])
    });
    sequence([plain_name(), block("(", items(calls.boxed(), 0), ")")])
}

fn list() -> BoxedStrategy<Tokens> {
    block("[", items(prop_oneof![3 => constant(), 1 => range()].boxed(), 0), "]")
}

fn range() -> BoxedStrategy<Tokens> {
    let bound = || one_of(&["1", "-20", "30s", "20MB", "first"]);
    prop_oneof![
        sequence([bound(), fixed("..")]),
        sequence([bound(), fixed(".."), bound()]),
        sequence([fixed(".."), bound()]),
    ]
    .boxed()
}

fn constant() -> BoxedStrategy<Tokens> {
    let literals = ["-1", "90m", "20MB", "50%", "true", "\"a \\\"#\\\" b\"", "r\"\\d # \"", "0"];
    prop_oneof![name(), one_of(&literals)].boxed()
}

/// The name of something declared, which has no dots.
fn plain_name() -> BoxedStrategy<Tokens> {
    one_of(&["a", "retry", "none", "MaxFileSizeExceededErrorOfTheWholeExecution"])
}

fn name() -> BoxedStrategy<Tokens> {
    prop_oneof![plain_name(), one_of(&["aws.transient"])].boxed()
}

fn member_name() -> BoxedStrategy<Tokens> {
    prop_oneof![name(), one_of(&["\"40001\"", "\"not found, ever\""])].boxed()
}

fn key() -> BoxedStrategy<Tokens> {
    one_of(&["a", "after", "with", "owner", "the_person_who_has_to_look_at_it"])
}
