"""One compiled statement: does it speak of this request?

In: what `document.py` read. Out: a `Statement`, whose `blocker` is the one place where statements are matched:
enforcement asks whether it is None, explanation asks what it is.
Law: `Action` is matched by `index.py`, once per action and policy, because nothing in a request can change that answer.
AWS: IAM user guide, "IAM JSON policy elements reference".
"""

import msgspec

from gatewright.policy.conditions import Condition
from gatewright.policy.context import AuthorizationRequest
from gatewright.policy.decision import Decision
from gatewright.policy.match import PatternSet
from gatewright.policy.principals import Principals, Via


class Actions(msgspec.Struct, frozen=True):
    """The `Action` or `NotAction` element."""

    patterns: PatternSet
    negated: bool

    def cover(self, action: str, request: AuthorizationRequest) -> bool:
        """Tell whether the statement is about this action."""
        return self.patterns.match(action, request) is not self.negated


class Resources(msgspec.Struct, frozen=True):
    """The `Resource` or `NotResource` element."""

    patterns: PatternSet
    negated: bool
    deny: bool

    def cover(self, resource: str, request: AuthorizationRequest) -> bool:
        """Tell whether the statement is about this resource.

        A `NotResource` with a variable that has no value is read against the request.
        """
        if not self.negated:
            return self.patterns.match(resource, request)
        if self.patterns.match(resource, request):
            return False
        return self.deny or not self.patterns.unresolved(request)


Element = Principals | Resources | Condition


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled statement. Elements that cannot fail, such as `"Resource": "*"`, are None."""

    name: str  # the Sid, or #1, #2, …
    deny: bool
    principals: Principals | None
    actions: Actions
    resources: Resources | None
    conditions: tuple[Condition, ...]
    keys: frozenset[str]  # lower case: every condition key that it asks for
    varies: bool  # one of them may differ between two requests of one session
    allowed: Decision  # ready-made, as most decisions are one of these two
    allowed_cacheable: Decision

    def blocker(self, request: AuthorizationRequest) -> Element | None:
        """Return the first element that keeps this statement from the request; None where it applies."""
        principals = self.principals
        if principals is not None and principals.via(request.caller) is Via.NOBODY:
            return principals
        resources = self.resources
        if resources is not None and not resources.cover(request.resource, request):
            return resources
        for condition in self.conditions:
            if not condition.holds(request):
                return condition
        return None
