"""Head office's database under test: a file of SQLite's, or a schema of PostgreSQL, which is a URL. Decides nothing about what is in it."""

import contextlib
import os
import sqlite3

from rig import postgres


def choose(path):
    """That file, or an empty schema of the PostgreSQL database that $HEAD_OFFICE_DATABASE names."""
    url = os.environ.get("HEAD_OFFICE_DATABASE")
    return postgres.new_schema(url, "head_office") if url else path


def rows(database, sql, *values):
    if isinstance(database, str):
        return postgres.query(database, sql, *values)
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(sql, values).fetchall()


def write(database, sql, *values):
    if isinstance(database, str):
        postgres.run(database, postgres.filled(sql, values))
        return
    with contextlib.closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.execute(sql, values)
