//! The HTTP side: the way of one call from its path to its answer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::answer::{Answer, Refusal, json_response, response, status};
use super::bots::Bot;
use super::faults::Fault;
use super::log::{Call, CallId};
use super::methods;
use super::params::Params;
use super::polling;
use super::state::{Shared, State as BotState};
use crate::support::connection::Cut;
use crate::support::loopback::Server;

/// Serves the Bot API; calls are accepted once this returns.
pub fn start(shared: Arc<Shared>) -> Server {
    Server::start(Router::new().fallback(handle).with_state(shared))
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let path = request.uri().path().replace("%3A", ":");
    let Some((token, method)) = route(&path) else {
        return response(&Err(Refusal::not_found()));
    };
    let params = Params::read(request).await;
    let call = Call::new(token, method, params.as_ref().unwrap_or(&Params::default()));
    let (id, fault) = shared.change(|state| {
        let fault = state.faults.take(&call);
        (state.log.arrived(call), fault)
    });
    let exchange = Exchange {
        shared: &shared,
        token,
        method,
        params,
        id,
        cut,
    };
    exchange.run(fault).await
}

/// Token and method of `/bot<token>/<method>`.
fn route(path: &str) -> Option<(&str, &str)> {
    let (token, method) = path.strip_prefix("/bot")?.split_once('/')?;
    Some((token, method.trim_end_matches('/')))
}

/// One call on its way to an answer.
struct Exchange<'a> {
    shared: &'a Shared,
    token: &'a str,
    method: &'a str,
    params: Result<Params, Refusal>,
    id: CallId,
    cut: Cut,
}

impl Exchange<'_> {
    async fn run(self, fault: Option<Fault>) -> Response {
        match fault {
            None => self.answer(self.perform().await),
            Some(Fault::Delay(delay)) => {
                tokio::time::sleep(delay).await;
                self.answer(self.perform().await)
            }
            Some(Fault::Until { method, calls }) => {
                self.wait_for(method, calls).await;
                self.answer(self.perform().await)
            }
            Some(Fault::Status {
                code,
                description,
                parameters,
            }) => self.answer(Err(Refusal {
                code,
                description,
                parameters,
            })),
            Some(Fault::ResetBefore) => self.hang_up(),
            Some(Fault::LostResponse) => {
                // Lost either way, a refusal too.
                let _ = self.perform().await;
                self.hang_up()
            }
            Some(Fault::Garbage(code)) => {
                self.note_status(code);
                json_response(code, "<html><body>It works!</body></html>".to_owned())
            }
            Some(Fault::Result(result)) => self.answer(Ok(result.to_string())),
        }
    }

    async fn wait_for(&self, method: &str, calls: usize) {
        let count = |state: &BotState| {
            let all = state.log.all().iter();
            all.filter(|call| call.is(method)).count()
        };
        while self.shared.read(count) < calls {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn perform(&self) -> Answer {
        self.authorize()?;
        let params = self.params.as_ref().map_err(Clone::clone)?;
        if self.method.eq_ignore_ascii_case("getUpdates") {
            return polling::get_updates(self.shared, self.token, params, self.id).await;
        }
        self.shared.change(|state| {
            let answer = methods::perform(state, self.token, self.method, params)?;
            state.log.took_effect(self.id);
            Ok(answer)
        })
    }

    fn authorize(&self) -> Result<(), Refusal> {
        let bot_works = |bot: &Bot| !bot.revoked;
        let known = self
            .shared
            .read(|state| state.bots.get(self.token).is_some_and(bot_works));
        match known {
            true => Ok(()),
            false => Err(Refusal::unauthorized()),
        }
    }

    fn answer(&self, answer: Answer) -> Response {
        self.note_status(status(&answer));
        response(&answer)
    }

    fn note_status(&self, status: u16) {
        self.shared
            .change(|state| state.log.answered(self.id, status));
    }

    /// Ends the connection; what is returned here never reaches the client.
    fn hang_up(&self) -> Response {
        self.cut.cut();
        StatusCode::NO_CONTENT.into_response()
    }
}
