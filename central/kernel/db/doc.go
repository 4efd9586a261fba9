// Package db is the one door to the database (数据库): SQLite on one machine,
// PostgreSQL at scale, the same plain SQL with $1 placeholders on both.
//
// Do is the only way to write. State, audit record, event and job of one act
// are written in its transaction and become visible together or not at all.
// Writers run one after the other on both databases: SQLite allows only one,
// and on PostgreSQL Do takes an advisory lock first. What a rule has read
// inside Do therefore cannot change before it commits, without any locking
// clause in the SQL, and the audit chain and the event sequence, which need a
// global order anyway, cost no retries. Acts that wait for each other are
// committed together (ADR 0043), which none of them can tell.
//
// Column types that work on both: TEXT (ids, JSON), BIGINT (times in unix
// milliseconds, see Ms), INTEGER (0 or 1 for truth, see Int), BLOB (turned
// into BYTEA on PostgreSQL in migrations).
package db
