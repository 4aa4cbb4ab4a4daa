"""A real PostgreSQL for the length of some tests: a folder of its own, loopback, any free port."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

USER, PASSWORD = "reader", "not-to-be-told"


def binaries() -> Path | None:
    """Where the newest server's programs are, as Debian lays them out, or wherever they are found."""
    places = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "initdb").exists()]
    if places:
        return max(places, key=lambda place: int(place.parent.name))
    found = shutil.which("pg_ctl")
    return Path(found).resolve().parent if found else None


@dataclass(frozen=True)
class Server:
    """A running server: the address of its database, and ways to end it."""

    address: str
    folder: Path
    programs: Path

    def stop(self) -> None:
        """End it at once, in the middle of whatever it does."""
        _run(self.programs / "pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")


@contextmanager
def postgres_server(programs: Path) -> Iterator[Server]:
    """A server with one superuser; it orders text as people do, so that ours is seen to be another."""
    folder = Path(mkdtemp(prefix="commonweal-postgres-"))
    password = folder / "password"
    password.write_text(PASSWORD)
    if os.geteuid() == 0:
        for path in (folder, password):
            shutil.chown(path, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _run(
        *(programs / "initdb", "-D", str(folder / "data"), "-N", "-E", "UTF8", "-U", USER),
        *("-A", "scram-sha-256", f"--pwfile={password}"),
        *("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en"),
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    log = str(folder / "log")
    _run(programs / "pg_ctl", "-D", str(folder / "data"), "-w", "-o", options, "-l", log, "start")
    server = Server(f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres", folder, programs)
    try:
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str | Path) -> None:
    """A server refuses to run as root, so root hands over to the user that Debian made for it."""
    before = ["runuser", "-u", "postgres", "--"] if getpass.getuser() == "root" else []
    done = subprocess.run(
        [*before, *map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        check=False,
        timeout=120,
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}")
