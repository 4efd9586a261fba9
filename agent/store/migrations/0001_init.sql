-- Counts that must never go back: envelope numbers per lane, case numbers per day.
CREATE TABLE counter (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;

-- What waits for the centre. The envelope is sealed for the centre: this terminal cannot open it again.
CREATE TABLE outbox (
  row      INTEGER PRIMARY KEY,
  id       TEXT    NOT NULL UNIQUE, -- envelope id, the idempotency key
  lane     TEXT    NOT NULL,
  seq      INTEGER NOT NULL,
  kind     TEXT    NOT NULL,
  case_no  TEXT    NOT NULL DEFAULT '',
  state    TEXT    NOT NULL,        -- waiting, parked
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at  INTEGER NOT NULL DEFAULT 0,
  made_at  INTEGER NOT NULL,
  size     INTEGER NOT NULL,        -- bytes of the envelope and its files
  files    TEXT    NOT NULL DEFAULT '',
  code     TEXT    NOT NULL DEFAULT '',
  reason   TEXT    NOT NULL DEFAULT '',
  envelope BLOB    NOT NULL
);
CREATE INDEX outbox_due ON outbox (lane, state, seq);

-- What this terminal knows of the cases it took: number and state, nobody's name.
CREATE TABLE case_state (
  case_no   TEXT PRIMARY KEY,
  id        TEXT    NOT NULL UNIQUE, -- envelope id
  item      TEXT    NOT NULL,        -- name of the item
  state     TEXT    NOT NULL,        -- stored, received, then the centre's words
  answer    TEXT    NOT NULL DEFAULT '',
  due       TEXT    NOT NULL DEFAULT '',
  checked   TEXT    NOT NULL,        -- digest of number and check code
  made_at   INTEGER NOT NULL,
  moved_at  INTEGER NOT NULL
);
CREATE INDEX case_state_made ON case_state (made_at);

-- Slips, written before the first byte goes to the printer. recovery holds what the slip shows until the visit is over,
-- so that a crash in between can be answered honestly.
CREATE TABLE print_job (
  id       TEXT PRIMARY KEY,
  case_no  TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  state    TEXT    NOT NULL, -- ready, printing, printed, failed, unknown
  cuts     INTEGER NOT NULL DEFAULT -1,
  made_at  INTEGER NOT NULL,
  moved_at INTEGER NOT NULL,
  reason   TEXT    NOT NULL DEFAULT '',
  recovery BLOB
);

CREATE TABLE probe (
  id  INTEGER PRIMARY KEY,
  n   INTEGER NOT NULL,
  pad BLOB
);
