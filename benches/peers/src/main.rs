//! The benchmarks of bounty-ledger, beside peers that do the same seeded work. Prints one table.

mod ask;
mod board;
mod child;
mod drive;
mod fixture;
mod lab;
mod peers;
mod rows;
mod table;
mod workload;

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use tikv_jemallocator::Jemalloc;

use child::Child;
use lab::Lab;
use rows::Name;
use table::HEAD;

/// Measure bounty-ledger beside SQLite, cqrs-es and the limits of this machine's disk
#[derive(Debug, Parser)]
#[command(max_term_width = 110)]
struct Args {
    /// What to measure; all when not given
    #[arg(long, value_enum, value_delimiter = ',', value_name = "ROW,…")]
    rows: Vec<Name>,
    /// How often each is measured, everyone in turn; the table has the median
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// A tenth of the work, to see that all of it runs
    #[arg(long)]
    quick: bool,
    /// Without the peers and limits: for a profiler
    #[arg(long)]
    alone: bool,
    /// On which disk: a directory for the data, which is removed at the end
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
    #[command(subcommand)]
    child: Option<Child>,
}

/// The program's own: what the memory row measures, and what the engine's rows are run with.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(child) = &args.child {
        return child.run();
    }
    let names = if args.rows.is_empty() {
        Name::value_variants()
    } else {
        &args.rows
    };
    let lab = Lab::new(&args.dir, args.quick)?;
    let mut table = format!("{}\n{HEAD}", lab::machine(&lab)?);
    if args.quick {
        table.insert_str(
            0,
            "A smoke run: a tenth of the chats, events and commands that the rows name.\n",
        );
    }
    for name in names {
        for mut row in name.rows(&lab)? {
            if args.alone {
                row.contenders.truncate(1);
            }
            table += &row.run(usize::from(args.rounds))?;
        }
    }
    print!("{table}");
    Ok(())
}
