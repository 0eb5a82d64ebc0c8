mod coalesced;
mod failing;
mod followed;
mod quiet;
mod reminded;
mod told;
mod world;
mod written;
