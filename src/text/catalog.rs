//! The languages and their Fluent files.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource};

use super::html::Html;
use crate::domain::Locale;

/// The language's Fluent file.
pub(super) fn source(locale: Locale) -> &'static str {
    match locale {
        Locale::English => include_str!("en.ftl"),
        Locale::Russian => include_str!("ru.ftl"),
    }
}

/// The texts of one language.
pub struct Catalog(FluentBundle<FluentResource>);

impl Catalog {
    /// Reads the language's file. What is wrong in it is traced, and missing later.
    pub fn load(locale: Locale) -> Self {
        let code = locale.as_str();
        let language = code.parse().expect("a language's code is well-formed");
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        bundle.set_use_isolating(false);
        let resource =
            FluentResource::try_new(source(locale).to_owned()).unwrap_or_else(|(rest, errors)| {
                tracing::error!(language = code, ?errors, "a text file has mistakes");
                rest
            });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(language = code, ?errors, "a text file has a key twice");
        }
        Self(bundle)
    }

    /// The text of this key. When it cannot be made, the key in brackets: a reader sees that something is
    /// missing, and the trace says what.
    pub fn format(&self, key: &str, args: &Args) -> Html {
        self.try_format(key, args).unwrap_or_else(|errors| {
            tracing::error!(key, ?errors, "a text cannot be made");
            Html::line(&format!("⟦{key}⟧"), usize::MAX)
        })
    }

    fn try_format(&self, key: &str, args: &Args) -> Result<Html, Vec<FluentError>> {
        let pattern = self.0.get_message(key).and_then(|message| message.value());
        let pattern = pattern.ok_or_else(Vec::new)?;
        let mut errors = Vec::new();
        let text = self.0.format_pattern(pattern, Some(&args.0), &mut errors);
        if errors.is_empty() {
            Ok(Html::formatted(text.into_owned()))
        } else {
            Err(errors)
        }
    }
}

/// What a text has in its variables. User text gets in as [`Html`] alone, so it is always escaped.
#[derive(Default)]
pub struct Args(FluentArgs<'static>);

impl Args {
    /// A variable that is text.
    pub fn html(mut self, name: &'static str, value: Html) -> Self {
        self.0.set(name, value.into_string());
        self
    }

    /// A variable that chooses between forms, or a word that needs no translation.
    pub fn word(mut self, name: &'static str, value: &'static str) -> Self {
        self.0.set(name, value);
        self
    }

    /// A number whose digits are shown as they are: an id, a year.
    pub fn digits(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.0.set(name, value.to_string());
        self
    }

    /// How many of something there are: chooses the plural.
    pub fn count(mut self, name: &'static str, value: u64) -> Self {
        self.0.set(name, value);
        self
    }
}
