"""Run the product: one process, or several that share the sockets and the database.

Law: sockets are bound and settings are checked before anything is started, so that what is wrong is said in one line;
SIGTERM and SIGINT finish what is under way. A worker that dies is replaced.
"""

import asyncio
import contextlib
import gc
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import uvloop
from sqlalchemy.exc import SQLAlchemyError

from gatewright.app import Product, open_product
from gatewright.core.clock import SystemClock
from gatewright.core.log import get_log, write_to_standard_error
from gatewright.edge.crowd import Crowd
from gatewright.edge.server import Server, bind
from gatewright.settings import Settings, SettingsError
from gatewright.storage.engine import first_line
from gatewright.storage.migrations import DatabaseTooNew

_GARBAGE = 10_000  # new containers before the youngest are looked through; requests leave no cycles behind
_OTHER_FILES = 256  # that are open beside connections: the database, listeners, pipes, integrations
_WISHES = (signal.SIGTERM, signal.SIGINT)
_RESPAWN_SECONDS = 1.0  # a worker that cannot start must not be started a thousand times a second


def run(settings: Settings, announce: Callable[[Settings], None]) -> int:
    """Serve until asked to stop; returns the exit code.

    Raises:
        SettingsError: the data directory, the database or the port cannot be used.
    """
    os.umask(0o077)  # the database too is its owner's alone, also in a directory that somebody else made
    prepare_directory(settings.data)
    listeners = _bind(settings)
    if settings.port == 0:
        settings = _at_port(settings, listeners[0].getsockname()[1])
    write_to_standard_error()
    if settings.workers == 1:
        uvloop.run(_serve(settings, listeners, lambda: announce(settings), follows=_is_shared(settings)))
        return 0
    uvloop.run(_prepare(settings))
    gc.freeze()  # what every worker shares; a collector that looked at it in one would copy it for that one
    gc.enable()
    return _supervise(settings, listeners, announce)


def prepare_directory(directory: Path) -> None:
    """Make the data directory, for its owner only.

    Raises:
        SettingsError: it cannot be written.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = directory / f".probe.{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsError(f"cannot write to the data directory {directory}: {error.strerror}") from None


def _bind(settings: Settings) -> list[socket.socket]:
    try:
        return bind(settings.host, settings.port)
    except OSError as error:
        reason = "is taken" if error.errno == 98 else f"cannot be used: {error.strerror or error}"
        raise SettingsError(f"{settings.host} port {settings.port} {reason}; choose another with --port") from None


def _at_port(settings: Settings, port: int) -> Settings:
    import msgspec

    return msgspec.structs.replace(settings, port=port)


def _is_shared(settings: Settings) -> bool:
    return settings.workers > 1 or settings.database.startswith("postgres")


async def _prepare(settings: Settings) -> None:
    """Open everything once before the workers do: what is wrong is said once, and the database is upgraded by one."""
    product = await _open(settings)
    await product.close()


async def _open(settings: Settings) -> Product:
    try:
        return await open_product(settings)
    except (ValueError, DatabaseTooNew) as error:
        raise SettingsError(str(error)) from None
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        raise SettingsError(f"cannot use the database: {first_line(cause)}") from None


async def _serve(
    settings: Settings,
    listeners: list[socket.socket],
    ready: Callable[[], None],
    *,
    follows: bool,
    parent: int | None = None,
) -> None:
    """Serve until asked to stop; `parent` is a pipe that ends when the supervisor does, however it does."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wish in _WISHES:
        loop.add_signal_handler(wish, stopping.set)
    if parent is not None:
        loop.add_reader(parent, stopping.set)
    product = await _open(settings)
    # What was loaded stays for as long as the process: the garbage collector need not look at it ever again.
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    gc.enable()
    if follows:
        product.follow_others()
    crowd = Crowd(_room_for(settings.max_connections), settings.max_body_memory * 1_048_576)
    server = Server(product.answer, SystemClock(), product.begin_upload, crowd)
    await server.start(listeners)
    ready()
    await stopping.wait()
    if parent is not None:
        loop.remove_reader(parent)
    await server.stop()
    await product.close()


def _room_for(connections: int) -> int:
    """Return how many connections there can be: as many as wanted, and no more than the system gives us files for.

    Where the files run out first, a connection would wait unanswered and the database could not be opened.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(soft - _OTHER_FILES, 1)
    return connections


def _supervise(settings: Settings, listeners: list[socket.socket], announce: Callable[[Settings], None]) -> int:
    """Keep so many workers alive until asked to stop."""
    workers: dict[int, float] = {}
    lifeline = os.pipe()  # nothing is ever written; its end tells workers that nobody replaces or stops them any more
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(worker, signal.SIGTERM)

    def start() -> None:
        worker = _fork(settings, listeners, lifeline)
        workers[worker] = time.monotonic()
        if stopping:  # the wish came before the worker was known
            os.kill(worker, signal.SIGTERM)

    for wish in _WISHES:
        signal.signal(wish, stop)
    for _ in range(settings.workers):
        start()
    announce(settings)
    while workers:
        pid, status = os.wait()
        born = workers.pop(pid, 0.0)
        if stopping:
            continue
        get_log(__name__).error("a worker died; starting another", pid=pid, status=status)
        if time.monotonic() - born < _RESPAWN_SECONDS:
            time.sleep(_RESPAWN_SECONDS)
        start()
    return 0


def _fork(settings: Settings, listeners: list[socket.socket], lifeline: tuple[int, int]) -> int:
    # A worker must not be told to stop while it would still do what its supervisor does then.
    signal.pthread_sigmask(signal.SIG_BLOCK, _WISHES)
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WISHES)
        return pid
    code = 1
    try:
        for wish in _WISHES:
            signal.signal(wish, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WISHES)
        os.close(lifeline[1])
        uvloop.run(_serve(settings, listeners, lambda: None, follows=True, parent=lifeline[0]))
        code = 0
    except SettingsError as error:
        sys.stderr.write(f"gatewright: {error}\n")
    finally:
        os._exit(code)
