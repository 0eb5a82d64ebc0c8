//! Commands that messages tell, to be copied into a shell.

use std::path::Path;

use super::layout::Layout;

impl Layout {
    /// The command that does this with this data directory: `bounty repair -100 --data bk`.
    pub fn command(&self, what: &str) -> String {
        if self.root() == Path::new(Self::DEFAULT_ROOT) {
            return format!("bounty {what}");
        }
        format!("bounty {what} --data {}", in_shell(self.root()))
    }

    /// A text with this data directory in each command that it quotes with backticks, but for those that name one or ask for help.
    pub fn with_commands(&self, text: &str) -> String {
        const OPENING: &str = "`bounty ";
        let (mut named, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, (command, after))) = rest
            .split_once(OPENING)
            .and_then(|(before, quoted)| Some((before, quoted.split_once('`')?)))
        {
            let is_complete = command.contains("--data ") || command.ends_with("--help");
            let whole = if is_complete {
                format!("bounty {command}")
            } else {
                self.command(command)
            };
            named += &format!("{before}`{whole}`");
            rest = after;
        }
        named + rest
    }
}

/// A path as a shell takes it for one word.
fn in_shell(path: &Path) -> String {
    let path = path.to_string_lossy();
    let is_plain =
        |character: char| character.is_alphanumeric() || "/._-+,:@%=".contains(character);
    if !path.is_empty() && path.chars().all(is_plain) {
        return path.into_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::Layout;

    #[test]
    fn a_command_names_the_data_directory_when_it_is_not_the_default() {
        let command = |root: &str| Layout::new(root).command("verify");
        assert_eq!(command("data"), "bounty verify");
        assert_eq!(command("/mnt/bk"), "bounty verify --data /mnt/bk");
        assert_eq!(command("my bk"), "bounty verify --data 'my bk'");
        assert_eq!(command("it's"), r"bounty verify --data 'it'\''s'");
    }

    #[test]
    fn each_quoted_command_of_a_text_names_the_data_directory_once() {
        let named = |root: &str, text: &str| Layout::new(root).with_commands(text);
        let text = "`bounty a` or `bounty b --data d`, see `bounty c --help`; not `bounty` or `b` or `bounty d";
        assert_eq!(named("data", text), text);
        assert_eq!(
            named("my bk", text),
            "`bounty a --data 'my bk'` or `bounty b --data d`, see `bounty c --help`; not `bounty` or `b` or `bounty d"
        );
        assert_eq!(named("bk", ""), "");
    }
}
