//! How wide text is on a terminal, and prose that is wrapped at words there; a pipe takes lines as they are.

use textwrap::Options;
use unicode_width::UnicodeWidthStr;

use crate::terminal;

/// How many columns a text takes: a Chinese character or an emoji two, a mark that combines none.
pub fn width_of(text: &str) -> usize {
    text.width()
}

/// A text with spaces behind it, up to so many columns.
pub fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(width_of(text))))
}

/// A text, or the beginning of it that fits into so many columns.
pub fn cut(text: &str, width: usize) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    // What belongs to a character before it takes no column more, so it stays with it.
    let end = ends.take_while(|end| width_of(&text[..*end]) <= room).last().unwrap_or(0);
    format!("{}…", &text[..end])
}

/// A text, with what stands before its first line and before its others.
pub fn wrapped(text: &str, first: &str, others: &str) -> String {
    wrapped_at(terminal::terminal_width().map(usize::from), text, first, others)
}

fn wrapped_at(width: Option<usize>, text: &str, first: &str, others: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let first = if lines.is_empty() { first } else { others };
        match width {
            Some(width) => {
                let options = Options::new(width).initial_indent(first).subsequent_indent(others);
                lines.extend(textwrap::wrap(line, options).into_iter().map(String::from));
            }
            None => lines.push(format!("{first}{line}").trim_end().to_owned()),
        }
    }
    lines.join("\n")
}

/// Prose that may end with a command to type, behind `: `, which stays in one piece: a part of it would be another command.
pub fn prose_at(width: usize, text: &str) -> String {
    const NO_BREAK: &str = "\u{a0}";
    let options = Options::new(width).subsequent_indent("  ").break_words(false);
    let wrap = |line: &str| {
        let (prose, command) =
            line.split_at(line.rfind(": redress ").map_or(line.len(), |at| at + 2));
        let whole = format!("{prose}{}", command.replace(' ', NO_BREAK));
        textwrap::fill(&whole, &options).replace(NO_BREAK, " ")
    };
    text.lines().map(wrap).collect::<Vec<_>>().join("\n")
}

/// Words of a shell on as many lines as they need on a terminal, each but the last with the sign that it goes on.
pub fn shell_lines(words: &[String], indent: &str) -> String {
    shell_lines_at(terminal::terminal_width().map(usize::from), words, indent)
}

fn shell_lines_at(width: Option<usize>, words: &[String], indent: &str) -> String {
    const GOES_ON: &str = " \\";
    let width = width.unwrap_or(usize::MAX).saturating_sub(GOES_ON.len());
    let (mut lines, mut line) = (Vec::new(), indent.to_owned());
    for word in words {
        let is_begun = line.trim() != "";
        let fits = textwrap::core::display_width(&line) + 1 + textwrap::core::display_width(word);
        if is_begun && fits > width {
            lines.push(std::mem::replace(&mut line, format!("{indent}  {word}")));
        } else {
            line += if is_begun { " " } else { "" };
            line += word;
        }
    }
    lines.push(line);
    lines.join(&format!("{GOES_ON}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_what_a_terminal_takes() {
        let wide = "\u{6771}\u{4eac}";
        assert_eq!(["abc", wide, "e\u{301}", "\u{1f680}", ""].map(width_of), [3, 4, 1, 2, 0]);
        assert_eq!([cut(wide, 4), cut(wide, 3), cut(wide, 2)], [wide, "\u{6771}…", "…"]);
        assert_eq!([cut("ärgerlich", 9), cut("ärgerlich", 4)], ["ärgerlich", "ärg…"]);
        // An accent, and what makes one picture of two, is not torn from what it belongs to.
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        let astronaut = "\u{1f469}\u{200d}\u{1f680}";
        assert_eq!(
            (width_of(astronaut), cut(&format!("{astronaut}ab"), 3)),
            (2, format!("{astronaut}…"))
        );
        assert_eq!([padded(wide, 6), padded("abc", 2)], [format!("{wide}  "), "abc".to_owned()]);
    }

    #[test]
    fn prose_is_wrapped_at_words_and_stands_below_itself() {
        let text = "the ledger is closed\nsince noon";
        let told = |width| wrapped_at(width, text, "why  ", "     ");
        assert_eq!(told(None), "why  the ledger is closed\n     since noon");
        assert_eq!(told(Some(17)), "why  the ledger\n     is closed\n     since noon");
        // A word that has no room at all is broken, so that it stands in its column.
        assert_eq!(
            told(Some(9)),
            "why  the\n     ledg\n     er\n     is\n     clos\n     ed\n     sinc\n     e\n     noon"
        );
    }

    #[test]
    fn a_command_at_the_end_of_prose_stays_in_one_piece() {
        let text = "note: it failed; see it with: redress executions show refunds/1\nmore";
        assert_eq!(
            prose_at(40, text),
            "note: it failed; see it with:\n  redress executions show refunds/1\nmore"
        );
        // What has no room at all is the terminal's to break, so that it can be copied.
        assert_eq!(
            prose_at(20, text),
            "note: it failed; see\n  it with:\n  redress executions show refunds/1\nmore"
        );
        assert_eq!(prose_at(80, text), text);
    }

    #[test]
    fn a_command_goes_on_where_a_word_of_the_shell_ends() {
        let words = ["redress", "explain", "error=DataError", "app='the ledger'"];
        let words = words.map(str::to_owned);
        let told = |width| shell_lines_at(width, &words, "  ");
        assert_eq!(told(None), "  redress explain error=DataError app='the ledger'");
        assert_eq!(told(Some(37)), "  redress explain error=DataError \\\n    app='the ledger'");
        assert_eq!(
            told(Some(10)),
            "  redress \\\n    explain \\\n    error=DataError \\\n    app='the ledger'"
        );
    }
}
