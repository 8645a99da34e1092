"""The tables of the inspector's own database in PostgreSQL, in a schema of their own, as a sequence of migrations.

They are those of `migrations` with the same names and columns. Texts are compared byte by byte, as SQLite does. A
released migration never changes; a change of the tables is a new migration at the end of both sequences.
"""

SCHEMA = "conversation_inspector"
_TEXT = 'TEXT COLLATE "C"'
_AUDIT_LOGS = ("repair_audit", "access_audit")

_TABLES = f"""
CREATE TABLE lint_run (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deployment {_TEXT} NOT NULL, source {_TEXT} NOT NULL,
    started_at {_TEXT} NOT NULL, finished_at {_TEXT} NOT NULL, sessions BIGINT NOT NULL,
    by_rule {_TEXT} NOT NULL DEFAULT '[]'
);
CREATE INDEX lint_run_deployment ON lint_run (deployment, id);
CREATE TABLE lint_rejected (
    run BIGINT NOT NULL REFERENCES lint_run (id) ON DELETE CASCADE, session_id {_TEXT} NOT NULL,
    providers {_TEXT} NOT NULL, PRIMARY KEY (run, session_id)
);
CREATE TABLE scan (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deployment {_TEXT} NOT NULL, summary {_TEXT} NOT NULL,
    has_sessions INTEGER NOT NULL
);
CREATE INDEX scan_deployment ON scan (deployment, id);
CREATE TABLE scan_session (
    scan BIGINT NOT NULL REFERENCES scan (id) ON DELETE CASCADE, place BIGINT NOT NULL,
    session {_TEXT} NOT NULL, PRIMARY KEY (scan, place)
);
CREATE TABLE repair_audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deployment {_TEXT} NOT NULL, attempt {_TEXT} NOT NULL,
    session_id {_TEXT} NOT NULL, entry {_TEXT} NOT NULL
);
CREATE INDEX repair_audit_attempt ON repair_audit (deployment, attempt, id);
CREATE TABLE access_audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deployment {_TEXT} NOT NULL, kind {_TEXT} NOT NULL,
    who {_TEXT} NOT NULL, session_id {_TEXT} NOT NULL, event {_TEXT} NOT NULL
);
CREATE INDEX access_audit_deployment ON access_audit (deployment, id);
CREATE TABLE view_key (deployment {_TEXT} PRIMARY KEY, key BYTEA NOT NULL);
CREATE TABLE note (
    deployment {_TEXT} NOT NULL, id {_TEXT} NOT NULL, session_id {_TEXT} NOT NULL, position BIGINT NOT NULL,
    digest {_TEXT} NOT NULL, text {_TEXT}, author {_TEXT} NOT NULL, created_at {_TEXT} NOT NULL, changed_at {_TEXT},
    author_subject {_TEXT} NOT NULL DEFAULT '""', PRIMARY KEY (deployment, id)
);
CREATE INDEX note_session ON note (deployment, session_id, position);
CREATE TABLE imported_session (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, deployment {_TEXT} NOT NULL, session_id {_TEXT} NOT NULL,
    dialect {_TEXT} NOT NULL, imported_at {_TEXT} NOT NULL, unknown {_TEXT} NOT NULL, dropped {_TEXT} NOT NULL,
    UNIQUE (deployment, session_id)
);
CREATE INDEX imported_session_unknown ON imported_session (deployment) WHERE unknown != '[]';
CREATE TABLE imported_part (
    session BIGINT NOT NULL REFERENCES imported_session (id) ON DELETE CASCADE, number BIGINT NOT NULL,
    position BIGINT, digest {_TEXT} NOT NULL, kind {_TEXT} NOT NULL, place {_TEXT} NOT NULL, name {_TEXT} NOT NULL,
    size BIGINT NOT NULL, json {_TEXT}, PRIMARY KEY (session, number)
);
CREATE TABLE imported_turn (
    session BIGINT NOT NULL REFERENCES imported_session (id) ON DELETE CASCADE, position BIGINT NOT NULL,
    digest {_TEXT} NOT NULL, model {_TEXT}, usage {_TEXT}, PRIMARY KEY (session, position)
);
CREATE TABLE saved_view (
    deployment {_TEXT} NOT NULL, id {_TEXT} NOT NULL, name {_TEXT} NOT NULL, query {_TEXT} NOT NULL,
    shared INTEGER NOT NULL, level {_TEXT} NOT NULL, author {_TEXT} NOT NULL, created_at {_TEXT} NOT NULL,
    author_subject {_TEXT} NOT NULL, PRIMARY KEY (deployment, id)
);
CREATE TABLE api_token (
    deployment {_TEXT} NOT NULL, id {_TEXT} NOT NULL, name {_TEXT} NOT NULL, role {_TEXT} NOT NULL,
    digest {_TEXT} NOT NULL, created_at {_TEXT} NOT NULL, created_by {_TEXT} NOT NULL, expires_at {_TEXT} NOT NULL,
    revoked_at {_TEXT}, PRIMARY KEY (deployment, id)
);
CREATE TABLE scan_lock (
    deployment {_TEXT} PRIMARY KEY, holder {_TEXT}, lease_until DOUBLE PRECISION NOT NULL,
    started_at DOUBLE PRECISION NOT NULL
);
CREATE TABLE webhook_post (
    deployment {_TEXT} NOT NULL, id {_TEXT} NOT NULL, body {_TEXT} NOT NULL, created_at DOUBLE PRECISION NOT NULL,
    attempts INTEGER NOT NULL, next_at DOUBLE PRECISION, PRIMARY KEY (deployment, id)
);
CREATE INDEX webhook_post_due ON webhook_post (deployment, next_at);
"""

# A role without the rights to change or empty the audit log can't; these triggers stop the owner too.
_APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_empty BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
    for table in _AUDIT_LOGS
)

_RECHECKS = f"""
CREATE TABLE recheck (
    deployment {_TEXT} NOT NULL, session_id {_TEXT} NOT NULL, at DOUBLE PRECISION NOT NULL, session {_TEXT} NOT NULL,
    PRIMARY KEY (deployment, session_id)
);
"""

_LINT_RECHECKS = f"""
CREATE TABLE lint_recheck (
    run BIGINT NOT NULL REFERENCES lint_run (id) ON DELETE CASCADE, session_id {_TEXT} NOT NULL, at {_TEXT} NOT NULL,
    providers {_TEXT} NOT NULL, PRIMARY KEY (run, session_id)
);
"""

MIGRATIONS: tuple[str, ...] = (_TABLES + _APPEND_ONLY, _RECHECKS, _LINT_RECHECKS)
"""The statements of each migration in order; the first migration leads to version 1."""
