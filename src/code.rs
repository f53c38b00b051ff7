//! The catalogue of diagnostic codes.

use std::fmt;

use crate::diagnostic::Severity;

/// Declares every code once: its number, its name here, its severity and its title.
macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $number:literal $severity:ident $title:literal;)*) => {
        /// A stable diagnostic code such as `R0201`; never reused, each with a page in `docs/errors/`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// Every code, in the order of their numbers.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The code as it is written: `R0201`.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $number,)* }
            }

            /// What the code stands for, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// Whether what it reports refuses the policy.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    // Files.
    NotUtf8 = "R0001" Error "the file is not UTF-8";
    FileTooLarge = "R0002" Error "the file is larger than allowed";
    NestedTooDeeply = "R0003" Error "nested too deeply";
    ControlCharacter = "R0004" Error "a control character that cannot be part of a policy";
    TooManyFiles = "R0005" Error "too many files";
    TooLarge = "R0006" Error "the policy is larger than allowed";
    FileNotFound = "R0007" Error "a file that the policy names cannot be read";
    OutsideRoot = "R0008" Error "a path leads outside the folder that policies may come from";
    InclusionCycle = "R0009" Error "files include each other in a circle";
    UnknownVersion = "R0010" Error "a language version this release does not know";
    UnknownBundled = "R0011" Error "no bundled policy or pack has this name";
    BidirectionalCharacter = "R0012" Warning "a character that changes the direction of text";
    BadPackName = "R0013" Error "a file name that cannot be the name of a pack";

    // Syntax.
    Syntax = "R0101" Error "syntax error";
    MixedConnectives = "R0102" Error "`and` and `or` mixed without parentheses";
    NumberTooBig = "R0103" Error "a number that does not fit";
    BadQuantity = "R0104" Error "not a number, duration or size";
    BadText = "R0105" Error "not a text literal";
    ReservedWord = "R0106" Error "a reserved word where a name is expected";
    HeaderOrder = "R0107" Error "a header line out of its place";
    NotAllowedHere = "R0108" Error "a declaration that this file may not hold";

    // Names.
    UnknownName = "R0201" Error "a name that nobody declared";
    UnknownMember = "R0202" Error "not a member of the enum";
    UnknownRule = "R0203" Error "no such rule to edit";
    UnknownOutcome = "R0204" Error "no such outcome";
    UnknownType = "R0205" Error "no such type";
    UnknownArgument = "R0206" Error "no such argument";
    DuplicateName = "R0207" Error "a name declared twice";
    HidesMember = "R0208" Error "a `let` that hides an enum member";
    RedeclaredLet = "R0209" Error "a base's `let` declared again";
    RecursiveLet = "R0210" Error "a name that leads back to itself";
    ClashingMember = "R0211" Error "an enum member declared in two different ways";
    ClosedEnum = "R0212" Error "a closed enum grown outside a vocabulary";
    OwnSet = "R0213" Error "a set of the same file grown or shrunk";
    EditedTwice = "R0214" Error "a rule edited twice in one file";

    // Types.
    TypeMismatch = "R0301" Error "a value of another type";
    OutOfRange = "R0302" Error "a value that the fact can never have";
    NotOrdered = "R0303" Error "a comparison of what has no order";
    EmptyRange = "R0304" Error "a range without values";
    NotACondition = "R0305" Error "not a condition";
    NotText = "R0306" Error "a text test on what is no text";
    BadPattern = "R0307" Error "not a regular expression";
    NotAnEnum = "R0308" Error "`is` on what is no enum";
    BadFact = "R0309" Error "a fact declared in a way that cannot hold";
    BadOutcome = "R0310" Error "an outcome declared in a way that cannot hold";
    WrongKind = "R0311" Error "a name of another kind";

    // Rules.
    WrongArguments = "R0401" Error "an outcome with wrong arguments";
    BadSchedule = "R0402" Error "not a schedule";
    DuplicateLabel = "R0403" Error "a label given twice";
    Gap = "R0404" Error "events that no rule decides";
    CannotTellGap = "R0405" Error "no `otherwise`, and no proof that every event is decided";
    SecondOtherwise = "R0406" Error "a second `otherwise`";
    WrongExample = "R0407" Error "an example that its rule does not decide";
    BadExample = "R0408" Error "an example that is no event";
    ForeignOutcome = "R0409" Error "an outcome that the host does not know";

    // Suspicious, but with a meaning.
    UnreachableRule = "R0501" Warning "a rule that can never decide";
    AlwaysTrue = "R0502" Warning "a condition that holds for every event";
    NeverTrue = "R0503" Warning "a condition that holds for no event";
    UnusedName = "R0504" Warning "a name that nothing uses";
    OtherSpelling = "R0505" Warning "another spelling of a member";
    NothingToChange = "R0506" Warning "a change to a set that changes nothing";
    NeverAbsent = "R0507" Warning "a test for absence of what is always there";
    EmptyList = "R0508" Warning "an empty list";
    RepeatedMember = "R0509" Warning "a member that the list already has";
    RedundantRule = "R0510" Warning "a rule whose absence changes nothing";
    BadAllow = "R0511" Warning "an `allow` without a reason, or of what cannot be silenced";
    UnusedAllow = "R0512" Warning "an `allow` that silences nothing";
    NotAnalysed = "R0513" Warning "a pattern, or rules, beyond the exact analysis";
    RedundantClause = "R0514" Warning "a clause that changes nothing";
    RedundantElement = "R0515" Warning "an element of a list that changes nothing";
    ForeignWildcard = "R0516" Warning "a `like` with the `%` of another language";

    // Worth knowing, where it is asked for.
    PartlyCovered = "R0601" Note "a rule that decides only some of the events it holds for";
    Overlap = "R0602" Note "rules that overlap and decide differently";
    NeedlessHere = "R0603" Note "a clause that is needless as things stand";
}

impl Code {
    /// The code written as `text`, if there is one.
    pub fn from_text(text: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
