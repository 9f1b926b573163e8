"""The tables of the session database, and how an older one becomes a newer one."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x61757363
"""Marks the file as this program's, in the header that SQLite keeps for it: "ausc"."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE session (
        id TEXT PRIMARY KEY,
        begun TEXT NOT NULL,
        ended TEXT,
        interrupted INTEGER NOT NULL DEFAULT 0,
        source TEXT NOT NULL,
        rate INTEGER NOT NULL,
        hop_s REAL NOT NULL,
        model TEXT NOT NULL,
        model_sha256 TEXT NOT NULL,
        front_end TEXT NOT NULL,
        program TEXT NOT NULL,
        patient TEXT,
        summary TEXT
    ) STRICT;

    CREATE TABLE verdict (
        session TEXT NOT NULL REFERENCES session ON DELETE CASCADE,
        position INTEGER NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        label TEXT NOT NULL,
        p_abnormal REAL,
        quality REAL,
        reasons TEXT NOT NULL,
        heart_rate_bpm REAL,
        rolling_label TEXT NOT NULL,
        rolling_p_abnormal REAL,
        latency_ms REAL NOT NULL,
        PRIMARY KEY (session, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE event (
        session TEXT NOT NULL REFERENCES session ON DELETE CASCADE,
        position INTEGER NOT NULL,
        t_s REAL NOT NULL,
        event TEXT NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (session, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE note (
        session TEXT NOT NULL REFERENCES session ON DELETE CASCADE,
        position INTEGER NOT NULL,
        written TEXT NOT NULL,
        words TEXT NOT NULL,
        PRIMARY KEY (session, position)
    ) STRICT, WITHOUT ROWID;

    -- Outlives its sessions, and holds no words of anybody's.
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        session TEXT,
        change TEXT NOT NULL
    ) STRICT;

    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;

    CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
    """,
    # What is said of the heart beside its rate.
    """
    ALTER TABLE verdict ADD COLUMN heart_rate_confidence REAL;
    ALTER TABLE verdict ADD COLUMN irregular INTEGER;
    ALTER TABLE verdict ADD COLUMN reading TEXT;
    """,
    # An examination is made in a session of its own, on whose clock its times are.
    """
    CREATE TABLE examination (
        id TEXT PRIMARY KEY,
        session TEXT NOT NULL REFERENCES session ON DELETE CASCADE,
        begun TEXT NOT NULL,
        ended TEXT,
        opinion TEXT,
        note TEXT NOT NULL DEFAULT ''
    ) STRICT;

    CREATE INDEX examination_of_session ON examination (session);

    CREATE TABLE finding (
        examination TEXT NOT NULL REFERENCES examination ON DELETE CASCADE,
        position INTEGER NOT NULL,
        site TEXT NOT NULL,
        start_s REAL NOT NULL,
        end_s REAL NOT NULL,
        good_s REAL NOT NULL,
        verdict TEXT,
        PRIMARY KEY (examination, position)
    ) STRICT, WITHOUT ROWID;
    """,
)
"""The n-th makes version n of version n - 1; what was once released is never changed."""


class SchemaError(Exception):
    """The database is another program's, or a newer version's; one line that says what to do."""


def migrate(connection: sqlite3.Connection) -> int:
    """Bring a database to this program's version, one whole step at a time.

    Nothing changes where a step fails or the program is killed in it.

    Args:
        connection: Outside a transaction.

    Returns:
        The version that was found; 0 where the database was empty.

    Raises:
        SchemaError: It is not this program's, or a newer version wrote it.
        sqlite3.Error: It cannot be read or written.
    """
    found = _pragma(connection, "user_version")
    owner = _pragma(connection, "application_id")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if owner != APPLICATION_ID and (tables or found or owner):
        raise SchemaError("is another program's database; choose another folder by --data")
    if found > len(MIGRATIONS):
        raise SchemaError("was written by a newer version of auscult; update this one")
    for version in range(found + 1, len(MIGRATIONS) + 1):
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE; {MIGRATIONS[version - 1]}"
                f"; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version}; COMMIT;"
            )
        except BaseException:
            if connection.in_transaction:
                connection.rollback()
            raise
    return found


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]
