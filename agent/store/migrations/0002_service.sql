-- Service codes that were used here: each opens this terminal once.
CREATE TABLE service_pass (
  at      INTEGER NOT NULL,
  nonce   INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  PRIMARY KEY (at, nonce)
) WITHOUT ROWID;
