//! What the limits on commands said of a job. One that is not carried out through no fault of its user gives its use back.

use super::flood::{FloodGuard, Verdict};
use super::pace::Pace;
use super::request::Request;

/// What each limit said, once it was asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Judged {
    /// Whether it comes too soon.
    pub pace: Option<Verdict>,
    /// Whether it is one too many. Only changes are.
    pub flood: Option<Verdict>,
}

impl Judged {
    /// Takes back what was said of this request: it does not count.
    pub fn take_back(&mut self, request: &Request, pace: &Pace, flood: &mut FloodGuard) {
        if let Some(verdict) = self.pace.take() {
            pace.take_back(request, verdict);
        }
        if let Some(verdict) = self.flood.take() {
            flood.take_back(request, verdict);
        }
    }
}
