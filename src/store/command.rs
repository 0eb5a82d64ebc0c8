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
}
