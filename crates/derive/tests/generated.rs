//! What the derive makes of a type, seen through the traits.

use std::borrow::Cow;

use redress::{FactType, FactValue, FieldKind};
use redress_derive::Facts;

/// Name, kind and whether it is optional, of every field.
fn fields<T: redress::Facts>() -> Vec<(&'static str, FieldKind, bool)> {
    T::FIELDS.iter().map(|field| (field.name, field.kind, field.optional)).collect()
}

#[derive(Facts)]
struct Everything<'a> {
    handler: bool,
    r#type: &'a str,
    #[facts(rename = "module")]
    position: Option<u64>,
    #[facts(skip)]
    _trace: f64,
    elapsed: std::time::Duration,
    wait: redress::Duration,
    size: Option<&'a redress::Size>,
    app: Cow<'a, str>,
    phase: Option<Phase>,
}

#[derive(Facts, Clone, Copy)]
enum Phase {
    Operation = 7,
    #[facts(rename = "commit")]
    Commit = 3,
    r#Type,
}

fn everything() -> Everything<'static> {
    Everything {
        handler: true,
        r#type: "text",
        position: Some(u64::MAX),
        _trace: 0.5,
        elapsed: std::time::Duration::from_secs(2),
        wait: redress::Duration::from_milliseconds(5),
        size: None,
        app: "ledger".into(),
        phase: Some(Phase::Commit),
    }
}

const PHASES: FieldKind = FieldKind::Names(&["Operation", "commit", "Type"]);

#[test]
fn fields_are_facts_in_their_order() {
    let expected = [
        ("handler", FieldKind::Bool, false),
        ("type", FieldKind::Text, false),
        ("module", FieldKind::Int, true),
        ("elapsed", FieldKind::Duration, false),
        ("wait", FieldKind::Duration, false),
        ("size", FieldKind::Size, true),
        ("app", FieldKind::Text, false),
        ("phase", PHASES, true),
    ];
    assert_eq!(fields::<Everything<'_>>(), expected);
}

#[test]
fn a_fact_is_found_by_its_number_and_nothing_by_another() {
    let everything = everything();
    let values: Vec<_> = (0..8).map(|number| redress::Facts::fact(&everything, number)).collect();
    let expected = [
        FactValue::Bool(true),
        FactValue::Text("text"),
        FactValue::Int(i64::MAX),
        FactValue::Int(2_000),
        FactValue::Int(5),
        FactValue::Absent,
        FactValue::Text("ledger"),
        FactValue::Name(1),
    ];
    assert_eq!(values, expected);
    for number in [8, 9, usize::MAX] {
        assert_eq!(redress::Facts::fact(&everything, number), FactValue::Absent);
    }
}

#[test]
fn a_variant_is_its_position_whatever_its_discriminant() {
    assert_eq!(Phase::KIND, PHASES);
    const { assert!(!Phase::OPTIONAL) };
    let values = [&Phase::Operation, &Phase::Commit, &Phase::Type].map(|phase| phase.fact_value());
    assert_eq!(values, [FactValue::Name(0), FactValue::Name(1), FactValue::Name(2)]);
}

#[test]
fn names_can_be_written_another_way_all_at_once() {
    #[derive(Facts)]
    #[facts(rename_all = "snake_case")]
    #[allow(non_snake_case, reason = "the field is renamed")]
    struct Renamed {
        exitCode: i32,
        #[facts(rename = "AsGiven")]
        status: u16,
    }
    #[derive(Facts)]
    #[facts(rename_all = "kebab-case")]
    #[allow(dead_code, reason = "the names are what counts")]
    enum Way {
        OneWay,
        #[facts(rename = "AsGiven")]
        Other,
    }
    let names: Vec<_> = fields::<Renamed>().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["exit_code", "AsGiven"]);
    assert_eq!(redress::Facts::fact(&Renamed { exitCode: -1, status: 5 }, 0), FactValue::Int(-1));
    assert_eq!(Way::KIND, FieldKind::Names(&["one-way", "AsGiven"]));
}

#[derive(Facts)]
struct Generic<'a, T, U: Clone, const N: usize>
where
    T: Copy,
{
    error: &'a T,
    other: Option<U>,
    #[facts(skip)]
    _rest: [u8; N],
}

#[test]
fn type_parameters_are_bound_where_a_fact_needs_them() {
    type Concrete<'a> = Generic<'a, Phase, String, 3>;
    assert_eq!(
        fields::<Concrete<'_>>(),
        [("error", PHASES, false), ("other", FieldKind::Text, true)]
    );
    let generic = Concrete { error: &Phase::Operation, other: None, _rest: [0; 3] };
    assert_eq!(redress::Facts::fact(&generic, 0), FactValue::Name(0));
    // What is no fact need not be a `FactType`.
    struct Opaque;
    #[derive(Facts)]
    struct Carrier<T> {
        module: u32,
        #[facts(skip)]
        _what: T,
    }
    assert_eq!(fields::<Carrier<Opaque>>(), [("module", FieldKind::Int, false)]);
    assert_eq!(redress::Facts::fact(&Carrier { module: 3, _what: Opaque }, 0), FactValue::Int(3));
}

#[test]
fn a_struct_without_facts_is_one_all_the_same() {
    #[derive(Facts)]
    struct Nothing {}
    assert_eq!(fields::<Nothing>(), []);
    assert_eq!(redress::Facts::fact(&Nothing {}, 0), FactValue::Absent);
}

/// The generated code does not stumble over what is in scope, and comes through other macros whole.
mod hygiene {
    #![allow(
        non_upper_case_globals,
        non_camel_case_types,
        dead_code,
        reason = "names chosen to be in the way"
    )]

    pub struct Option;
    pub struct Field;
    pub struct FactValue;
    pub struct usize;
    pub struct str;
    pub trait Facts {}
    pub trait FactType {}
    pub mod core {}
    pub mod std {}
    pub mod redress {}
    pub const number: u8 = 0;
    pub const Absent: u8 = 0;

    pub mod my {
        pub use ::redress as library;
    }

    #[derive(redress_derive::Facts)]
    pub struct InTheWay {
        pub module: u32,
        pub phase: Phase,
    }

    #[derive(redress_derive::Facts)]
    #[facts(crate = "my::library")]
    pub struct Elsewhere {
        pub module: u32,
    }

    #[derive(redress_derive::Facts)]
    pub enum Phase {
        Operation,
    }

    macro_rules! declare {
        ($name:ident { $($field:ident: $type:ty),* }) => {
            #[derive(redress_derive::Facts)]
            pub struct $name {
                $(pub $field: $type,)*
                pub attempt: u32,
            }
        };
    }
    declare!(Declared { module: u32 });
}

#[test]
fn the_generated_code_is_hygienic() {
    let in_the_way = hygiene::InTheWay { module: 2, phase: hygiene::Phase::Operation };
    assert_eq!(redress::Facts::fact(&in_the_way, 0), FactValue::Int(2));
    assert_eq!(redress::Facts::fact(&in_the_way, 1), FactValue::Name(0));
    assert_eq!(redress::Facts::fact(&hygiene::Elsewhere { module: 2 }, 0), FactValue::Int(2));
    assert_eq!(
        redress::Facts::fact(&hygiene::Declared { module: 2, attempt: 4 }, 1),
        FactValue::Int(4)
    );
}
