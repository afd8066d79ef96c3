"""The background task of every worker that delivers what waits in the outbox.

In: messages that are due, claimed for this worker alone. Out: each is delivered, put off, or settled as failed or too
late. Law: a failure never stops the task; attempts grow rarer and end; whoever looks (`gatewright outbox`, the log)
sees what was given up. On stopping, what is under way is finished, and the rest is given back.
"""

import asyncio
import contextlib
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from gatewright.control.outbox.undelivered import Undeliverable, Undelivered
from gatewright.core.channels import read_sender, read_smtp_url
from gatewright.core.clock import Clock
from gatewright.core.log import get_log
from gatewright.settings import Settings
from gatewright.storage.deliveries import LEASE_SECONDS, Claim, claim, next_due, put_off, renew, settle, trim
from gatewright.storage.engine import Storage
from gatewright.storage.keys import Keys, SealBroken
from gatewright.storage.outbox import Status, open_message

MOST_ATTEMPTS = 12  # two hours and a half from the first to the last
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 3_600.0
_AT_ONCE = 8  # connections of one worker
_ATTEMPT_SECONDS = 60.0
_POLL_SECONDS = LEASE_SECONDS / 3  # what another worker left is found then; the own worker is woken
_AWAY_SECONDS = 5.0
_SHORTEST_PAUSE = 0.05  # while another worker is claiming what is due
_TRIM_SECONDS = 60.0
_FINISH_SECONDS = 10.0
_log = get_log(__name__)


def wait_after(attempts: int) -> float:
    """Return the seconds between a failed attempt and the next one: each time twice as many, up to an hour."""
    return min(_FIRST_WAIT * 2.0 ** min(attempts - 1, 20), _LONGEST_WAIT)


class Deliverer:
    """Delivers, for one worker."""

    def __init__(self, storage: Storage, keys: Keys, clock: Clock, settings: Settings) -> None:
        self._storage = storage
        self._keys = keys
        self._clock = clock
        self._settings = settings
        self._bell = asyncio.Event()
        self._sending: dict[asyncio.Task[None], Claim] = {}
        self._trimmed_at = self._renewed_at = clock.now()

    def wake(self) -> None:
        """Look at once: a message was committed."""
        self._bell.set()

    async def keep_delivering(self) -> None:
        """Deliver until cancelled."""
        try:
            while True:
                pause = await self._turn()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._bell.wait(), pause)
                self._bell.clear()
        finally:
            await self._finish()

    async def _turn(self) -> float:
        """Begin what is due and can be carried; returns for how long there is nothing to do."""
        try:
            now = self._clock.now()
            if now >= self._trimmed_at + _TRIM_SECONDS:
                self._trimmed_at = now
                await trim(self._storage, now)
            if self._sending and now >= self._renewed_at + _POLL_SECONDS:
                self._renewed_at = now
                await self._renew(now)
            free = _AT_ONCE - len(self._sending)
            due = await next_due(self._storage)
            if free and due is not None and due <= now:
                for claimed in await claim(self._storage, now, free):
                    self._begin(claimed)
                due = await next_due(self._storage)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("the outbox could not be read", error=type(error).__name__)
            return _AWAY_SECONDS
        if due is None or len(self._sending) >= _AT_ONCE:  # the end of a delivery rings
            return _POLL_SECONDS
        return min(max(due - now, _SHORTEST_PAUSE), _POLL_SECONDS)

    async def _renew(self, now: float) -> None:
        renewed = {claimed.id: claimed for claimed in await renew(self._storage, list(self._sending.values()), now)}
        for task, claimed in self._sending.items():
            self._sending[task] = renewed.get(claimed.id, claimed)

    def _begin(self, claimed: Claim) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(claimed))
        self._sending[task] = claimed
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.pop(task, None)
        self._bell.set()
        if not task.cancelled() and task.exception() is not None:
            # The database was away, or this is a bug: the lease ends, and the message is tried again.
            _log.error("what became of a message could not be written down", error=type(task.exception()).__name__)

    async def _deliver(self, claimed: Claim) -> None:
        try:
            async with asyncio.timeout(_ATTEMPT_SECONDS):
                status = await self._send(claimed)
        except Undeliverable as refused:
            await self._give_up(claimed, str(refused))
        except Undelivered as failed:
            await self._try_again(claimed, str(failed))
        except TimeoutError:
            await self._try_again(claimed, "it took too long")
        except SealBroken:
            await self._give_up(claimed, "it was sealed with a master key that is not there any more")
        except Exception as error:  # a bug in what makes or sends messages must not stop the others
            _log.error("a message could not be sent", **_named(claimed), error=type(error).__name__)
            await self._try_again(claimed, f"internal failure: {type(error).__name__}")
        else:
            await settle(self._storage, claimed, status, self._clock.now())

    async def _send(self, claimed: Claim) -> Status:
        channel = self._settings.channel(claimed.medium)
        message = open_message(self._keys, claimed.id, claimed.sealed_message)
        if channel == "SMTP":
            from gatewright.control.outbox.mail import make_mail  # the e-mail package is slow to load
            from gatewright.control.outbox.smtp import send_mail

            usual = read_sender(self._settings.mail_from)
            mail = make_mail(claimed, message, usual)
            await send_mail(mail, usual.address, claimed.destination, read_smtp_url(self._settings.smtp_url))
            return Status.DELIVERED
        if channel == "WEBHOOK":
            from gatewright.control.outbox.webhook import post_text

            await post_text(claimed, message, self._settings.sms_url, self._settings.sms_secret, self._clock.now())
            return Status.DELIVERED
        if channel == "MAILBOX":  # it was written when there was a channel
            return Status.MAILBOX
        raise Undeliverable(f"this server has no channel for {claimed.medium} any more")

    async def _try_again(self, claimed: Claim, failure: str) -> None:
        now = self._clock.now()
        at = now + wait_after(claimed.attempts)
        if claimed.attempts >= MOST_ATTEMPTS:
            await self._give_up(claimed, f"given up after {claimed.attempts} attempts: {failure}")
        elif at >= claimed.expires_at:
            await self._give_up(claimed, f"too late for another attempt: {failure}", Status.EXPIRED)
        else:
            _log.warning("a message was not delivered", **_named(claimed), failure=failure, again_in=at - now)
            await put_off(self._storage, claimed, at, failure)

    async def _give_up(self, claimed: Claim, failure: str, status: Status = Status.FAILED) -> None:
        _log.error("a message was given up", **_named(claimed), failure=failure)
        await settle(self._storage, claimed, status, self._clock.now(), failure)

    async def _finish(self) -> None:
        """Finish what is under way; what takes too long is given back, to be delivered by whoever is there then."""
        tasks = dict(self._sending)
        if tasks:
            await asyncio.wait(tasks, timeout=_FINISH_SECONDS)
        for task, claimed in tasks.items():
            if not task.done():
                task.cancel()
                with contextlib.suppress(SQLAlchemyError, OSError):
                    await put_off(self._storage, claimed, self._clock.now(), "the server stopped")


def _named(claimed: Claim) -> dict[str, Any]:
    """Return what a log may tell of a message: neither to whom it goes nor what it says."""
    return {
        "message_id": claimed.id,
        "user_pool_id": claimed.user_pool_id,
        "medium": claimed.medium,
        "kind": claimed.kind,
        "attempt": claimed.attempts,
    }
