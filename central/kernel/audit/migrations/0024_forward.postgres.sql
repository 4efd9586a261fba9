-- +goose Up
-- What runs with the owner's rights serves this one table and nobody else: not
-- a table of somebody else's making that borrows the function.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION kernel_audit_forward() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE moved BIGINT;
BEGIN
    IF TG_TABLE_NAME <> 'kernel_audit' OR TG_OP <> 'INSERT' THEN RAISE EXCEPTION 'only kernel_audit moves the head'; END IF;
    EXECUTE format('UPDATE %I.kernel_audit_head SET count = $1, hash = $2 WHERE id = 1 AND count = $1 - 1 AND hash = $3', TG_TABLE_SCHEMA)
        USING NEW.seq, NEW.hash, NEW.prev;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> 1 THEN RAISE EXCEPTION 'an audit record follows the head'; END IF;
    RETURN NULL;
END;
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION kernel_audit_forward() FROM PUBLIC;

-- +goose Down
GRANT EXECUTE ON FUNCTION kernel_audit_forward() TO PUBLIC;
