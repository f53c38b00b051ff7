//! What the grammar's rules are called in messages.

use super::Rule;
use crate::syntax_error::Expected;

/// What a rule of the grammar is called in messages; nothing for what need not be named.
pub(super) fn expected(rule: Rule) -> Option<Expected> {
    let expected = match rule {
        Rule::version
        | Rule::vocabulary
        | Rule::extends
        | Rule::packs
        | Rule::enumeration
        | Rule::fact
        | Rule::binding
        | Rule::outcome
        | Rule::named_rule
        | Rule::replacement
        | Rule::unnamed_rule
        | Rule::disabling
        | Rule::otherwise
        | Rule::policy
        | Rule::vocabulary_word
        | Rule::extends_word
        | Rule::use_word
        | Rule::enum_word
        | Rule::fact_word
        | Rule::let_word
        | Rule::outcome_word
        | Rule::rule_word
        | Rule::replace_word
        | Rule::disable_word
        | Rule::otherwise_word => Expected::Declaration,
        Rule::when => Expected::When,
        Rule::condition | Rule::clause | Rule::group | Rule::test => Expected::Condition,
        Rule::not => return None,
        Rule::comparison | Rule::membership | Rule::kinship | Rule::presence | Rule::text_test => {
            Expected::Test
        }
        Rule::comparator => Expected::Test,
        Rule::identifier | Rule::word | Rule::unreserved | Rule::key => Expected::Name,
        Rule::type_name => Expected::Type,
        Rule::number => Expected::Number,
        Rule::text | Rule::plain_text | Rule::raw_text => Expected::Text,
        Rule::truth | Rule::true_word | Rule::false_word | Rule::call | Rule::list => {
            Expected::Value
        }
        Rule::range => Expected::Range,
        Rule::invocation => Expected::Outcome,
        Rule::argument => Expected::Argument,
        Rule::member => Expected::Member,
        Rule::parent | Rule::spelling => Expected::Name,
        Rule::parameter | Rule::variant => Expected::Parameter,
        Rule::label | Rule::entry => Expected::Entry,
        Rule::EOI => Expected::End,
        Rule::arrow => Expected::Sign("=>"),
        Rule::colon => Expected::Sign(":"),
        Rule::equals | Rule::default_value => Expected::Sign("="),
        Rule::grow => Expected::Sign("+="),
        Rule::shrink => Expected::Sign("-="),
        Rule::optional => Expected::Sign("?"),
        Rule::open_brace => Expected::Sign("{"),
        Rule::close_brace => Expected::Sign("}"),
        Rule::close_bracket => Expected::Sign("]"),
        Rule::close_parenthesis => Expected::Sign(")"),
        Rule::and => Expected::Sign("and"),
        Rule::or => Expected::Sign("or"),
        Rule::is => Expected::Sign("is"),
        Rule::aka => Expected::Sign("aka"),
        Rule::open => Expected::Sign("open"),
        Rule::with | Rule::labels => Expected::Sign("with"),
        Rule::r#in => Expected::Sign("in"),
        Rule::absent => Expected::Sign("absent"),
        Rule::present => Expected::Sign("present"),
        Rule::example | Rule::example_word => Expected::Sign("example"),
        Rule::placement | Rule::before | Rule::after => Expected::Placement,
        _ => return None,
    };
    Some(expected)
}
