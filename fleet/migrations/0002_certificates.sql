-- +goose Up

-- Every certificate that was given out. state: next (given, not yet used), active, replaced, revoked.
CREATE TABLE fleet_certificate (
    serial     TEXT PRIMARY KEY,
    terminal   TEXT NOT NULL,
    epoch      INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    pem        TEXT NOT NULL,
    from_at    BIGINT NOT NULL,
    until_at   BIGINT NOT NULL,
    state      TEXT NOT NULL,
    ended_at   BIGINT NOT NULL DEFAULT 0,
    ended_by   TEXT NOT NULL DEFAULT '',
    reason     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX fleet_certificate_terminal ON fleet_certificate (terminal, state);
INSERT INTO fleet_certificate (serial, terminal, epoch, public_key, pem, from_at, until_at, state)
    SELECT cert_serial, code, epoch, public_key, cert_pem, enrolled_at, cert_until, 'active' FROM fleet_terminal
    WHERE cert_serial <> '' AND public_key IS NOT NULL;
ALTER TABLE fleet_terminal ADD COLUMN renew_wanted INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE fleet_terminal DROP COLUMN renew_wanted;
DROP TABLE fleet_certificate;
