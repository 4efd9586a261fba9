-- +goose Up
-- How often the gateway was asked to take a message, and what became of it afterwards: the gateway says later whether the phone got it.
ALTER TABLE notify_sms ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notify_sms ADD COLUMN receipt TEXT NOT NULL DEFAULT '';
ALTER TABLE notify_sms ADD COLUMN receipt_note TEXT NOT NULL DEFAULT '';
ALTER TABLE notify_sms ADD COLUMN receipt_at BIGINT NOT NULL DEFAULT 0;
