-- +goose Up
-- A record is added behind the last one or not at all, and only this moves the
-- head: the program itself never writes the head row. The function runs with
-- the rights of the tables' owner, so that the role of the program needs none
-- on the head; names are qualified, so that no temporary table can stand in.
-- +goose StatementBegin
CREATE FUNCTION kernel_audit_forward() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE moved BIGINT;
BEGIN
    EXECUTE format('UPDATE %I.kernel_audit_head SET count = $1, hash = $2 WHERE id = 1 AND count = $1 - 1 AND hash = $3', TG_TABLE_SCHEMA)
        USING NEW.seq, NEW.hash, NEW.prev;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> 1 THEN RAISE EXCEPTION 'an audit record follows the head'; END IF;
    RETURN NULL;
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER kernel_audit_forward AFTER INSERT ON kernel_audit
FOR EACH ROW EXECUTE FUNCTION kernel_audit_forward();

-- +goose StatementBegin
CREATE FUNCTION kernel_audit_head_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Depth 2 is the trigger above; 1 is a statement of somebody.
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'the audit head only moves forward';
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER kernel_audit_head_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel_audit_head
FOR EACH STATEMENT EXECUTE FUNCTION kernel_audit_head_guard();

-- +goose Down
DROP TRIGGER kernel_audit_head_guard ON kernel_audit_head;
DROP FUNCTION kernel_audit_head_guard();
DROP TRIGGER kernel_audit_forward ON kernel_audit;
DROP FUNCTION kernel_audit_forward();
