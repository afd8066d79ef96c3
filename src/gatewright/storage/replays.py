"""Each signature once: the opt-in guard against replayed requests.

AWS admits the same signed request again until it expires, and so does Gatewright unless `--refuse-replays` is set.
Then a signature is spent by its first use, on both planes, until it would have expired anyway. The price: a client
that sends the very same request twice within one second signs it alike, and its second one is refused.

The memory is a file of the data directory that every worker has open, so that a signature which one worker has seen is
spent for all of them, and stays so when they are stopped, killed or started anew; only a machine that loses its power
may forget the last seconds. The file is a table of buckets: a digest says which one its signature is in, and the
system's own lock on that bucket, which ends with whoever holds it, keeps two workers apart. A signature costs four
system calls (measured: 30 µs) and no question to the database. Several nodes have no file in common, so that the
setting is refused there.
"""

import fcntl
import hashlib
import os
import struct
from pathlib import Path

from gatewright.core.log import get_log
from gatewright.wire.sigv4.refusal import Kind, SignatureRefused
from gatewright.wire.sigv4.scope import Authorization
from gatewright.wire.sigv4.verify import SKEW

_SLOT = struct.Struct("<16sd")  # a digest, and until when it is spent, in seconds since the epoch
_BUCKET = 32 * _SLOT.size
_BUCKETS = 131_072  # four million signatures, 100 MB; the file has holes, and takes room for what was used only
_AGAIN = "The request signature has been used before, and this server refuses replays. Sign the request again."
_FULL = "Too many signatures are in use to tell a replay. Try again in a minute."
_log = get_log(__name__)


class Replays:
    """The signatures that were used and are not yet expired."""

    __slots__ = ("_buckets", "_file")

    def __init__(self, path: Path, buckets: int = _BUCKETS) -> None:
        self._buckets = buckets
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        if os.fstat(self._file).st_size != buckets * _BUCKET:  # new, or of a release that had another table
            os.ftruncate(self._file, 0)
            os.ftruncate(self._file, buckets * _BUCKET)
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def spend(self, claim: Authorization, now: float) -> None:
        """Use a signature up.

        Raises:
            SignatureRefused: it was used before, or there is no room to remember it: what cannot be remembered cannot
                be admitted.
        """
        digest = hashlib.blake2b(claim.signature.encode(), digest_size=16).digest()
        spent = _SLOT.pack(digest, claim.signed_at + (claim.expires if claim.expires is not None else SKEW))
        start = int.from_bytes(digest[:8], "big") % self._buckets * _BUCKET
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, start)
            try:
                free = _free(os.pread(self._file, _BUCKET, start), digest, now)
                os.pwrite(self._file, spent, start + free)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, start)
        except OSError as error:
            _log.error("a signature could not be remembered, and so was refused", error=str(error))
            raise SignatureRefused(Kind.REPLAYED, _FULL) from None

    def close(self) -> None:
        """Let go of the file; what is in it stays."""
        os.close(self._file)


def _free(bucket: bytes, digest: bytes, now: float) -> int:
    """Return where in a bucket a signature can be written that is not in it.

    Raises:
        SignatureRefused: it is, or there is no room.
    """
    free = -1
    for number, (known, until) in enumerate(_SLOT.iter_unpack(bucket)):
        if until < now:
            free = number
        elif known == digest:
            raise SignatureRefused(Kind.REPLAYED, _AGAIN)
    if free < 0:
        raise SignatureRefused(Kind.REPLAYED, _FULL)
    return free * _SLOT.size
