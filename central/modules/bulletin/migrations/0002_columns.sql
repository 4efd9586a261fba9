-- +goose Up

-- Columns (栏目): what editors sort the bulletin into. kind is the list of the terminal that shows the column. A column that is off
-- keeps its entries. seq goes on with that of the entries, so that a terminal notices a changed name as well.
CREATE TABLE bulletin_column (
    code  TEXT    PRIMARY KEY,
    name  TEXT    NOT NULL,
    kind  TEXT    NOT NULL, -- news, service
    place INTEGER NOT NULL, -- order, small first
    is_on INTEGER NOT NULL,
    seq   BIGINT  NOT NULL
);

-- What was of a kind so far is in the column of that code. kind stays as it is told to terminals that know no columns.
ALTER TABLE bulletin_entry ADD COLUMN col TEXT NOT NULL DEFAULT '';
ALTER TABLE bulletin_entry ADD COLUMN until_day TEXT NOT NULL DEFAULT ''; -- last day on which it is shown
ALTER TABLE bulletin_entry ADD COLUMN draft INTEGER NOT NULL DEFAULT 0;   -- never shown yet
UPDATE bulletin_entry SET col = kind;

-- +goose Down
ALTER TABLE bulletin_entry DROP COLUMN draft;
ALTER TABLE bulletin_entry DROP COLUMN until_day;
ALTER TABLE bulletin_entry DROP COLUMN col;
DROP TABLE bulletin_column;
