-- What a technician set at this terminal (校准值): kept over restarts and applied each time a device is opened.
CREATE TABLE calibration (
  kind  TEXT NOT NULL,
  name  TEXT NOT NULL,
  value INTEGER NOT NULL,
  at    INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) WITHOUT ROWID;
