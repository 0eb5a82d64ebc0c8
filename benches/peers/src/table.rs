//! What was measured, as one Markdown table.

use std::time::Duration;

use crate::drive::Run;

/// One measurement.
#[derive(Clone, Copy)]
pub struct Sample {
    pub value: f64,
    /// The median and the 99th percentile of each command's latency.
    pub latency: Option<[Duration; 2]>,
}

impl Sample {
    /// A value without latencies.
    pub fn of(value: f64) -> Self {
        let latency = None;
        Self { value, latency }
    }

    /// A duration, in milliseconds.
    pub fn millis(elapsed: Duration) -> Self {
        Self::of(elapsed.as_secs_f64() * 1_000.0)
    }

    /// So many a second.
    pub fn rate(count: usize, elapsed: Duration) -> Self {
        Self::of(count as f64 / elapsed.as_secs_f64())
    }

    /// Commands a second, with their latencies.
    pub fn of_run(mut run: Run) -> Self {
        run.latencies.sort_unstable();
        let count = run.latencies.len();
        let at = |percent: usize| run.latencies.get(count * percent / 100).copied();
        Self {
            latency: at(50).zip(at(99)).map(|(median, late)| [median, late]),
            ..Self::rate(count, run.elapsed)
        }
    }
}

/// What the values of a row are, and whether more is better.
#[derive(Clone, Copy, PartialEq)]
pub enum Unit {
    PerSecond,
    Millis,
    Megabytes,
}

/// One who does the work of a row.
pub struct Contender<'a> {
    pub who: &'static str,
    pub run: Box<dyn FnMut() -> anyhow::Result<Sample> + 'a>,
}

/// One row of the table: the same work, done by us, first, and by others.
pub struct Row<'a> {
    pub work: String,
    pub unit: Unit,
    /// Whether the others' figures are to be compared with ours.
    pub compared: bool,
    pub contenders: Vec<Contender<'a>>,
}

impl<'a> Row<'a> {
    /// A row without contenders.
    pub fn new(work: impl Into<String>, unit: Unit) -> Self {
        Self {
            work: work.into(),
            unit,
            compared: true,
            contenders: Vec::new(),
        }
    }

    /// The same row; its figures stand side by side without a ratio.
    pub fn not_compared(mut self) -> Self {
        self.compared = false;
        self
    }

    /// The row with one more contender; the first is us.
    pub fn with(
        mut self,
        who: &'static str,
        run: impl FnMut() -> anyhow::Result<Sample> + 'a,
    ) -> Self {
        let run = Box::new(run);
        self.contenders.push(Contender { who, run });
        self
    }

    /// Runs everyone `rounds` times, one after the other in each round, so that a machine that becomes slower does so for
    /// all. Returns the lines of the table.
    pub fn run(mut self, rounds: usize) -> anyhow::Result<String> {
        let mut samples = vec![Vec::new(); self.contenders.len()];
        for round in 0..rounds {
            for (contender, samples) in self.contenders.iter_mut().zip(&mut samples) {
                eprintln!("{}: {}, round {}", self.work, contender.who, round + 1);
                samples.push((contender.run)()?);
            }
        }
        let mut lines = String::new();
        let ours = samples.first().map_or(f64::NAN, |samples| median(samples));
        for (at, (contender, samples)) in self.contenders.iter().zip(&samples).enumerate() {
            let work = if at == 0 { &*self.work } else { "" };
            let line = self.line(
                work,
                contender.who,
                samples,
                (at > 0 && self.compared).then_some(ours),
            );
            lines += &line;
        }
        eprint!("{lines}");
        Ok(lines)
    }

    fn line(&self, work: &str, who: &str, samples: &[Sample], ours: Option<f64>) -> String {
        let (median, [least, most]) = (median(samples), ends(samples));
        let ratio = ours.map_or_else(String::new, |ours| {
            let ratio = if self.unit == Unit::PerSecond {
                ours / median
            } else {
                median / ours
            };
            format!("{} ×", figure(ratio))
        });
        let unit = match self.unit {
            Unit::PerSecond => "/s",
            Unit::Millis => " ms",
            Unit::Megabytes => " MB",
        };
        let (median, least, most) = (figure(median), figure(least), figure(most));
        let latency = latency(samples);
        format!("| {work} | {who} | {median}{unit} | {least} – {most} | {latency} | {ratio} |\n")
    }
}

/// The first lines of the table.
pub const HEAD: &str = "| work | who | median | least – most | latency p50 / p99 | ours is |\n|---|---|---|---|---|---|\n";

fn sorted(samples: &[Sample]) -> Vec<f64> {
    let mut values: Vec<f64> = samples.iter().map(|sample| sample.value).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn median(samples: &[Sample]) -> f64 {
    let values = sorted(samples);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn ends(samples: &[Sample]) -> [f64; 2] {
    let values = sorted(samples);
    [values.first(), values.last()].map(|end| end.copied().unwrap_or(f64::NAN))
}

/// The medians over the rounds, in milliseconds.
fn latency(samples: &[Sample]) -> String {
    let each = |at: usize| {
        let of = |sample: &Sample| sample.latency.map(|latency| Sample::millis(latency[at]));
        samples.iter().filter_map(of).collect::<Vec<_>>()
    };
    let (p50, p99) = (each(0), each(1));
    if p50.is_empty() {
        return String::new();
    }
    let (p50, p99) = (median(&p50), median(&p99));
    format!("{} / {} ms", figure(p50), figure(p99))
}

/// Three digits are enough; thousands are set apart.
fn figure(value: f64) -> String {
    if value < 1.0 {
        return format!("{value:.3}");
    }
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let step = 10_f64.powf((value.log10().floor() - 2.0).max(0.0));
    let mut rest = ((value / step).round() * step) as u64;
    let mut text = String::new();
    while rest >= 1_000 {
        text.insert_str(0, &format!(",{:03}", rest % 1_000));
        rest /= 1_000;
    }
    format!("{rest}{text}")
}
