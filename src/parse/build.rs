//! One declaration's tree, made from pest's pairs.

use pest::iterators::{Pair, Pairs};

use super::Rule;
use crate::ast::{
    Argument, ArgumentValue, Call, Chain, Comment, Comparator, Condition, Connective, Constant,
    DecisionExpression, Declaration, DeclarationKind, Element, EnumDeclaration, Example,
    ExampleEntry, FactDeclaration, FileReference, LabelEntry, LetDeclaration, LetOperator,
    LetValue, Link, List, Literal, LiteralValue, MemberDeclaration, Name, OtherwiseDeclaration,
    OutcomeDeclaration, ParameterDeclaration, Placement, Predicate, Range, RuleDeclaration,
    SetExpression, Side, Test, TextTest, TypedForm,
};
use crate::diagnostic::Diagnostics;
use crate::literal;
use crate::source::{FileId, Span};

/// Makes the tree of a declaration from pest's pairs.
///
/// The functions that return an option give nothing only where a pair lacks what the grammar says it has;
/// the declaration is then left out and reported.
pub(super) struct Builder<'i, 'p> {
    pub(super) file: FileId,
    /// The whole file.
    pub(super) text: &'i str,
    /// Those of the whole file, in order.
    pub(super) comments: &'p [Comment],
    /// Where the piece begins that pest was given.
    pub(super) offset: usize,
    pub(super) problems: &'p mut Diagnostics,
}

type Children<'i> = std::iter::Peekable<Pairs<'i, Rule>>;

/// The pairs in a pair.
fn children<'i>(pair: Pair<'i, Rule>) -> Children<'i> {
    pair.into_inner().peekable()
}

/// The next pair if it is of this rule.
fn take<'i>(children: &mut Children<'i>, rule: Rule) -> Option<Pair<'i, Rule>> {
    children.next_if(|pair| pair.as_rule() == rule)
}

impl<'i> Builder<'i, '_> {
    fn span(&self, pair: &Pair<'i, Rule>) -> Span {
        let span = pair.as_span();
        Span::new(self.file, self.offset + span.start()..self.offset + span.end())
    }

    /// From the first to the last token: a pair that ends with something optional can end in a comment or space.
    fn trimmed_span(&self, pair: &Pair<'i, Rule>) -> Span {
        let Span { start, end, .. } = self.span(pair);
        let (start, mut end) = (start as usize, end as usize);
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

    pub(super) fn declaration(&mut self, pair: Pair<'i, Rule>) -> Option<Declaration> {
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
            literal::text(pair.as_str(), span, self.problems).unwrap_or_else(|rest| rest)
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
            // A tree of many rules is most of what loading them takes.
            rest.shrink_to_fit();
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
            Rule::text => literal::text(pair.as_str(), span, self.problems)
                .map_or(LiteralValue::Wrong, LiteralValue::Text),
            Rule::truth => LiteralValue::Bool(pair.as_str() == "true"),
            _ => return None,
        };
        Some(Constant::Literal(Literal { span, value }))
    }
}
