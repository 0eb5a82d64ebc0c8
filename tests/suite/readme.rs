//! What the README says of commands, options, links and directories is so.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Data;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn readme() -> String {
    read(&root().join("README.md"))
}

/// A document's lines, each with whether it stands in a block of code.
fn lines(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut in_code = false;
    text.lines().filter_map(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        (!is_fence).then_some((in_code, line))
    })
}

/// All that is written as code: lines of blocks, and what stands between backticks.
fn code(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (in_code, line) in lines(text) {
        if in_code {
            found.push(line);
        } else {
            found.extend(line.split('`').skip(1).step_by(2));
        }
    }
    found
}

/// A call of the program that the README shows.
#[derive(Debug)]
struct Call<'t> {
    /// The subcommands, from the first one down.
    path: Vec<&'t str>,
    options: Vec<&'t str>,
}

/// The program's help, page by page.
struct Help {
    data: Data,
    pages: BTreeMap<String, String>,
}

impl Help {
    fn new() -> Self {
        Self {
            data: Data::new(),
            pages: BTreeMap::new(),
        }
    }

    fn page(&mut self, path: &[&str]) -> &str {
        let page = self.pages.entry(path.join(" "));
        page.or_insert_with(|| {
            let args = [path, &["--help"]].concat();
            self.data.run(&args).ok().stdout
        })
    }

    fn subcommands(&mut self, path: &[&str]) -> BTreeSet<String> {
        let page = self.page(path).lines();
        page.skip_while(|line| *line != "Commands:")
            .skip(1)
            .take_while(|line| !line.is_empty())
            .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
            .filter(|name| !name.is_empty() && *name != "help")
            .map(str::to_owned)
            .collect()
    }

    fn has_option(&mut self, path: &[&str], option: &str) -> bool {
        let page = self.page(path).lines().map(str::trim_start);
        page.filter(|line| line.starts_with('-'))
            .flat_map(|line| line.split([' ', ',', '=']))
            .any(|word| word == option)
    }

    /// The call in a piece of code, with or without the program's name before it; none in any other piece.
    fn call<'t>(&mut self, code: &'t str) -> Option<Call<'t>> {
        let code = code.split(" #").next()?.trim_start_matches("$ ");
        let mut words = code
            .split_whitespace()
            .map(|word| word.trim_matches(['[', ']']))
            .skip_while(|word| word.contains('='))
            .peekable();
        let is_named = words.next_if_eq(&"bounty").is_some();
        let (mut path, mut options) = (Vec::new(), Vec::new());
        for word in words {
            if word.starts_with("--") {
                options.push(word.split('=').next()?);
            } else if self.subcommands(&path).contains(word) {
                path.push(word);
            } else if path.is_empty() && !is_named {
                return None;
            }
        }
        (is_named || !path.is_empty()).then_some(Call { path, options })
    }

    fn calls<'t>(&mut self, text: &'t str) -> Vec<Call<'t>> {
        let pieces = code(text).into_iter();
        pieces
            .flat_map(|piece| piece.split(" | "))
            .flat_map(|piece| piece.split("&& "))
            .filter_map(|piece| self.call(piece))
            .collect()
    }
}

#[test]
fn every_subcommand_is_in_the_readme() {
    let (text, mut help) = (readme(), Help::new());
    let calls = help.calls(&text);
    for path in [&[][..], &["import"], &["bridge"]] {
        for name in help.subcommands(path) {
            let wanted = [path, &[&name]].concat();
            let is_shown = calls.iter().any(|call| call.path.starts_with(&wanted));
            assert!(is_shown, "bounty {}", wanted.join(" "));
        }
    }
}

#[test]
fn every_option_in_a_command_of_the_readme_exists() {
    let (text, mut help) = (readme(), Help::new());
    for call in help.calls(&text) {
        for option in &call.options {
            assert!(help.has_option(&call.path, option), "{option} in {call:?}");
        }
    }
}

/// The anchor that a heading gets on a page.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_matches(['#', ' ']).to_lowercase();
    let kept = kept.chars().filter_map(|character| match character {
        ' ' => Some('-'),
        '-' | '_' => Some(character),
        _ => character.is_alphanumeric().then_some(character),
    });
    kept.collect()
}

fn has_heading(text: &str, wanted: &str) -> bool {
    lines(text)
        .filter(|(in_code, line)| !in_code && line.starts_with('#'))
        .any(|(_, line)| anchor(line) == wanted)
}

/// Where the links of a document lead that stay in this repository.
fn links(text: &str) -> Vec<&str> {
    lines(text)
        .filter(|(in_code, _)| !in_code)
        .flat_map(|(_, line)| line.split("](").skip(1))
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://"))
        .collect()
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let notes = fs::read_dir(root().join("migrations-notes")).expect("notes");
    let notes = notes.map(|entry| entry.expect("a note").path());
    let documents: Vec<PathBuf> = notes.chain([root().join("README.md")]).collect();
    for document in documents {
        for link in links(&read(&document)) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => document.clone(),
                _ => document.with_file_name("").join(file),
            };
            assert!(target.exists(), "{link} in {}", document.display());
            let is_there = heading.is_empty() || has_heading(&read(&target), heading);
            assert!(is_there, "{link} in {}", document.display());
        }
    }
}

/// The directories in a directory, as the README writes them.
fn directories(parent: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(parent)).expect("a directory");
    entries
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| format!("{parent}/{}/", entry.file_name().to_string_lossy()))
        .collect()
}

#[test]
fn the_table_of_the_code_names_every_module_and_nothing_else() {
    let text = readme();
    let (_, chapter) = text.split_once("\n## The code\n").expect("the chapter");
    let rows = chapter.lines().take_while(|line| !line.starts_with("## "));
    let named: BTreeSet<&str> = rows
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    for name in &named {
        assert!(root().join(name).is_dir(), "{name}");
    }
    // A stream's module has its events.
    let is_stream = |name: &String| root().join(name).join("event.rs").exists();
    let streams = directories("src/domain").into_iter().filter(is_stream);
    for name in directories("src").into_iter().chain(streams) {
        assert!(named.contains(name.as_str()), "{name}");
    }
}
