//! Policy text to [`Ast`]. The only file that names pest.
//!
//! The grammar never fails as a whole: what is no declaration becomes a `broken` piece, which is read once
//! more by itself to say what was expected where it stops.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::{Pair, Pairs};

use crate::ast::{
    Argument, ArgumentValue, Ast, Call, Chain, Comment, Comparator, Condition, Connective,
    Constant, DecisionExpression, Declaration, DeclarationKind, Element, EnumDeclaration, Example,
    ExampleEntry, FactDeclaration, FileReference, LabelEntry, LetDeclaration, LetOperator,
    LetValue, Link, List, Literal, LiteralValue, MemberDeclaration, Name, OtherwiseDeclaration,
    OutcomeDeclaration, ParameterDeclaration, Placement, Predicate, Range, RuleDeclaration,
    SetExpression, Side, Test, TextTest, TypedForm,
};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::limits::Limits;
use crate::literal;
use crate::scan;
use crate::source::{FileId, Sources, Span};
use crate::syntax_error::{self, Expected};

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/policy.pest"]
struct Grammar;

/// How far behind a broken piece is looked, in bytes, to say what is wrong with it: what names its arguments
/// with keywords goes on where the piece ends. Without an end, each of many pieces would cost the whole file.
const LOOK_AHEAD: usize = 4096;

/// The text up to a place, or up to the character that the place lies in.
fn up_to(text: &str, end: usize) -> &str {
    let end = (0..=end.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or(0)]
}

/// A file as it was read: its tree, and what is wrong with its syntax.
#[derive(Debug)]
pub struct Parsed {
    /// Holds the one file.
    pub sources: Sources,
    /// The declarations that could be read.
    pub ast: Ast,
    /// The syntax errors, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the text of one file, without what it names and without asking what it means.
///
/// ```
/// let parsed = redress::parse("mine.policy", "otherwise => fail");
/// assert!(parsed.diagnostics.is_empty());
/// assert_eq!(parsed.ast.declarations.len(), 1);
/// ```
pub fn parse(name: &str, text: impl AsRef<[u8]>) -> Parsed {
    let limits = Limits::default();
    let mut sources = Sources::default();
    let mut problems = Diagnostics::new(limits.diagnostics);
    let (file, readable) =
        scan::read(&mut sources, name, text.as_ref(), false, &limits, &mut problems);
    let ast = if readable { parse_file(&sources, file, &mut problems) } else { Ast::empty(file) };
    Parsed { sources, ast, diagnostics: problems.finish().0 }
}

/// Reads a file that [`scan::read`] found readable.
pub(crate) fn parse_file(sources: &Sources, file: FileId, problems: &mut Diagnostics) -> Ast {
    let text = sources.file(file).text();
    match Grammar::parse(Rule::policy_file, text) {
        Ok(pairs) => {
            Builder { file, text, problems, comments: comments(text, file, pairs.clone()) }
                .file(pairs)
        }
        // The grammar takes any text; were there one it does not, its own error is told.
        Err(error) => {
            report(text, file, 0, &error, problems);
            Ast::empty(file)
        }
    }
}

impl Ast {
    /// A file without declarations.
    pub(crate) fn empty(file: FileId) -> Self {
        Ast { file, declarations: Vec::new(), comments: Vec::new(), broken: Vec::new() }
    }
}

/// All comments, in order.
fn comments(text: &str, file: FileId, pairs: Pairs<'_, Rule>) -> Vec<Comment> {
    let comments = pairs.flatten().filter(|pair| pair.as_rule() == Rule::COMMENT);
    let comment = |pair: Pair<'_, Rule>| {
        let span = pair.as_span();
        let before = text[..span.start()].bytes().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        let own_line = matches!(before, None | Some(b'\n' | b'\r'))
            || text[..span.start()].ends_with('\u{feff}');
        Comment { span: Span::new(file, span.start()..span.end()), own_line }
    };
    comments.map(comment).collect()
}

/// Makes the tree from pest's pairs.
///
/// The functions that return an option give nothing only where a pair lacks what the grammar says it has;
/// the declaration is then left out and reported.
struct Builder<'i, 'p> {
    file: FileId,
    text: &'i str,
    problems: &'p mut Diagnostics,
    comments: Vec<Comment>,
}

type Children<'i> =
    std::iter::Peekable<std::iter::Filter<Pairs<'i, Rule>, fn(&Pair<'i, Rule>) -> bool>>;

/// The pairs in a pair, comments left out.
fn children<'i>(pair: Pair<'i, Rule>) -> Children<'i> {
    let is_no_comment: fn(&Pair<'i, Rule>) -> bool = |pair| pair.as_rule() != Rule::COMMENT;
    pair.into_inner().filter(is_no_comment).peekable()
}

/// The next pair if it is of this rule.
fn take<'i>(children: &mut Children<'i>, rule: Rule) -> Option<Pair<'i, Rule>> {
    children.next_if(|pair| pair.as_rule() == rule)
}

impl<'i> Builder<'i, '_> {
    fn file(mut self, pairs: Pairs<'i, Rule>) -> Ast {
        let mut declarations = Vec::new();
        let mut broken = Vec::new();
        let mut previous = None;
        for pair in pairs.flat_map(children) {
            let span = self.span(&pair);
            match pair.as_rule() {
                Rule::EOI => continue,
                Rule::broken => {
                    // What begins a line of its own takes nothing from what could be read before it.
                    let on_its_own = self.text[..span.start as usize].ends_with('\n');
                    if self.broken(span, previous) && !on_its_own {
                        broken.extend(give_up_last(&mut declarations));
                    }
                    broken.push(span);
                }
                _ => declarations.extend(self.declaration(pair).or_else(|| {
                    self.broken(span, None);
                    broken.push(span);
                    None
                })),
            }
            previous = Some(span);
        }
        Ast { file: self.file, declarations, comments: self.comments, broken }
    }

    /// Says what was expected where a piece stops being a declaration.
    ///
    /// Where the piece does not begin with a keyword, the declaration before it may have gone on; gives
    /// whether it had.
    fn broken(&mut self, piece: Span, previous: Option<Span>) -> bool {
        if self.problems.count_if_full() {
            return false;
        }
        let text = up_to(self.text, piece.end as usize + LOOK_AHEAD);
        let own = syntax_error::begins_with_slip(self.text, piece.start as usize);
        let previous = previous.filter(|_| !own);
        for (of_previous, span) in [(false, Some(piece)), (true, previous)] {
            let Some(start) = span.map(|span| span.start as usize) else { continue };
            if syntax_error::begins_declaration(&text[start..])
                && let Err(error) = Grammar::parse(Rule::lone_declaration, &text[start..])
            {
                report(self.text, self.file, start, &error, self.problems);
                return of_previous;
            }
        }
        for at in syntax_error::strange_lines(self.text, piece.range()) {
            let expected = [Expected::Declaration];
            let (text, file) = (self.text, self.file);
            let report = || syntax_error::report(text, file, at, at, &expected);
            self.problems.push(Severity::Error, report);
        }
        false
    }

    fn span(&self, pair: &Pair<'i, Rule>) -> Span {
        Span::new(self.file, pair.as_span().start()..pair.as_span().end())
    }

    /// From the first to the last token: a pair that ends with something optional can end in a comment or space.
    fn trimmed_span(&self, pair: &Pair<'i, Rule>) -> Span {
        let start = pair.as_span().start();
        let mut end = pair.as_span().end();
        loop {
            let trimmed = start + self.text[start..end].trim_end().len();
            let before =
                self.comments.partition_point(|comment| (comment.span.start as usize) < trimmed);
            let last = before.checked_sub(1).and_then(|at| self.comments.get(at));
            match last.filter(|comment| {
                comment.span.end as usize >= trimmed && comment.span.start as usize > start
            }) {
                Some(comment) => end = comment.span.start as usize,
                None => return Span::new(self.file, start..trimmed),
            }
        }
    }

    /// The comment lines right above a place, without their `#`.
    fn documentation(&self, start: u32) -> Option<String> {
        let before = self.comments.partition_point(|comment| comment.span.start < start);
        let mut lines = Vec::new();
        let mut below = start as usize;
        for comment in self.comments[..before].iter().rev() {
            let between = &self.text[comment.span.end as usize..below];
            let touches = between.bytes().filter(|&byte| byte == b'\n').count() == 1;
            if !comment.own_line || !touches || !between.trim().is_empty() {
                break;
            }
            let line = self.text[comment.span.range()].trim_start_matches('#').trim_end();
            lines.push(line.strip_prefix(' ').unwrap_or(line));
            below = comment.span.start as usize;
        }
        lines.reverse();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    fn declaration(&mut self, pair: Pair<'i, Rule>) -> Option<Declaration> {
        let span = self.trimmed_span(&pair);
        let documentation = self.documentation(span.start);
        let rule = pair.as_rule();
        let mut inside = children(pair);
        let kind = match rule {
            Rule::version => DeclarationKind::Version(self.version(inside)?),
            Rule::vocabulary => DeclarationKind::Vocabulary(self.file_reference(inside.nth(1)?)?),
            Rule::extends => DeclarationKind::Extends(self.file_reference(inside.nth(1)?)?),
            Rule::packs => DeclarationKind::Use(
                inside.skip(1).filter_map(|pair| self.file_reference(pair)).collect(),
            ),
            Rule::enumeration => DeclarationKind::Enum(self.enumeration(inside)?),
            Rule::fact => DeclarationKind::Fact(self.fact(inside)?),
            Rule::binding => DeclarationKind::Let(self.binding(inside)?),
            Rule::outcome => DeclarationKind::Outcome(self.outcome(inside)?),
            Rule::named_rule | Rule::unnamed_rule => DeclarationKind::Rule(self.rule(inside)?),
            Rule::replacement => DeclarationKind::Replace(self.rule(inside)?),
            Rule::disabling => DeclarationKind::Disable(self.name(inside.nth(1)?)),
            Rule::otherwise => DeclarationKind::Otherwise(self.otherwise(inside)?),
            _ => return None,
        };
        Some(Declaration { span, documentation, kind })
    }

    fn version(&mut self, mut inside: Children<'i>) -> Option<Literal> {
        match self.constant(inside.nth(1)?)? {
            Constant::Literal(literal) => Some(literal),
            Constant::Name(_) => None,
        }
    }

    fn file_reference(&mut self, pair: Pair<'i, Rule>) -> Option<FileReference> {
        match pair.as_rule() {
            Rule::text => Some(FileReference::Path(self.name(pair))),
            Rule::identifier => Some(FileReference::Bundled(self.name(pair))),
            _ => None,
        }
    }

    /// A name, quoted or not, or a word before a colon.
    fn name(&mut self, pair: Pair<'i, Rule>) -> Name {
        let span = self.span(&pair);
        let quoted = pair.as_rule() == Rule::text;
        let text = if quoted {
            literal::text(pair.as_str(), span, self.problems)
        } else {
            pair.as_str().to_owned()
        };
        Name { text, span, quoted }
    }

    // The vocabulary -----------------------------------------------------------------------------

    fn enumeration(&mut self, mut inside: Children<'i>) -> Option<EnumDeclaration> {
        let name = self.name(inside.nth(1)?);
        let grows = take(&mut inside, Rule::grow).is_some();
        let open = take(&mut inside, Rule::open).map(|pair| self.span(&pair));
        let members = inside.filter(|pair| pair.as_rule() == Rule::member);
        let members = members.map(|pair| self.member(children(pair))).collect::<Option<_>>()?;
        Some(EnumDeclaration { name, grows, open, members })
    }

    fn member(&mut self, mut inside: Children<'i>) -> Option<MemberDeclaration> {
        let mut member = MemberDeclaration {
            name: self.name(inside.next()?),
            parent: None,
            spellings: Vec::new(),
        };
        for pair in inside {
            match pair.as_rule() {
                Rule::parent => member.parent = Some(self.name(children(pair).next()?)),
                Rule::spelling => member.spellings.push(self.name(children(pair).next()?)),
                _ => {}
            }
        }
        Some(member)
    }

    fn fact(&mut self, mut inside: Children<'i>) -> Option<FactDeclaration> {
        let name = self.name(inside.nth(1)?);
        Some(FactDeclaration { name, form: self.typed_form(inside)? })
    }

    fn typed_form(&mut self, inside: Children<'i>) -> Option<TypedForm> {
        let mut type_name = None;
        let (mut range, mut optional, mut default) = (None, None, None);
        for pair in inside {
            match pair.as_rule() {
                Rule::type_name => type_name = Some(self.name(pair)),
                Rule::range => range = Some(self.range(pair)?),
                Rule::optional => optional = Some(self.span(&pair)),
                Rule::default_value => default = Some(self.constant(children(pair).nth(1)?)?),
                _ => {}
            }
        }
        Some(TypedForm { type_name: type_name?, range, optional, default })
    }

    fn outcome(&mut self, mut inside: Children<'i>) -> Option<OutcomeDeclaration> {
        let name = self.name(inside.nth(1)?);
        let mut outcome = OutcomeDeclaration { name, variant: None, parameters: Vec::new() };
        for pair in inside {
            match pair.as_rule() {
                Rule::variant => outcome.variant = Some(self.name(pair)),
                Rule::parameter => outcome.parameters.push(self.parameter(children(pair))?),
                _ => {}
            }
        }
        Some(outcome)
    }

    fn parameter(&mut self, mut inside: Children<'i>) -> Option<ParameterDeclaration> {
        let name = self.name(inside.next()?);
        Some(ParameterDeclaration { name, form: self.typed_form(inside)? })
    }

    fn binding(&mut self, mut inside: Children<'i>) -> Option<LetDeclaration> {
        let name = self.name(inside.nth(1)?);
        let operator = match inside.next()?.as_rule() {
            Rule::grow => LetOperator::Grow,
            Rule::shrink => LetOperator::Shrink,
            _ => LetOperator::Define,
        };
        let value = inside.next()?;
        let value = match value.as_rule() {
            Rule::call => LetValue::Call(self.call(value)?),
            Rule::list => LetValue::List(self.list(value)?),
            Rule::range => LetValue::Range(self.range(value)?),
            Rule::condition => LetValue::Condition(self.condition(value)?),
            _ => LetValue::Constant(self.constant(value)?),
        };
        Some(LetDeclaration { name, operator, value })
    }

    // Rules --------------------------------------------------------------------------------------

    /// A named or unnamed rule, or a replacement.
    fn rule(&mut self, mut inside: Children<'i>) -> Option<RuleDeclaration> {
        let keyword = self.span(inside.peek()?);
        let named = matches!(inside.peek()?.as_rule(), Rule::rule_word | Rule::replace_word);
        let name = if named { inside.nth(1).map(|pair| self.name(pair)) } else { None };
        let placement = match take(&mut inside, Rule::placement) {
            Some(pair) => Some(self.placement(children(pair))?),
            None => None,
        };
        let mut inside = inside.filter(|pair| !matches!(pair.as_rule(), Rule::colon | Rule::when));
        let condition = self.condition(inside.next()?)?;
        let arrow = self.span(&inside.next()?);
        let (decision, examples) = self.decision(inside)?;
        Some(RuleDeclaration { keyword, name, placement, condition, arrow, decision, examples })
    }

    fn placement(&mut self, mut inside: Children<'i>) -> Option<Placement> {
        let side =
            if inside.next()?.as_rule() == Rule::before { Side::Before } else { Side::After };
        Some(Placement { side, anchor: self.name(inside.next()?) })
    }

    fn otherwise(&mut self, mut inside: Children<'i>) -> Option<OtherwiseDeclaration> {
        let keyword = self.span(&inside.next()?);
        let (decision, examples) = self.decision(inside.skip(1))?;
        Some(OtherwiseDeclaration { keyword, decision, examples })
    }

    /// What stands behind the arrow: an outcome, labels, examples.
    fn decision(
        &mut self,
        inside: impl Iterator<Item = Pair<'i, Rule>>,
    ) -> Option<(DecisionExpression, Vec<Example>)> {
        let mut outcome = None;
        let (mut labels, mut examples) = (Vec::new(), Vec::new());
        for pair in inside {
            match pair.as_rule() {
                Rule::invocation => outcome = Some(self.call(pair)?),
                Rule::labels => labels = self.labels(pair)?,
                Rule::example => examples.push(self.example(pair)?),
                _ => {}
            }
        }
        Some((DecisionExpression { outcome: outcome?, labels }, examples))
    }

    fn labels(&mut self, pair: Pair<'i, Rule>) -> Option<Vec<LabelEntry>> {
        let labels = children(pair).filter(|pair| pair.as_rule() == Rule::label);
        labels
            .map(|pair| self.key_and_constant(pair).map(|(key, value)| LabelEntry { key, value }))
            .collect()
    }

    fn example(&mut self, pair: Pair<'i, Rule>) -> Option<Example> {
        let span = self.span(&pair);
        let entries = children(pair).filter(|pair| pair.as_rule() == Rule::entry);
        let entries = entries.map(|pair| {
            self.key_and_constant(pair).map(|(key, value)| ExampleEntry { key, value })
        });
        Some(Example { span, entries: entries.collect::<Option<_>>()? })
    }

    fn key_and_constant(&mut self, pair: Pair<'i, Rule>) -> Option<(Name, Constant)> {
        let mut inside = children(pair);
        let key = self.name(inside.next()?);
        Some((key, self.constant(inside.nth(1)?)?))
    }

    // Conditions ---------------------------------------------------------------------------------

    fn condition(&mut self, pair: Pair<'i, Rule>) -> Option<Condition> {
        let mut inside = children(pair);
        let first = self.clause(inside.next()?)?;
        let mut rest = Vec::new();
        while let Some(word) = inside.next() {
            let connective =
                if word.as_rule() == Rule::and { Connective::And } else { Connective::Or };
            rest.push(Link {
                connective,
                span: self.span(&word),
                clause: self.clause(inside.next()?)?,
            });
        }
        if rest.is_empty() {
            Some(first)
        } else {
            Some(Condition::Chain(Chain { first: Box::new(first), rest }))
        }
    }

    fn clause(&mut self, pair: Pair<'i, Rule>) -> Option<Condition> {
        let mut inside = children(pair);
        let mut negations = Vec::new();
        while let Some(word) = take(&mut inside, Rule::not) {
            negations.push(self.span(&word));
        }
        let operand = inside.next()?;
        let condition = match operand.as_rule() {
            Rule::group => {
                let span = self.span(&operand);
                Condition::Group {
                    span,
                    inner: Box::new(self.condition(children(operand).next()?)?),
                }
            }
            _ => Condition::Test(self.test(operand)?),
        };
        let negate = |inner, keyword| Condition::Not { keyword, inner: Box::new(inner) };
        Some(negations.into_iter().rev().fold(condition, negate))
    }

    fn test(&mut self, pair: Pair<'i, Rule>) -> Option<Test> {
        let whole = self.span(&pair);
        let mut inside = children(pair);
        let subject = self.name(inside.next()?);
        let Some(predicate) = inside.next() else {
            return Some(Test { span: subject.span, subject, predicate: Predicate::Holds });
        };
        let span = Span { end: self.span(&predicate).end, ..whole };
        let predicate = match predicate.as_rule() {
            Rule::comparison => self.comparison(children(predicate))?,
            Rule::membership => self.membership(children(predicate))?,
            Rule::presence => match children(predicate).nth(1)?.as_rule() {
                Rule::absent => Predicate::Absent,
                _ => Predicate::Present,
            },
            Rule::kinship => Predicate::Is(self.name(children(predicate).nth(1)?)),
            _ => self.text_test(children(predicate))?,
        };
        Some(Test { span, subject, predicate })
    }

    fn comparison(&mut self, mut inside: Children<'i>) -> Option<Predicate> {
        let sign = inside.next()?;
        let comparator = match sign.as_str() {
            "==" => Comparator::Equal,
            "!=" => Comparator::NotEqual,
            "<" => Comparator::Less,
            "<=" => Comparator::LessOrEqual,
            ">" => Comparator::Greater,
            _ => Comparator::GreaterOrEqual,
        };
        let comparator_span = self.span(&sign);
        Some(Predicate::Compare {
            comparator,
            comparator_span,
            constant: self.constant(inside.next()?)?,
        })
    }

    fn membership(&mut self, mut inside: Children<'i>) -> Option<Predicate> {
        let negated = take(&mut inside, Rule::not).is_some();
        let set = inside.nth(1)?;
        let set = match set.as_rule() {
            Rule::list => SetExpression::List(self.list(set)?),
            Rule::range => SetExpression::Range(self.range(set)?),
            _ => SetExpression::Constant(self.constant(set)?),
        };
        Some(Predicate::In { negated, set })
    }

    fn text_test(&mut self, mut inside: Children<'i>) -> Option<Predicate> {
        let test = match inside.next()?.as_rule() {
            Rule::contains => TextTest::Contains,
            Rule::starts => TextTest::StartsWith,
            Rule::ends => TextTest::EndsWith,
            Rule::like => TextTest::Like,
            _ => TextTest::Matches,
        };
        let _with = take(&mut inside, Rule::with);
        Some(Predicate::Text { test, constant: self.constant(inside.next()?)? })
    }

    // Values -------------------------------------------------------------------------------------

    /// An outcome or a schedule with what it is given.
    fn call(&mut self, pair: Pair<'i, Rule>) -> Option<Call> {
        let span = self.trimmed_span(&pair);
        let mut inside = children(pair);
        let name = self.name(inside.next()?);
        let arguments = inside.filter(|pair| pair.as_rule() == Rule::argument);
        let arguments =
            arguments.map(|pair| self.argument(children(pair))).collect::<Option<_>>()?;
        Some(Call { span, name, arguments })
    }

    fn argument(&mut self, mut inside: Children<'i>) -> Option<Argument> {
        let key = take(&mut inside, Rule::key).map(|pair| self.name(pair));
        let value = inside.next()?;
        let value = match value.as_rule() {
            Rule::call => ArgumentValue::Call(self.call(value)?),
            Rule::list => ArgumentValue::List(self.list(value)?),
            Rule::range => ArgumentValue::Range(self.range(value)?),
            _ => ArgumentValue::Constant(self.constant(value)?),
        };
        Some(Argument { key, value })
    }

    fn list(&mut self, pair: Pair<'i, Rule>) -> Option<List> {
        let span = self.span(&pair);
        let elements = children(pair).filter(|pair| pair.as_rule() != Rule::close_bracket);
        Some(List {
            span,
            elements: elements.map(|pair| self.element(pair)).collect::<Option<_>>()?,
        })
    }

    fn element(&mut self, pair: Pair<'i, Rule>) -> Option<Element> {
        match pair.as_rule() {
            Rule::range => Some(Element::Range(self.range(pair)?)),
            _ => Some(Element::Constant(self.constant(pair)?)),
        }
    }

    fn range(&mut self, pair: Pair<'i, Rule>) -> Option<Range> {
        let span = self.trimmed_span(&pair);
        let open_below = pair.as_str().starts_with("..");
        let mut bounds = children(pair).map(|pair| self.constant(pair));
        let (first, second) = (bounds.next(), bounds.next());
        let (low, high) = if open_below { (None, first) } else { (first, second) };
        Some(Range { span, low: low.flatten(), high: high.flatten() })
    }

    fn constant(&mut self, pair: Pair<'i, Rule>) -> Option<Constant> {
        let span = self.span(&pair);
        let value = match pair.as_rule() {
            Rule::identifier => return Some(Constant::Name(self.name(pair))),
            Rule::number => literal::number(pair.as_str(), span, self.problems),
            Rule::text => LiteralValue::Text(literal::text(pair.as_str(), span, self.problems)),
            Rule::truth => LiteralValue::Bool(pair.as_str() == "true"),
            _ => return None,
        };
        Some(Constant::Literal(Literal { span, value }))
    }
}

/// Takes back the last declaration, since it goes on in a way that cannot be read; the head of a file stays.
fn give_up_last(declarations: &mut Vec<Declaration>) -> Option<Span> {
    use DeclarationKind::{Extends, Use, Version, Vocabulary};
    let last = declarations
        .pop_if(|last| !matches!(last.kind, Version(_) | Vocabulary(_) | Extends(_) | Use(_)));
    last.map(|declaration| declaration.span)
}

/// Tells a syntax error; `offset` is where the text begins that the error counts from.
fn report(
    text: &str,
    file: FileId,
    offset: usize,
    error: &pest::error::Error<Rule>,
    problems: &mut Diagnostics,
) {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => offset + at,
    };
    let expected: Vec<Expected> = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            positives.iter().copied().filter_map(expected).collect()
        }
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    problems.push(Severity::Error, || syntax_error::report(text, file, offset, at, &expected));
}

/// What a rule of the grammar is called in messages; nothing for what need not be named.
fn expected(rule: Rule) -> Option<Expected> {
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
