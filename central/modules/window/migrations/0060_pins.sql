-- +goose Up
-- Quick entries that a person keeps on their first page (直接进入).
CREATE TABLE window_pin (
  account TEXT NOT NULL,
  place   INTEGER NOT NULL,
  path    TEXT NOT NULL,
  label   TEXT NOT NULL,
  PRIMARY KEY (account, place)
);

CREATE TABLE window_pinner (
  account TEXT PRIMARY KEY,
  kept_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE window_pinner;
DROP TABLE window_pin;
