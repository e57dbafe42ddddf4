"""A real PostgreSQL, reached by a socket, for the time of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pgserver
from sqlalchemy import URL, make_url


class Postgres:
    """A server whose data lie in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = pgserver.get_server(folder, cleanup_mode="stop")
        self.url: URL = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg2")

    @property
    def text(self) -> str:
        """The URL as sources.toml has it."""
        return self.url.render_as_string(hide_password=False)

    def crash(self) -> None:
        """Stop at once, as by a crash: connections break, nothing is written that was not safe."""
        pgserver.pg_ctl(["-m", "immediate", "stop"], pgdata=self._folder, user=self._server.system_user)  # type: ignore[attr-defined]

    def start_again(self) -> None:
        """After a crash."""
        self._server.ensure_postgres_running()

    def end(self) -> None:
        """Stop for good."""
        self._server.cleanup()


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server, ended with the body."""
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.end()
