-- +goose Up

-- What came from the channels. It names no persons: who applied is sealed with the case.
CREATE TABLE online_submission (
    channel TEXT    NOT NULL,
    ref     TEXT    NOT NULL, -- the channel's own number of it
    digest  TEXT    NOT NULL, -- of the content: the same number with other content is another one
    case_no TEXT    NOT NULL UNIQUE,
    at      BIGINT  NOT NULL,
    version BIGINT  NOT NULL, -- raised by each event of the case
    sent    BIGINT  NOT NULL, -- the last that the channel took
    told_at BIGINT  NOT NULL,
    PRIMARY KEY (channel, ref)
);
CREATE INDEX online_submission_at ON online_submission (channel, at);

-- Nonces within the time window of a signature, over all copies.
CREATE TABLE online_nonce (
    channel TEXT   NOT NULL,
    nonce   TEXT   NOT NULL,
    until   BIGINT NOT NULL,
    PRIMARY KEY (channel, nonce)
);
CREATE INDEX online_nonce_until ON online_nonce (until);

-- Refusals per minute and cause; the first of each is audited.
CREATE TABLE online_refusal (
    minute  BIGINT  NOT NULL,
    channel TEXT    NOT NULL,
    cause   TEXT    NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (minute, channel, cause)
);

-- +goose Down
DROP TABLE online_refusal;
DROP TABLE online_nonce;
DROP TABLE online_submission;
