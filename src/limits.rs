//! The numbers that bound what a policy may cost to read.

/// Bounds on the text of a policy, checked before the grammar sees it.
///
/// They are the same in debug and release builds. The [default](Limits::default) set is for files an
/// organisation writes itself, the [strict](Limits::strict) one for text that strangers send.
///
/// ```
/// use redress::Limits;
/// assert_eq!(Limits::default().file_bytes, 16 * 1024 * 1024);
/// assert_eq!(Limits::strict().file_bytes, 1024 * 1024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Size of one file, in bytes.
    pub file_bytes: usize,
    /// Depth of parentheses, brackets and `not`, each of which counts; this depth is still allowed.
    pub nesting: usize,
    /// Files in one policy: itself, its bases and packs, and the vocabulary if one of them names it.
    pub files: usize,
    /// Rules in one file and in the effective policy; `otherwise` is not counted.
    pub rules: usize,
    /// Elements written in one list, members in one enum, and whatever else commas part within brackets.
    pub list_elements: usize,
    /// Tests in one condition once the conditions it names are written out.
    pub condition_tests: usize,
    /// Members of all lists together once the sets they name are written out.
    pub list_members: usize,
    /// Bytes of all texts and schedules together once the names that stand for them are written out.
    pub text_bytes: usize,
    /// Bytes that all text patterns together may take up once they are compiled.
    pub pattern_bytes: usize,
    /// Outcomes of one vocabulary, each variant counted.
    pub outcomes: usize,
    /// Parameters of one outcome.
    pub parameters: usize,
    /// Problems reported in one run; the others are counted.
    pub diagnostics: usize,
    /// Steps that one question of the exact analysis may take before it says that it cannot tell.
    ///
    /// To load a policy without `otherwise` asks one: whether every event is decided. To check one asks three: which
    /// rules decide, which are redundant, and which parts of them are; and a fourth where notes are wanted. Later ones,
    /// such as [`Policy::table`](crate::Policy::table), have the same limit. A policy of 5,000 rules has twice the steps,
    /// one of 7,500 three times, and one of 10,000 or more four times.
    pub analysis_steps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes: 16 * 1024 * 1024,
            nesting: 64,
            files: 64,
            rules: 100_000,
            list_elements: 100_000,
            condition_tests: 65_536,
            list_members: 16_000_000,
            text_bytes: 128 * 1024 * 1024,
            pattern_bytes: 32 * 1024 * 1024,
            outcomes: 256,
            parameters: 64,
            diagnostics: 1_000,
            analysis_steps: 4_000_000,
        }
    }
}

impl Limits {
    /// The set meant for untrusted text.
    pub fn strict() -> Self {
        Limits {
            file_bytes: 1024 * 1024,
            condition_tests: 4_096,
            list_members: 1_000_000,
            text_bytes: 4 * 1024 * 1024,
            pattern_bytes: 8 * 1024 * 1024,
            diagnostics: 100,
            analysis_steps: 400_000,
            ..Limits::default()
        }
    }
}
