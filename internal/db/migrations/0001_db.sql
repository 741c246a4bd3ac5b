-- +goose Up

-- Which process of a cluster holds which node number for its keys.
CREATE TABLE db_node (
    node        {{KEY}},
    owner       TEXT NOT NULL,
    lease_until BIGINT NOT NULL
) {{STRICT}};
