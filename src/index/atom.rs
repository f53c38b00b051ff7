//! A question about one fact, small enough to be copied.

/// A question about one fact to which the answer is certainly the wanted one for some of its classes: of what is
/// absent no answer is, unless presence itself is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Atom {
    /// A position in [`Asked`](super::asked::Asked).
    pub(super) fact: u32,
    pub(super) how: How,
    /// Whether the answer no is wanted; of a pattern alone, as classes are those of the wanted answer.
    pub(super) negated: bool,
    /// What is asked: the classes themselves, or a position in the list of its kind.
    pub(super) operand: u32,
}

/// What an atom asks of its fact's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum How {
    /// Is its class one of a stretch, the ends of which are the halves of the operand?
    Stretch,
    /// Is its class one of the first 64, and its bit set?
    Mask,
    /// Is its class in one of several stretches?
    Stretches,
    /// Does the text look like this?
    Pattern,
    /// Does this part of [`Flow`](super::flow::Flow) hold? Of no fact.
    Flow,
}

/// By their numbers in words; those that stand for nothing are not written.
const HOWS: [How; 8] = [
    How::Stretch,
    How::Mask,
    How::Stretches,
    How::Pattern,
    How::Flow,
    How::Flow,
    How::Flow,
    How::Flow,
];

impl Atom {
    /// How many words an atom takes in a list.
    pub(super) const WORDS: usize = 2;

    /// The question whether a class is between these, both of them in.
    pub(super) fn stretch(fact: u32, from: u16, to: u16) -> Self {
        let operand = u32::from(from) | u32::from(to) << 16;
        Atom { fact, how: How::Stretch, negated: false, operand }
    }

    /// The question whether a part of a flow holds.
    pub(super) fn flow(step: u32) -> Self {
        Atom { fact: 0, how: How::Flow, negated: false, operand: step }
    }

    /// Whether it asks about classes of its fact, which have the answer in them.
    pub(super) fn is_of_classes(self) -> bool {
        matches!(self.how, How::Stretch | How::Mask | How::Stretches)
    }

    /// Written down in a list.
    pub(super) fn words(self) -> [u32; 2] {
        [self.fact << 4 | u32::from(self.negated) << 3 | self.how as u32, self.operand]
    }

    /// Read from a list.
    #[inline]
    pub(super) fn of([what, operand]: [u32; 2]) -> Self {
        let how = HOWS[(what & 7) as usize];
        Atom { fact: what >> 4, how, negated: what >> 3 & 1 == 1, operand }
    }

    /// The fact and the ends of a stretch read from a list; nothing where something else is asked.
    #[inline]
    pub(super) fn stretch_of([what, operand]: [u32; 2]) -> Option<(u32, (u32, u32))> {
        let is_stretch = what & 15 == How::Stretch as u32;
        is_stretch.then_some((what >> 4, ends(operand)))
    }

    /// The ends of the stretch of classes that it asks about.
    #[inline]
    pub(super) fn ends(self) -> (u32, u32) {
        ends(self.operand)
    }

    /// Where in a flow the part begins that it asks about.
    #[inline]
    pub(super) fn step(self) -> u32 {
        self.operand
    }
}

/// The ends of a stretch, the halves of the operand.
#[inline]
fn ends(operand: u32) -> (u32, u32) {
    (operand & 0xffff, operand >> 16)
}
