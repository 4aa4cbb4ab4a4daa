"""Real Sparks beside this process, for the length of some tests: loopback, any free port, ended at once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

#: Nothing here takes longer to listen, on a busy machine too.
_SECONDS = 90
_LOOPBACK = "127.0.0.1"


#: What a Spark is set to: small, quiet, on loopback. Compiling each question costs more than asking it.
_SETTINGS = {
    "spark.driver.host": _LOOPBACK,
    "spark.driver.bindAddress": _LOOPBACK,
    "spark.log.level": "OFF",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


@dataclass(frozen=True)
class Served:
    """A Spark that runs: its address, and the environment of whoever asks it."""

    address: str
    environment: Mapping[str, str]


@contextmanager
def connect_server(folder: Path) -> Iterator[Served]:
    """A server of Spark Connect that counts in its own process, two tasks at a time."""
    port = _free_port()
    given = {
        "spark.master": "local[2]",
        "spark.connect.grpc.binding.address": _LOOPBACK,
        "spark.connect.grpc.binding.port": str(port),
    }
    environment = _environment(folder, given)
    server = "org.apache.spark.sql.connect.service.SparkConnectServer"
    with _running(folder / "server", environment, "spark-submit", "--class", server, "spark-internal"):
        _wait_for(port)
        yield Served(f"sc://{_LOOPBACK}:{port}", environment)


@contextmanager
def cluster(folder: Path) -> Iterator[Served]:
    """A standalone cluster: a master, and one worker with two cores."""
    port = _free_port()
    environment = _environment(folder, {})
    address = f"spark://{_LOOPBACK}:{port}"
    own = ("--host", _LOOPBACK, "--webui-port", "0")
    master = ("org.apache.spark.deploy.master.Master", *own, "--port", str(port))
    work = ("--cores", "2", "--memory", "1g", "--work-dir", str(folder / "work"), address)
    worker = ("org.apache.spark.deploy.worker.Worker", *own, *work)
    with _running(folder / "master", environment, "spark-class", *master):
        _wait_for(port)
        # whoever asks waits until the worker has told the master of itself
        with _running(folder / "worker", environment, "spark-class", *worker):
            yield Served(address, environment)


def _environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    folder.mkdir(parents=True)
    lines = (f"{name} {value}\n" for name, value in {**_SETTINGS, **settings}.items())
    (folder / "spark-defaults.conf").write_text("".join(lines))
    return {
        **os.environ,
        "SPARK_HOME": str(_home()),
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_IP": _LOOPBACK,
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "PYSPARK_PYTHON": sys.executable,
        # workers import this very source
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }


def _home() -> Path:
    found = find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


@contextmanager
def _running(folder: Path, environment: Mapping[str, str], program: str, *words: str) -> Iterator[None]:
    """One of Spark's own programs, with all that it starts, in a group of its own that is ended as one."""
    folder.mkdir()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [_home() / "bin" / program, *words],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((_LOOPBACK, 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    until = time.monotonic() + _SECONDS
    while True:
        try:
            socket.create_connection((_LOOPBACK, port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return
