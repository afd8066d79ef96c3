"""The work of a diagnosis, for a key that is nobody's.

In: a request whose access key does not exist, or does not stand for anybody now. Out: nothing. Law: a wrong secret and
an unknown key cost the same time. A diagnosis takes milliseconds, which is enough to tell the two apart from afar; so
whoever diagnoses the one does the same for the other, out of the same allowance, and throws the result away.
"""

from hashlib import sha256

from gatewright.wire.http import Request
from gatewright.wire.sigv4.diagnose import diagnose
from gatewright.wire.sigv4.scope import Authorization

_SECRET = "no secret that anybody has, of the length"  # noqa: S105 - as long as a secret access key


def diagnose_nobody(request: Request, claim: Authorization) -> None:
    """Look for what the client could have signed with a secret that nobody has, and find nothing."""
    diagnose(request, claim, _SECRET[:40], sha256(request.body).hexdigest())
