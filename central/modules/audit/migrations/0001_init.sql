-- +goose Up
CREATE TABLE audit_verification (
    id       TEXT   PRIMARY KEY,
    by_name  TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    state    TEXT   NOT NULL,
    done     BIGINT NOT NULL,
    total    BIGINT NOT NULL,
    touched  BIGINT NOT NULL,
    finished BIGINT NOT NULL,
    report   TEXT   NOT NULL
);
CREATE INDEX audit_verification_at ON audit_verification (at);

CREATE TABLE audit_alert (
    id        TEXT   PRIMARY KEY,
    kind      TEXT   NOT NULL,
    object    TEXT   NOT NULL,
    said      TEXT   NOT NULL,
    first     BIGINT NOT NULL,
    last      BIGINT NOT NULL,
    times     BIGINT NOT NULL,
    closed    BIGINT NOT NULL,
    closed_by TEXT   NOT NULL,
    note      TEXT   NOT NULL
);
CREATE INDEX audit_alert_last ON audit_alert (last);
-- One open alert for one thing.
CREATE UNIQUE INDEX audit_alert_open ON audit_alert (kind, object) WHERE closed = 0;

-- +goose Down
DROP TABLE audit_alert;
DROP TABLE audit_verification;
