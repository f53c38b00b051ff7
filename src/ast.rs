//! What the author of a policy wrote, with the place of every piece.
//!
//! The tree holds everything that can be written, also what the checks refuse: names are
//! not resolved, types not compared, `and` and `or` may be mixed.

use std::fmt;

use crate::source::{FileId, Span};
use crate::value::{Duration, Size};

/// One file.
#[derive(Clone, Debug, PartialEq)]
pub struct Ast {
    /// The file the tree was read from.
    pub file: FileId,
    /// The declarations that could be read, in their order.
    pub declarations: Vec<Declaration>,
    /// Every comment, in order.
    pub comments: Vec<Comment>,
    /// The pieces that could not be read as declarations.
    pub broken: Vec<Span>,
}

/// A comment, from its `#` to the end of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands.
    pub span: Span,
    /// Whether nothing but space stands before it on its line.
    pub own_line: bool,
}

/// A declaration with the comment above it.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// From the keyword to the last token.
    pub span: Span,
    /// The text of the comment lines right above, without their `#`.
    pub documentation: Option<String>,
    /// What is declared.
    pub kind: DeclarationKind,
}

/// The kinds of declarations.
#[derive(Clone, Debug, PartialEq)]
pub enum DeclarationKind {
    /// `policy 1`
    Version(Literal),
    /// `vocabulary "mine.policy"`
    Vocabulary(FileReference),
    /// `extends default`
    Extends(FileReference),
    /// `use aws, http`
    Use(Vec<FileReference>),
    /// `enum Phase { operation, commit }`
    Enum(EnumDeclaration),
    /// `fact module: int 1..`
    Fact(FactDeclaration),
    /// `let transient = [ConnectionError]`
    Let(LetDeclaration),
    /// `outcome store(manual)`
    Outcome(OutcomeDeclaration),
    /// `rule early before first_module: when phase == initialization => stop`, or without a name
    Rule(RuleDeclaration),
    /// `replace review: when error in permanent => store(manual)`
    Replace(RuleDeclaration),
    /// `disable retryable`
    Disable(Name),
    /// `otherwise => fail`
    Otherwise(OtherwiseDeclaration),
}

/// A name, quoted or not.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// The name itself, without quotes.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
    /// Whether it was written in quotes.
    pub quoted: bool,
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if self.quoted { "\"" } else { "`" };
        write!(f, "{quote}{}{quote} {:?}", self.text, self.span)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A file named by `extends`, `use` or `vocabulary`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileReference {
    /// A bare word: one of the library's own files.
    Bundled(Name),
    /// A quoted path, relative to the file that names it.
    Path(Name),
}

impl FileReference {
    /// The name or path.
    pub fn name(&self) -> &Name {
        match self {
            FileReference::Bundled(name) | FileReference::Path(name) => name,
        }
    }
}

/// `enum ErrorType open { … }` or `enum ErrorType += { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct EnumDeclaration {
    /// The enum's name.
    pub name: Name,
    /// Whether it adds members to an enum declared elsewhere.
    pub grows: bool,
    /// Where the word `open` stands, if it does.
    pub open: Option<Span>,
    /// The members in their order.
    pub members: Vec<MemberDeclaration>,
}

/// `InvalidAccessTokenError is InvalidConfigurationError aka BadToken`
#[derive(Clone, Debug, PartialEq)]
pub struct MemberDeclaration {
    /// The member's right spelling.
    pub name: Name,
    /// What it is a kind of.
    pub parent: Option<Name>,
    /// Other spellings found in the wild.
    pub spellings: Vec<Name>,
}

/// `fact module: int 1..`
#[derive(Clone, Debug, PartialEq)]
pub struct FactDeclaration {
    /// The fact's name.
    pub name: Name,
    /// What its values are.
    pub form: TypedForm,
}

/// What follows the colon of a fact or of an outcome's parameter: a type, a range, `?`, a default.
#[derive(Clone, Debug, PartialEq)]
pub struct TypedForm {
    /// The type's name.
    pub type_name: Name,
    /// The values allowed.
    pub range: Option<Range>,
    /// Where a `?` stands: it may be absent.
    pub optional: Option<Span>,
    /// What it is where it is not given.
    pub default: Option<Constant>,
}

/// `let transient = [ConnectionError]`
#[derive(Clone, Debug, PartialEq)]
pub struct LetDeclaration {
    /// The name.
    pub name: Name,
    /// Whether it defines, grows or shrinks.
    pub operator: LetOperator,
    /// What it stands for.
    pub value: LetValue,
}

/// `=`, `+=` or `-=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetOperator {
    /// `=`
    Define,
    /// `+=`
    Grow,
    /// `-=`
    Shrink,
}

/// What a `let` may stand for.
#[derive(Clone, Debug, PartialEq)]
pub enum LetValue {
    /// `every(15m, times: 3)`
    Call(Call),
    /// `[ConnectionError, RateLimitError]`
    List(List),
    /// `500..599`
    Range(Range),
    /// `1`, or another name
    Constant(Constant),
    /// `not handler`
    Condition(Condition),
}

impl LetValue {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            LetValue::Call(call) => call.span,
            LetValue::List(list) => list.span,
            LetValue::Range(range) => range.span,
            LetValue::Constant(constant) => constant.span(),
            LetValue::Condition(condition) => condition.span(),
        }
    }
}

/// `outcome store(retry, after: schedule = standard)`
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeDeclaration {
    /// The outcome's name.
    pub name: Name,
    /// The leading word in the parentheses.
    pub variant: Option<Name>,
    /// What it can be given.
    pub parameters: Vec<ParameterDeclaration>,
}

/// `after: schedule = standard`
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterDeclaration {
    /// The name arguments are given by.
    pub name: Name,
    /// What its values are.
    pub form: TypedForm,
}

/// A rule, named or not, or its replacement.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleDeclaration {
    /// The keyword: `rule`, `when` or `replace`.
    pub keyword: Span,
    /// Its name.
    pub name: Option<Name>,
    /// Where it goes if not to the front.
    pub placement: Option<Placement>,
    /// When it decides.
    pub condition: Condition,
    /// The `=>`.
    pub arrow: Span,
    /// What it decides.
    pub decision: DecisionExpression,
    /// Events it says it decides.
    pub examples: Vec<Example>,
}

/// `before first_module`
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// Before or after the anchor.
    pub side: Side,
    /// The rule it is placed by.
    pub anchor: Name,
}

/// Which side of an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `before`
    Before,
    /// `after`
    After,
}

/// `otherwise => fail`
#[derive(Clone, Debug, PartialEq)]
pub struct OtherwiseDeclaration {
    /// The keyword.
    pub keyword: Span,
    /// What it decides.
    pub decision: DecisionExpression,
    /// Events it says it decides.
    pub examples: Vec<Example>,
}

/// `store(retry, after: [6h]) with owner: "ledger"`
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionExpression {
    /// The outcome and its arguments.
    pub outcome: Call,
    /// The labels in their order.
    pub labels: Vec<LabelEntry>,
}

/// `owner: "ledger"`
#[derive(Clone, Debug, PartialEq)]
pub struct LabelEntry {
    /// The label's name.
    pub key: Name,
    /// Its value.
    pub value: Constant,
}

/// `example { module: 4, error: LedgerClosedError }`
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// From `example` to the closing brace.
    pub span: Span,
    /// The facts.
    pub entries: Vec<ExampleEntry>,
}

/// `module: 4`
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleEntry {
    /// The fact's name.
    pub key: Name,
    /// Its value.
    pub value: Constant,
}

/// Something that is true, false or unknown of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Clauses joined by `and`, `or`, or wrongly by both; at least two.
    Chain(Chain),
    /// `not …`
    Not {
        /// The word `not`.
        keyword: Span,
        /// What is negated.
        inner: Box<Condition>,
    },
    /// `( … )`
    Group {
        /// From parenthesis to parenthesis.
        span: Span,
        /// What stands between them.
        inner: Box<Condition>,
    },
    /// A fact and what is asked of it.
    Test(Test),
}

impl Condition {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Condition::Chain(chain) => {
                let last =
                    chain.rest.last().map_or_else(|| chain.first.span(), |link| link.clause.span());
                chain.first.span().to(last)
            }
            Condition::Not { keyword, inner } => keyword.to(inner.span()),
            Condition::Group { span, .. } => *span,
            Condition::Test(test) => test.span,
        }
    }

    /// All its tests, in the order in which they are written.
    pub fn tests(&self) -> Vec<&Test> {
        match self {
            Condition::Not { inner, .. } | Condition::Group { inner, .. } => inner.tests(),
            Condition::Chain(chain) => chain.clauses().flat_map(Condition::tests).collect(),
            Condition::Test(test) => vec![test],
        }
    }
}

/// `a and b and c`
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The first clause.
    pub first: Box<Condition>,
    /// The others, each with the word before it.
    pub rest: Vec<Link>,
}

impl Chain {
    /// What is joined, in the order in which it is written.
    pub fn clauses(&self) -> impl Iterator<Item = &Condition> + Clone {
        std::iter::once(&*self.first).chain(self.rest.iter().map(|link| &link.clause))
    }
}

/// `and b`
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// `and` or `or`.
    pub connective: Connective,
    /// Where the word stands.
    pub span: Span,
    /// What follows it.
    pub clause: Condition,
}

/// How clauses are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connective {
    /// `and`
    And,
    /// `or`
    Or,
}

/// `status in 500..599`
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// From the fact to the last token.
    pub span: Span,
    /// The fact, or a named condition.
    pub subject: Name,
    /// What is asked of it.
    pub predicate: Predicate,
}

/// What is asked of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// Nothing: a boolean fact or a named condition by itself.
    Holds,
    /// `== 3`
    Compare {
        /// The sign.
        comparator: Comparator,
        /// Where the sign stands.
        comparator_span: Span,
        /// What it is compared with.
        constant: Constant,
    },
    /// `in […]` or `not in […]`
    In {
        /// Whether `not` stands before `in`.
        negated: bool,
        /// What it is looked for in.
        set: SetExpression,
    },
    /// `is InvalidConfigurationError`
    Is(Name),
    /// `contains "timeout"`
    Text {
        /// How the text is looked at.
        test: TextTest,
        /// What is looked for.
        constant: Constant,
    },
    /// `is absent`
    Absent,
    /// `is present`
    Present,
}

/// The comparison signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparator {
    /// The sign as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Comparator::Equal => "==",
            Comparator::NotEqual => "!=",
            Comparator::Less => "<",
            Comparator::LessOrEqual => "<=",
            Comparator::Greater => ">",
            Comparator::GreaterOrEqual => ">=",
        }
    }
}

/// The tests of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextTest {
    /// `contains "…"`: stands somewhere in the text.
    Contains,
    /// `starts with "…"`
    StartsWith,
    /// `ends with "…"`
    EndsWith,
    /// `like "HTTP 5*"`: matches the whole text, `*` standing for anything.
    Like,
    /// `matches "…"`: a regular expression that matches somewhere in the text.
    Matches,
}

impl TextTest {
    /// The words as they are written.
    pub fn as_str(self) -> &'static str {
        match self {
            TextTest::Contains => "contains",
            TextTest::StartsWith => "starts with",
            TextTest::EndsWith => "ends with",
            TextTest::Like => "like",
            TextTest::Matches => "matches",
        }
    }
}

/// What stands behind `in`.
#[derive(Clone, Debug, PartialEq)]
pub enum SetExpression {
    /// `[A, B, 500..599]`
    List(List),
    /// `500..599`
    Range(Range),
    /// A set's name; a literal is refused later.
    Constant(Constant),
}

/// `[A, B, 500..599]`
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// From bracket to bracket.
    pub span: Span,
    /// What stands between them.
    pub elements: Vec<Element>,
}

/// A member of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// One value, or the name of a set.
    Constant(Constant),
    /// All values between two.
    Range(Range),
}

impl Element {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Element::Constant(constant) => constant.span(),
            Element::Range(range) => range.span,
        }
    }
}

/// `400..499`, both ends included.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// From its first to its last token.
    pub span: Span,
    /// The lowest value; open if there is none.
    pub low: Option<Constant>,
    /// The highest value; open if there is none.
    pub high: Option<Constant>,
}

/// A literal, or a name that stands for a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// `3`, `"text"`, `true`
    Literal(Literal),
    /// `ConnectionError`, `first`
    Name(Name),
}

impl Constant {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Constant::Literal(literal) => literal.span,
            Constant::Name(name) => name.span,
        }
    }
}

/// A value written out.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// Where it stands.
    pub span: Span,
    /// The value.
    pub value: LiteralValue,
}

/// The kinds of literals.
#[derive(Clone, Debug, PartialEq)]
pub enum LiteralValue {
    /// `true`
    Bool(bool),
    /// `-3`
    Int(i64),
    /// `90m`
    Duration(Duration),
    /// `20MB`
    Size(Size),
    /// `50%`
    Percentage(u8),
    /// `"text"`, with its escapes resolved
    Text(String),
    /// A number that was already reported as wrong; what is made of it is not reported again.
    Wrong,
}

impl LiteralValue {
    /// An integer, a duration in milliseconds or a size in bytes; nothing for what has no order.
    pub fn number(&self) -> Option<i64> {
        match self {
            LiteralValue::Int(value) => Some(*value),
            LiteralValue::Duration(value) => Some(value.milliseconds()),
            LiteralValue::Size(value) => Some(value.bytes()),
            _ => None,
        }
    }
}

/// `every(15m, times: 3)`, or an outcome with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// From the name to the closing parenthesis.
    pub span: Span,
    /// What is called.
    pub name: Name,
    /// What is given; empty also without parentheses.
    pub arguments: Vec<Argument>,
}

/// `times: 3`, or a value alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// Its name.
    pub key: Option<Name>,
    /// Its value.
    pub value: ArgumentValue,
}

/// What can be given as an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum ArgumentValue {
    /// `every(15m, times: 3)`
    Call(Call),
    /// `[10m, 1h]`
    List(List),
    /// `1..3`, which no argument takes
    Range(Range),
    /// `3`
    Constant(Constant),
}

impl ArgumentValue {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            ArgumentValue::Call(call) => call.span,
            ArgumentValue::List(list) => list.span,
            ArgumentValue::Range(range) => range.span,
            ArgumentValue::Constant(constant) => constant.span(),
        }
    }
}
