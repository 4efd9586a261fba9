-- +goose Up
-- One row per short message. Number and text are sealed and emptied once the message has met its end.
CREATE TABLE notify_sms (
    id           TEXT   PRIMARY KEY,
    phone_blind  TEXT   NOT NULL,
    phone_sealed TEXT   NOT NULL,
    text_sealed  TEXT   NOT NULL,
    template     TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('queued', 'sent', 'refused', 'expired')),
    ref          TEXT   NOT NULL,
    queued_at    BIGINT NOT NULL,
    good_until   BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL
);
CREATE INDEX notify_sms_queued_at ON notify_sms (queued_at);

-- +goose Down
DROP TABLE notify_sms;
