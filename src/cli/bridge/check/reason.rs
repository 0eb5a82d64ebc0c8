//! Why something in the bridge has no effect, in words.

use crate::cli::bridge::words::{all_named, named, same_token};
use crate::cli::output::visible;
use crate::domain::bridge::Unreachable;

pub fn reason(found: &Unreachable) -> String {
    match found {
        Unreachable::BotUnheard(bot) => format!(
            "{} listens for nothing; `bounty bridge listener add --bot {} --tracker ID`",
            named(bot),
            bot.id
        ),
        Unreachable::BotSilenced(bot) => {
            format!("{} listens only for trackers that are disabled", named(bot))
        }
        Unreachable::SameToken(twins) => same_token(twins),
        Unreachable::ProviderUnused(provider) => format!(
            "{} has no tracker; `bounty bridge tracker add --name NAME --provider {} --config ID`",
            named(provider),
            provider.id
        ),
        Unreachable::NotServed { provider, of_type } => format!(
            "{} is of type {}, which this program keeps but does not serve",
            named(provider),
            visible(of_type)
        ),
        Unreachable::ConfigUnused(config) => format!(
            "{} has no tracker; `bounty bridge tracker add --name NAME --config {} --provider ID`",
            named(config),
            config.id
        ),
        Unreachable::ConfigEmpty(config) => format!(
            "{} enables no command; `bounty bridge config edit {} --commands NAME,…`",
            named(config),
            config.id
        ),
        Unreachable::TrackerDisabled(tracker) => format!(
            "{} is disabled; `bounty bridge tracker enable {}`",
            named(tracker),
            tracker.id
        ),
        Unreachable::TrackerUnheard(tracker) => format!(
            "no bot listens for {}; `bounty bridge listener add --tracker {} --bot ID`",
            named(tracker),
            tracker.id
        ),
        Unreachable::Shadowed { tracker, by } => format!(
            "{} answers nothing: all of its commands are answered by {}, which come first",
            named(tracker),
            all_named(by)
        ),
        Unreachable::TargetNotServed { target, of_type } => format!(
            "{} is of type {}, which this program keeps but does not serve",
            named(target),
            visible(of_type)
        ),
        Unreachable::TargetIncomplete(target) => format!(
            "{} lacks what its type needs; `bounty bridge target edit {} --help` tells what that is",
            named(target),
            target.id
        ),
        Unreachable::TargetUnlinked(target) => format!(
            "{} is told nothing; `bounty bridge link add --target {} --notifier ID`",
            named(target),
            target.id
        ),
        Unreachable::NotifierDisabled(notifier) => format!(
            "{} is disabled; `bounty bridge notifier enable {}`",
            named(notifier),
            notifier.id
        ),
        Unreachable::NotifierUnlinked(notifier) => format!(
            "{} tells nobody; `bounty bridge link add --notifier {} --target ID`",
            named(notifier),
            notifier.id
        ),
        Unreachable::LinkDisabled(link) => format!(
            "{} is disabled; `bounty bridge link enable {}`",
            named(link),
            link.id
        ),
    }
}
