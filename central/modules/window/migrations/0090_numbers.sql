-- +goose Up
-- Numbers of papers that are being drawn (在编文书号): reserved until a moment, free again after it; see store/numbers.go.
CREATE TABLE window_number (
  name  TEXT NOT NULL,
  n     BIGINT NOT NULL,
  token TEXT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (name, n)
);

-- +goose Down
DROP TABLE window_number;
