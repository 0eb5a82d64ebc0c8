//! The text files as Fluent reads them: which keys, attributes, variables and choices they have.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{
    Attribute, Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey,
};
use fluent_syntax::parser::parse;

use crate::domain::Locale;
use crate::text::catalog::source;

/// What a text has besides its words.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shape {
    pub attributes: BTreeSet<String>,
    /// Also those of the texts that are in it.
    pub variables: BTreeSet<String>,
    /// By variable, the words that choose a form of the text. Plurals differ from language to language and are left out.
    choices: BTreeMap<String, BTreeSet<String>>,
    others: BTreeSet<String>,
}

const PLURALS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// The texts of a language, each key once.
pub fn messages(locale: Locale) -> BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> {
    let shapes = shapes(locale);
    let variables = |key: &String| with_others(&shapes, key);
    let shape = |(key, shape): (&String, &Shape)| {
        let parts = (shape.attributes.clone(), variables(key));
        (key.clone(), parts)
    };
    shapes.iter().map(shape).collect()
}

/// By key and variable, the words that choose a form of a text.
pub fn choices(locale: Locale) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let shapes = shapes(locale).into_iter();
    shapes
        .map(|(key, shape)| (key, shape.choices))
        .filter(|(_, choices)| !choices.is_empty())
        .collect()
}

fn with_others(shapes: &BTreeMap<String, Shape>, key: &str) -> BTreeSet<String> {
    let Some(shape) = shapes.get(key) else {
        panic!("{key} is in another text, and not there");
    };
    let others = shape.others.iter().flat_map(|key| with_others(shapes, key));
    shape.variables.iter().cloned().chain(others).collect()
}

fn shapes(locale: Locale) -> BTreeMap<String, Shape> {
    let resource = parse(source(locale))
        .map_err(|(_, errors)| errors)
        .expect("a text file without errors");
    let mut shapes = BTreeMap::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else {
            assert!(
                matches!(entry, Entry::Comment(_) | Entry::GroupComment(_)),
                "{entry:?}"
            );
            continue;
        };
        let mut shape = Shape::default();
        message.value.iter().for_each(|value| shape.pattern(value));
        message
            .attributes
            .iter()
            .for_each(|attribute| shape.attribute(attribute));
        let key = message.id.name.to_owned();
        assert!(
            shapes.insert(key, shape).is_none(),
            "{locale:?} has {} twice",
            message.id.name
        );
    }
    shapes
}

impl Shape {
    fn attribute(&mut self, attribute: &Attribute<&str>) {
        self.attributes.insert(attribute.id.name.to_owned());
        self.pattern(&attribute.value);
    }

    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { .. } => {}
                PatternElement::Placeable { expression } => self.expression(expression),
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                for variant in variants {
                    self.choice(selector, &variant.key);
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn choice(&mut self, selector: &InlineExpression<&str>, key: &VariantKey<&str>) {
        let InlineExpression::VariableReference { id } = selector else {
            panic!("only a variable chooses: {selector:?}");
        };
        if let VariantKey::Identifier { name } = key
            && !PLURALS.contains(name)
        {
            let words = self.choices.entry(id.name.to_owned()).or_default();
            words.insert((*name).to_owned());
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
            }
            InlineExpression::MessageReference {
                id,
                attribute: None,
            } => {
                self.others.insert(id.name.to_owned());
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
            other => panic!("the texts have no {other:?}"),
        }
    }
}
