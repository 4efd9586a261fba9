-- Orders of the centre that were carried out here: each is carried out once, also when the broker brings it again after a restart.
CREATE TABLE remote_order (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;
