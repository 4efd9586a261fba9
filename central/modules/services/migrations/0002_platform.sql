-- +goose Up

-- 1: the service is registered at the micro-service platform (微服务中台), which is asked with our signature.
ALTER TABLE services_service ADD COLUMN platform INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE services_service DROP COLUMN platform;
