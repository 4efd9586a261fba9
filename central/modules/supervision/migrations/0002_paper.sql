-- +goose Up

-- The paper of a card is the window's; here is which one. Cards that were issued before have none.
ALTER TABLE supervision_card ADD COLUMN paper TEXT NOT NULL DEFAULT '';
ALTER TABLE supervision_card ADD COLUMN paper_no TEXT NOT NULL DEFAULT '';
ALTER TABLE supervision_card ADD COLUMN paper_title TEXT NOT NULL DEFAULT '';
ALTER TABLE supervision_card ADD COLUMN paper_code TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE supervision_card DROP COLUMN paper_code;
ALTER TABLE supervision_card DROP COLUMN paper_title;
ALTER TABLE supervision_card DROP COLUMN paper_no;
ALTER TABLE supervision_card DROP COLUMN paper;
