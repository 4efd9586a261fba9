-- +goose Up

-- Service codes (维护码). The code itself is nowhere: it is made of the keys again where it has to be known.
CREATE TABLE fleet_service_code (
    terminal   TEXT NOT NULL REFERENCES fleet_terminal (code),
    at         BIGINT NOT NULL,
    nonce      INTEGER NOT NULL,
    epoch      INTEGER NOT NULL,
    made_by    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    PRIMARY KEY (terminal, at, nonce)
);

-- What field technicians found, one row an envelope; body is the whole wire.Diagnosis, which names no person.
CREATE TABLE fleet_diagnosis (
    id          TEXT PRIMARY KEY,
    terminal    TEXT NOT NULL,
    made_at     BIGINT NOT NULL,
    pass_at     BIGINT NOT NULL,
    nonce       INTEGER NOT NULL,
    faults      INTEGER NOT NULL,
    worst       TEXT NOT NULL,
    body        TEXT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX fleet_diagnosis_terminal ON fleet_diagnosis (terminal, made_at);

-- +goose Down
DROP TABLE fleet_diagnosis;
DROP TABLE fleet_service_code;
