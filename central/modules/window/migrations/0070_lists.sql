-- +goose Up
-- Each list walks one index, whatever its length: open cases by what goes wrong first, all by when they came, an item's and an
-- office's by when they came. They hold what a list is narrowed by, so that pages are counted and skipped without reading cases.
CREATE INDEX window_case_urgent ON window_case ((CASE WHEN due <> '' THEN due ELSE notice_due END), received_at, no, state, region, department, handler, item, name_masked, seen_by)
  WHERE state IN ('received', 'notice', 'accepted', 'suspended');
CREATE INDEX window_case_newest ON window_case (received_at, no, state, region, department, handler);
CREATE INDEX window_case_item ON window_case (item, received_at, no, state, region, department, handler);
CREATE INDEX window_case_named ON window_case (name_masked, received_at, no, state, region, department, handler);
CREATE INDEX window_case_office ON window_case (department, received_at, no, state, region, handler);
DROP INDEX window_case_region;
DROP INDEX window_case_department;
DROP INDEX window_case_inbox;
DROP INDEX window_case_due;
DROP INDEX window_case_seen;
DROP INDEX window_case_name;

-- +goose Down
CREATE INDEX window_case_name ON window_case (name_masked, received_at);
CREATE INDEX window_case_inbox ON window_case (state, received_at);
CREATE INDEX window_case_due ON window_case (state, due);
CREATE INDEX window_case_seen ON window_case (received_at);
CREATE INDEX window_case_department ON window_case (department, state);
CREATE INDEX window_case_region ON window_case (region, state);
DROP INDEX window_case_office;
DROP INDEX window_case_named;
DROP INDEX window_case_item;
DROP INDEX window_case_newest;
DROP INDEX window_case_urgent;
