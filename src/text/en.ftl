# Everything that the bot says, in English. https://projectfluent.org/fluent/guide/
#
# Telegram's HTML: <b>, <i> and <code> alone. What users typed arrives escaped. A command that can be sent as it
# stands is left bare, so that Telegram makes it a link; one with words after it is in <code>, so that a tap copies it.

## Dates and times

weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun

month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec

moment = { $weekday } { $day } { $month } { $year } { $time }
moment-in-zone = { $moment } { $zone }
# A number of seconds that is on no calendar.
moment-unknown = Unix time { $seconds }

now = now
in-minutes = { $n ->
    [one] in 1 minute
   *[other] in { $n } minutes
}
in-hours = { $n ->
    [one] in 1 hour
   *[other] in { $n } hours
}
in-days = { $n ->
    [1] tomorrow
   *[other] in { $n } days
}
in-months = { $n ->
    [one] in 1 month
   *[other] in { $n } months
}
in-years = { $n ->
    [one] in 1 year
   *[other] in { $n } years
}
ago-minutes = { $n ->
    [one] 1 minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] 1 hour ago
   *[other] { $n } hours ago
}
ago-days = { $n ->
    [1] yesterday
   *[other] { $n } days ago
}
ago-months = { $n ->
    [one] 1 month ago
   *[other] { $n } months ago
}
ago-years = { $n ->
    [one] 1 year ago
   *[other] { $n } years ago
}

due = due { $moment } ({ $relative })
overdue = <b>overdue</b> since { $moment } ({ $relative })
moment-and-relative = { $moment } ({ $relative })

## Confirmations

added = Added <b>#{ $id }</b>
edited = Edited <b>#{ $id }</b>
deleted = Deleted <b>#{ $id }</b>
deleted-next = Its history stays: <code>/history { $id }</code>
tracked = You now track <b>#{ $id }</b>
tracked-next = /my lists what you track here, <code>/untrack { $id }</code> stops it.
untracked = You no longer track <b>#{ $id }</b>

field-value = { $field ->
    [text] text
    [link] link
   *[due] due
}: { $value }
field-change = { $field ->
    [text] text
    [link] link
   *[due] due
}: { $old } → { $new }
nothing = none

note-due-not-understood = No due date was understood in “{ $words }”: it stays in the text. To set one: <code>/edit { $id } tomorrow 18:00</code> or <code>/edit { $id } 2031-12-31</code>
note-due-not-understood-here = No due date was understood in “{ $words }”. Dates look like <code>tomorrow 18:00</code>, <code>31.12</code> or <code>2031-12-31</code>

note-forwarded = What happens on this board is also told to { $places }. The operator of this bot set that up.

note-partial = This chat's record is damaged, so this may not be everything. The operator of this bot has to repair it.

note-zone-assumed = No time zone was chosen for this chat, so the due date was read in { $zone }. To choose another, send a city: <code>/timezone London</code>
note-zone-guess = No time zone was chosen for this chat, so the due date was read in { $zone }. Would { $guess } be right? Then send <code>/timezone { $guess }</code>, or name another city.

## Lists

list-title = { $scope ->
    [group] <b>Bounties: { $total }</b>
    [tracked] <b>Bounties you track: { $total }</b>
   *[own] <b>Your bounties: { $total }</b>
}
list-entry = <b>#{ $id }</b> { $text }
list-creator = by { $name }
list-zone = times in { $zone }
list-page = page { $page } of { $pages }
list-page-next = page { $page } of { $pages }, <code>{ $command }</code>
list-empty-group =
    No bounties here yet. Add the first:
    { example-add }
list-empty-own =
    You have no bounties yet. Add the first:
    { example-add }
list-empty-tracked = You track no bounties here. /bounty lists them all, <code>/track 3</code> follows #3.

## History

history-title = <b>History of #{ $id }</b>, times in { $zone }
history-omitted = { $count ->
    [one] 1 older change does not fit here; on the server, <code>bounty history</code> shows it.
   *[other] { $count } older changes do not fit here; on the server, <code>bounty history</code> shows them.
}
history-entry = <b>{ $moment }</b> { $who } { $event ->
    [BountyAdded] added it
    [BountyEdited] edited it
    [BountyDeleted] deleted it
    [Tracked] began to track it
    [Untracked] stopped tracking it
   *[other] made a change ({ $event })
} (seq { $seq })
history-operator = operator { $name }
history-system = the program
history-foot =
    The board is at seq { $seq }, head
    <code>{ $head }</code>

## Refusals

refused-unknown = There is no <b>#{ $id }</b> here. /bounty lists the bounties with their ids.
refused-deleted = <b>#{ $id }</b> was deleted. What it was, and who deleted it: <code>/history { $id }</code>
refused-not-creator = Only { $creator }, who added <b>#{ $id }</b>, can change or delete it. Ask them, or add a bounty of your own with /add
refused-text-too-long = The text has { $characters } characters, and { $limit } is the limit. Shorten it by { $excess } and send it again.
refused-text-missing =
    A bounty needs a text. For example:
    { example-add }
refused-link-scheme =
    Only http and https links can be kept, and this is another kind:
    <code>{ $link }</code>
    Send the command again with an https link, or without the link.
refused-link-invalid =
    This is not a complete link:
    <code>{ $link }</code>
    Send the command again with a link like <code>https://example.com/1</code>, or without one.
refused-link-too-long = A link has at most { $limit } characters, and this one is longer. Send the command again with a shorter link, or without one.
refused-due-past = { $moment } ({ $relative }) is in the past. Send the command again with a later date, such as <code>tomorrow 18:00</code> or <code>in 3 days</code>
refused-due-range = That due date is on no calendar: years go up to 9999. Send the command again with a date such as <code>2031-12-31</code>
refused-too-many = This board is full: it holds { $limit } bounties. Delete one that is done, such as <code>/delete 3</code>, then add yours again.
refused-too-much-text = This board is full: its texts may have { $megabytes } MB together. Delete a bounty that is done, such as <code>/delete 3</code>, or send a shorter text.
refused-nothing-changed = <b>#{ $id }</b> is already like that, so nothing was changed. What it went through: <code>/history { $id }</code>
refused-already-tracked = You already track <b>#{ $id }</b>. /my lists what you track here.
refused-not-tracked = You do not track <b>#{ $id }</b>, so there is nothing to stop. /my lists what you track here.
refused-tracking-in-private = All bounties here are your own, so there is nothing to track: /bounty lists them. Tracking is for groups.
refused-chat-cannot-track = You write as a group or channel here, and only a person can track bounties. Write under your own name and send it again.
refused-operator = The operator can edit and delete every bounty, but neither add nor track any. <code>bounty shell</code> without <code>--operator</code> can.
refused-no-page = There is no page { $page }. The last one is <code>{ $command }</code>
refused-only-page = There is no page { $page }: { $command } shows all there is
refused-language =
    I do not speak “{ $typed }”.
    { language-choices }
refused-timezone =
    I know no time zone and no city “{ $typed }”. Name a large city nearby.
    { timezone-choices }

## What was typed could not be understood

usage-add =
    What is to be done? Send a text; a link and a due date may follow:
    { example-add }
usage-add-only-link =
    A bounty needs a text beside its link. For example:
    { example-add }
usage-edit =
    Say which bounty, and what to change: its text, link or due date. For example:
    { example-edit }
    <code>/edit 3 https://example.com/2</code>
    <code>/edit 3 tomorrow 18:00</code>
    <code>/edit 3 link:none due:none</code>
    /bounty lists the ids.
usage-delete =
    Say which bounty to delete, by its id. For example:
    { example-delete }
    /bounty lists the ids.
usage-track =
    Say which bounty to track, by its id. For example:
    { example-track }
    /bounty lists the ids.
usage-untrack =
    Say which bounty to track no longer, by its id. For example:
    { example-untrack }
    /my lists what you track here.
usage-history =
    Say which bounty's history to show, by its id; a deleted one has one too. For example:
    { example-history }
    /bounty lists the ids.
usage-list = Pages are numbers from 1: /bounty or <code>/bounty 2</code>
usage-mine = Pages are numbers from 1: /my or <code>/my 2</code>
usage-due-not-understood = No due date was understood in “{ $words }”, so nothing was changed. Dates look like <code>tomorrow 18:00</code>, <code>31.12</code> or <code>2031-12-31</code>; <code>due:none</code> removes one.
unknown-command = I do not know this command. /help shows those that I know.
no-command = Commands begin with a slash: /help shows them.
edited-message = Editing a message changes nothing here. Send the command as a new message.
button-foreign = This is another person's list. /my shows yours.
button-outdated = This button is outdated. Please send the command again.

message-edited =
    Editing a message changes nothing on the board. To change <b>#{ $id }</b>, send
    <code>/edit { $id } { $arguments }</code>
message-edited-general =
    Editing a message changes nothing on the board. To change a bounty, send
    <code>/edit { $id } New text</code>
note-left-out-stays = What this line leaves out stays: <code>link:none</code> and <code>due:none</code> at its end clear a link and a due date.
note-add-anew =
    If no bounty came of it, send it as a new message:
    <code>/add { $arguments }</code>
note-add-anew-general = If no bounty came of it, send it as a new message.
message-edited-id = Put the bounty's id in the place of &lt;id&gt;: /bounty lists the ids.

## Something is wrong with the service

trouble-damaged = This chat's record is damaged, so nothing can be changed here until the operator has repaired it. What is there can still be read: /bounty
trouble-foreign = This chat's place on the server holds files of another program, so nothing was changed. Please tell the operator of this bot.
trouble-busy = The board is busy, so nothing was changed. Please send it again in a moment.
trouble-storage = The server's disk is full or failing, so nothing was changed. Please send it again later, and tell the operator of this bot if it lasts.
trouble-flood = { $seconds ->
    [one] That was a lot within a minute, so this was not done. There is room again in 1 second: please send it again then.
   *[other] That was a lot within a minute, so this was not done. There is room again in { $seconds } seconds: please send it again then.
}
trouble-too-soon = { $seconds ->
    [one] This came too soon after the last one here, so it was not done. Please send it again in 1 second.
   *[other] This came too soon after the last one here, so it was not done. Please send it again in { $seconds } seconds.
}
trouble-internal = Something went wrong with this command. See with /bounty whether it was carried out before you send it again, and tell the operator of this bot if it lasts.

## First steps

welcome-group =
    Welcome! I keep the bounty board of this group: things to be done, each with a text and, if you like, a link and a due date. Everybody can add one:
    { example-add }
    /bounty lists all, <code>/track 3</code> follows #3, /my lists what you follow, /help shows everything else.
welcome-private =
    Welcome! I keep your own bounty board here: things to be done, each with a text and, if you like, a link and a due date. Add one:
    { example-add }
    /bounty lists yours, /help shows everything else. I also keep boards for groups: add me to one.
greeting = Hello! I keep this group's bounty board; /help shows how. Add the first bounty: { example-add }
test-message = This is a test: messages of this bot reach the target “{ $name }”.
forwarded-chat = the chat “{ $name }”
forwarded-webhook = the web hook “{ $name }”
forwarded-more = { $count } more
merged = { $count ->
    [0] This group has a new id, and there was a board under it already. It had no bounties: /bounty lists all there are.
    [one] This group has a new id, and there was a board under it already. Its 1 bounty was added here under a new id: /bounty lists all.
   *[other] This group has a new id, and there was a board under it already. Its { $count } bounties were added here under new ids: /bounty lists all.
}

help-title = { $kind ->
    [group] <b>This group's bounty board</b>
   *[private] <b>Your bounty board</b>
}
help-command =
    { $example }
    { $description }
help-dates =
    <b>Due dates</b> come last, after the link, or after <code>by</code> or <code>due:</code>
    <code>tomorrow 18:00</code>, <code>fri</code>, <code>next fri</code>, <code>in 3 days</code>, <code>3d</code>, <code>5h</code>, <code>31.12</code>, <code>2031-12-31 18:00</code>, <code>18:00</code>
help-zone = A day without a time ends at 23:59. Times are in { $zone }, /timezone changes that.

example-add = <code>/add Fix login bug https://example.com/1 tomorrow 18:00</code>
example-edit = <code>/edit 3 New text</code>
example-delete = <code>/delete 3</code>
example-bounty = /bounty
example-track = <code>/track 3</code>
example-untrack = <code>/untrack 3</code>
example-my = /my
example-history = <code>/history 3</code>
example-language = /language
example-timezone = <code>/timezone London</code>
example-start = /start
example-help = /help

# Telegram shows these in its menu of commands: plain text, at most 256 characters.
command-add = Add a bounty; link and due date are optional
command-edit = Change a bounty that you added: its text, link or due date; link:none or due:none clears it
command-delete = Delete a bounty that you added
command-bounty = { $kind ->
    [group] List all bounties, overdue first
   *[private] List your bounties, overdue first
}
command-track = Track a bounty
command-untrack = Stop tracking a bounty
command-my = { $kind ->
    [group] List the bounties that you track
   *[private] List your bounties, the same as /bounty
}
command-history = Show who changed a bounty, when and how
command-language = Show or choose this chat's language
command-timezone = Show or choose this chat's time zone
command-start = Show the first steps
command-help = Show the commands with examples

## The chat's settings

language-current = { $chosen ->
    [yes] This chat's language is <b>English</b>.
   *[no] I answer in <b>English</b> here; no language was chosen for this chat.
}
language-choices = To choose one: <code>/language en</code> (English), <code>/language ru</code> (русский)
language-chosen = I answer in <b>English</b> here from now on. /language shows the others.
commands-on = The bot answers in this chat.
commands-off = The bot does not answer in this chat.
timezone-current = { $chosen ->
    [yes] This chat's time zone is <b>{ $zone }</b>, where it is { $now } now.
   *[no] Times here are in <b>{ $zone }</b>, where it is { $now } now; no time zone was chosen for this chat.
}
timezone-choices = To choose one, send a city or a zone: <code>/timezone London</code>, <code>/timezone America/New_York</code>, <code>/timezone UTC+3</code>
timezone-chosen = This chat's time zone is <b>{ $zone }</b> from now on, where it is { $now } now. Due dates that are set stay the same moments.

## Notifications

notify-title = <b>{ $title }</b>
notify-added = { $who } added <b>#{ $id }</b>
notify-edited = { $who } edited <b>#{ $id }</b>
notify-deleted = { $who } deleted <b>#{ $id }</b>
notify-tracked = { $who } now tracks <b>#{ $id }</b>
notify-untracked = { $who } no longer tracks <b>#{ $id }</b>
notify-due-soon = <b>#{ $id }</b> is due { $moment } ({ $relative })
notify-overdue = <b>#{ $id }</b> is <b>overdue</b> since { $moment } ({ $relative })
notify-forwarding-started = From now on, what happens on this chat's board is also told to: { $names }. The operator of this bot set that up; /help shows where it goes.
notify-forwarding-stopped = What happens on this chat's board is no longer told to: { $names }.
