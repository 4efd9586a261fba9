-- +goose Up
-- Since when the breaker is as it is.
ALTER TABLE adapter_state ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
CREATE INDEX adapter_exchange_actor ON adapter_exchange (actor, at);

-- +goose Down
DROP INDEX adapter_exchange_actor;
ALTER TABLE adapter_state DROP COLUMN since;
