-- +goose Up
-- The print of a document, made after its act. The same document gives the same bytes.
CREATE TABLE document_print (
  document_id {{KEY}},
  file_id BIGINT NOT NULL,
  sm3 TEXT NOT NULL,
  size BIGINT NOT NULL,
  at BIGINT NOT NULL
){{STRICT}};

-- Up to which document the printing job has come.
CREATE TABLE document_printing (
  id {{KEY}},
  upto BIGINT NOT NULL
){{STRICT}};

-- 送达: how and when a document reached its addressee, once for each way. data is
-- sealed: who took it, the waybill, the picture of a signature.
CREATE TABLE document_served (
  id {{KEY}},
  document_id BIGINT NOT NULL,
  case_id BIGINT NOT NULL,
  way TEXT NOT NULL,
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL,
  data {{BLOB}} NOT NULL
){{STRICT}};
CREATE UNIQUE INDEX document_served_way ON document_served (document_id, way);
CREATE INDEX document_served_case ON document_served (case_id, id);
