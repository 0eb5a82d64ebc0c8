//! The Prometheus text format, version 0.0.4: <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use std::fmt::{Display, Write};

use crate::engine::Reading;

/// A page of metrics being written.
#[derive(Default)]
pub struct Exposition {
    text: String,
}

/// One metric's samples; its name, kind and help are written.
pub struct Family<'e> {
    text: &'e mut String,
    name: &'static str,
}

/// Label names with their values.
pub type Labels<'l> = [(&'l str, &'l str)];

impl Exposition {
    /// A metric that only grows. Its name ends with `_total`.
    pub fn counter(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "counter", help)
    }

    /// A metric that goes up and down.
    pub fn gauge(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family(name, "gauge", help)
    }

    /// A histogram whose bounds and sum are shown divided by `unit`.
    pub fn histogram(&mut self, name: &'static str, help: &str, reading: &Reading, unit: f64) {
        let family = self.family(name, "histogram", help);
        for (bound, count) in &reading.up_to {
            let bound = (*bound as f64 / unit).to_string();
            family.text.push_str(name);
            sample(family.text, "_bucket", &[("le", &bound)], count);
        }
        family.text.push_str(name);
        sample(family.text, "_bucket", &[("le", "+Inf")], reading.count);
        family.text.push_str(name);
        sample(family.text, "_sum", &[], reading.sum as f64 / unit);
        family.text.push_str(name);
        sample(family.text, "_count", &[], reading.count);
    }

    /// The page.
    pub fn into_text(self) -> String {
        self.text
    }

    fn family(&mut self, name: &'static str, kind: &str, help: &str) -> Family<'_> {
        let text = &mut self.text;
        for part in [
            "# HELP ",
            name,
            " ",
            help,
            "\n# TYPE ",
            name,
            " ",
            kind,
            "\n",
        ] {
            text.push_str(part);
        }
        Family { text, name }
    }
}

impl Family<'_> {
    /// Adds a sample.
    pub fn sample(&mut self, labels: &Labels<'_>, value: impl Display) -> &mut Self {
        self.text.push_str(self.name);
        sample(self.text, "", labels, value);
        self
    }
}

/// The rest of a sample's line, after the metric's name.
fn sample(text: &mut String, suffix: &str, labels: &Labels<'_>, value: impl Display) {
    text.push_str(suffix);
    for (place, (name, value)) in labels.iter().enumerate() {
        text.push(if place == 0 { '{' } else { ',' });
        text.push_str(name);
        text.push_str("=\"");
        text.push_str(&escaped(value));
        text.push('"');
    }
    if !labels.is_empty() {
        text.push('}');
    }
    // Writing to a string cannot fail.
    let _ = writeln!(text, " {value}");
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::Exposition;
    use crate::engine::Reading;

    #[test]
    fn a_page_is_as_the_format_says() {
        let mut page = Exposition::default();
        let mut family = page.counter("a_total", "What it counts.");
        family.sample(&[("x", "1"), ("y", "\"\\\n")], 5);
        page.gauge("b", "A level.").sample(&[], 0.5);
        let reading = Reading {
            up_to: vec![(250, 2), (1_000, 3)],
            count: 4,
            sum: 5_500,
        };
        page.histogram("c_seconds", "A duration.", &reading, 1e3);
        let expected = "# HELP a_total What it counts.\n# TYPE a_total counter\na_total{x=\"1\",y=\"\\\"\\\\\\n\"} 5\n\
            # HELP b A level.\n# TYPE b gauge\nb 0.5\n\
            # HELP c_seconds A duration.\n# TYPE c_seconds histogram\n\
            c_seconds_bucket{le=\"0.25\"} 2\nc_seconds_bucket{le=\"1\"} 3\nc_seconds_bucket{le=\"+Inf\"} 4\n\
            c_seconds_sum 5.5\nc_seconds_count 4\n";
        assert_eq!(page.into_text(), expected);
    }
}
