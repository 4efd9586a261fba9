-- The installation record that is being made here: at most one row. signed_at 0 = something changed since, or never signed;
-- envelope is of the newest signature.
CREATE TABLE installation (
  record    TEXT PRIMARY KEY,
  begun_at  INTEGER NOT NULL,
  revision  INTEGER NOT NULL,
  signed_at INTEGER NOT NULL,
  envelope  TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE installation_answer (
  point TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  value REAL,
  at    INTEGER NOT NULL
) WITHOUT ROWID;

-- The pictures lie encrypted beside the database; key is closed for the centre. sent: the outbox has the file.
CREATE TABLE installation_photo (
  digest TEXT PRIMARY KEY,
  point  TEXT NOT NULL,
  size   INTEGER NOT NULL,
  mime   TEXT NOT NULL,
  source TEXT NOT NULL,
  key    TEXT NOT NULL,
  at     INTEGER NOT NULL,
  sent   INTEGER NOT NULL
) WITHOUT ROWID;
