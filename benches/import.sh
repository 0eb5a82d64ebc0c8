#!/usr/bin/env bash
# Rows a second of `bounty import bounty-sqlite`, beside `sqlite3 .dump` of the same file. Needs sqlite3 and a release build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export LC_ALL=C.UTF-8
rows=${1:-100000}
rounds=${2:-3}
bounty=${CARGO_TARGET_DIR:-target}/release/bounty
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Of ten rows eight are bounties in ten groups, one is their creator, one tracks a bounty.
sqlite3 "$work/old.db" <<SQL
CREATE TABLE users (user_id INTEGER PRIMARY KEY, username TEXT, first_name TEXT, last_name TEXT, created_at INTEGER);
CREATE TABLE groups (group_id INTEGER PRIMARY KEY, title TEXT, created_at INTEGER);
CREATE TABLE bounties (id INTEGER PRIMARY KEY, group_id INTEGER, created_by_user_id INTEGER, text TEXT, link TEXT, due_date_ts INTEGER, created_at INTEGER);
CREATE TABLE user_bounty_tracking (user_id INTEGER, bounty_id INTEGER, tracked_at INTEGER);
CREATE TEMP VIEW n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $rows / 10) SELECT i FROM n;
BEGIN;
INSERT INTO groups SELECT -i, 'Group ' || i, 1735600000 FROM n WHERE i <= 10;
INSERT INTO users SELECT i, NULL, 'User ' || i, NULL, 1735600000 FROM n;
INSERT INTO bounties SELECT (i - 1) * 8 + d.value, -(i % 10) - 1, i, 'Clean the windows of house ' || i, 'https://example.com/' || i, 1956528000 + i, 1735603200 + i
  FROM n, generate_series(1, 8) AS d;
INSERT INTO user_bounty_tracking SELECT i, i * 8, 1735700000 FROM n;
COMMIT;
SQL

# best COMMAND...: the least seconds that it took.
best() {
    local least=999999 round started took
    for ((round = 0; round < rounds; round++)); do
        # Nothing is removed before the end: ext4 avoids inodes that were freed a moment ago, which takes time.
        export BOUNTY_DATA=$work/data-$round
        started=$(date +%s%N)
        "$@" >"$work/out" 2>"$work/err"
        took=$((($(date +%s%N) - started) / 1000000))
        [ "$took" -lt "$least" ] && least=$took
    done
    echo "$least"
}

dump=$(best sqlite3 "$work/old.db" .dump)
import=$(best "$bounty" import bounty-sqlite "$work/old.db")
tail -n 3 "$work/out"
total=$(sqlite3 "$work/old.db" 'SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM groups) + (SELECT count(*) FROM bounties) + (SELECT count(*) FROM user_bounty_tracking)')
echo "$total rows; best of $rounds: import $import ms ($((total * 1000 / import)) rows/s), sqlite3 .dump $dump ms ($((total * 1000 / dump)) rows/s)"
