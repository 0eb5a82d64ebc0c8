//! Databases of the notification bridge as they were at different times.

pub const TOKENS: [&str; 3] = [
    "7001:AAE-a_Secret-token_That-nobody_May-see1",
    "7002:AAE-b_Secret-token_That-nobody_May-see2",
    "7003:AAE-c_Secret-token_That-nobody_May-see3",
];
pub const DAY: &str = "'2026-03-01 10:00:00.000000'";

/// The tables that the refactor did not touch.
const COMMON: &str = "
    CREATE TABLE user (id INTEGER PRIMARY KEY, username TEXT NOT NULL, hashed_password TEXT NOT NULL, role TEXT, created_at DATETIME);
    CREATE TABLE service_provider (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user(id), type TEXT, name TEXT, icon TEXT, config JSON, created_at DATETIME);
    CREATE TABLE telegram_chat (id INTEGER PRIMARY KEY, bot_id INTEGER, chat_id TEXT, title TEXT, type TEXT, language TEXT);
    INSERT INTO user VALUES (0, '__system__', '-', 'admin', '2026-01-01 00:00:00'), (1, 'alexei', 'hash-of-a-password', 'admin', '2026-01-01 00:00:00'), (2, 'zoë', 'x', 'user', '2026-01-02 00:00:00');
    INSERT INTO service_provider VALUES (1, 1, 'immich', 'Photos', 'mdiCamera', '{\"url\": \"https://photos.example.com\", \"api_key\": \"very-secret-key\"}', '2026-03-01 10:00:00.000000');
    INSERT INTO telegram_chat VALUES (1, 1, '-42', 'Family', 'group', NULL), (2, 1, '-43', 'Друзья', 'group', 'ru'), (3, 2, '-43', 'Друзья', 'group', 'en');";

/// Everything as it was before.
pub fn old_shape() -> String {
    format!("{COMMON}
        CREATE TABLE telegram_bot (id INTEGER PRIMARY KEY, user_id INTEGER, name TEXT, icon TEXT, token TEXT NOT NULL, bot_username TEXT, update_mode TEXT, commands_config JSON, created_at DATETIME);
        CREATE TABLE notification_target (id INTEGER PRIMARY KEY, user_id INTEGER, type TEXT, name TEXT, icon TEXT, config JSON, created_at DATETIME);
        CREATE TABLE tracker (id INTEGER PRIMARY KEY, user_id INTEGER, provider_id INTEGER, name TEXT, icon TEXT, collection_ids JSON, scan_interval INTEGER, batch_duration INTEGER, enabled BOOLEAN, created_at DATETIME);
        CREATE TABLE tracker_target (id INTEGER PRIMARY KEY, tracker_id INTEGER REFERENCES tracker(id), target_id INTEGER, enabled BOOLEAN, quiet_hours_start TEXT, quiet_hours_end TEXT, commands_config JSON, created_at DATETIME);
        CREATE TABLE tracker_state (id INTEGER PRIMARY KEY, tracker_id INTEGER, collection_id TEXT, asset_ids JSON, last_updated DATETIME);
        CREATE TABLE event_log (id INTEGER PRIMARY KEY, tracker_id INTEGER, event_type TEXT, details JSON, created_at DATETIME);
        INSERT INTO telegram_bot VALUES
            (1, 1, 'Helper', 'mdiRobot', '{0}', 'helper_bot', 'polling', '{{\"enabled_commands\": [\"bounty\", \"add\", \"albums\"], \"locale\": \"ru\", \"default_count\": 2, \"rate_limits\": {{\"write\": 30}}}}', {DAY}),
            (2, 1, 'Second', '', '{1}', NULL, 'webhook', '{{}}', {DAY}), (3, 2, 'Third', '', '{2}', NULL, 'polling', NULL, {DAY});
        INSERT INTO notification_target VALUES
            (1, 1, 'telegram', 'Family', '', '{{\"bot_token\": \"{0}\", \"chat_id\": \"-42\", \"disable_url_preview\": true}}', {DAY}),
            (2, 1, 'webhook', 'Hook', '', '{{\"url\": \"https://example.com/hook\", \"secret\": \"hook-secret\"}}', {DAY}),
            (3, 1, 'discord', 'Elsewhere', '', '{{\"webhook_url\": \"https://user:pass@example.com/x\"}}', {DAY});
        INSERT INTO tracker VALUES (1, 1, 1, 'Albums', '', '[\"album-1\", \"album-2\"]', 60, 0, 1, {DAY}), (2, 1, 1, 'Off', '', '[]', 5, 10, 0, {DAY});
        INSERT INTO tracker_target VALUES (1, 1, 1, 1, '22:00', '07:00', '{{\"x\": 1}}', {DAY}), (2, 1, 3, 1, NULL, NULL, NULL, {DAY});
        INSERT INTO tracker_state VALUES (1, 1, 'album-1', '[]', {DAY});
        INSERT INTO event_log VALUES (1, 1, 'assets_added', '{{}}', {DAY}), (2, NULL, 'x', NULL, {DAY});",
        TOKENS[0], TOKENS[1], TOKENS[2])
}

/// What the refactor made of it: renames, and a config for the one bot with settings of its own.
pub const RENAMES: &str = "
    ALTER TABLE tracker RENAME TO notification_tracker;
    ALTER TABLE tracker_target RENAME TO notification_tracker_target;
    ALTER TABLE tracker_state RENAME TO notification_tracker_state;
    ALTER TABLE notification_tracker_target RENAME COLUMN tracker_id TO notification_tracker_id;
    ALTER TABLE notification_tracker_state RENAME COLUMN tracker_id TO notification_tracker_id;
    ALTER TABLE event_log RENAME COLUMN tracker_id TO notification_tracker_id;
    ALTER TABLE notification_target ADD COLUMN chat_action TEXT;
    UPDATE notification_target SET chat_action = 'typing' WHERE id = 1;";
pub const NEW_TABLES: &str = "
    CREATE TABLE command_config (id INTEGER PRIMARY KEY, user_id INTEGER, provider_type TEXT, name TEXT, icon TEXT, enabled_commands JSON, locale TEXT DEFAULT 'en', response_mode TEXT DEFAULT 'media', default_count INTEGER DEFAULT 5, rate_limits JSON, created_at DATETIME);
    CREATE TABLE command_tracker (id INTEGER PRIMARY KEY, user_id INTEGER, provider_id INTEGER, command_config_id INTEGER, name TEXT, icon TEXT, enabled BOOLEAN, created_at DATETIME);
    CREATE TABLE command_tracker_listener (id INTEGER PRIMARY KEY, command_tracker_id INTEGER, listener_type TEXT, listener_id INTEGER, created_at DATETIME, UNIQUE (command_tracker_id, listener_type, listener_id));
    INSERT INTO command_config VALUES (1, 1, 'immich', 'Helper commands', '', '[\"bounty\", \"add\", \"albums\"]', 'ru', 'media', 2, '{\"write\": 30}', '2026-03-21 00:00:00');";
pub const DROPS: &str = "
    ALTER TABLE telegram_bot DROP COLUMN commands_config;
    ALTER TABLE notification_tracker_target DROP COLUMN commands_config;";

/// The shape after the refactor; somebody has set up trackers for the first bot since.
pub fn new_shape() -> String {
    format!(
        "{}{RENAMES}{NEW_TABLES}{DROPS}
        INSERT INTO command_tracker VALUES (1, 1, 1, 1, 'Photo commands', '', 1, {DAY});
        INSERT INTO command_tracker_listener VALUES (1, 1, 'telegram_bot', 1, {DAY});",
        old_shape()
    )
}
