"""What ends a call without being a fault: which answer it becomes."""

import pytest
from sqlalchemy.exc import OperationalError

from gatewright.control.invoke import as_fault
from gatewright.core.trace import Trace
from gatewright.wire.http import Request
from gatewright.wire.identify import target_for
from gatewright.wire.models import Catalogue

TARGET = target_for(Catalogue(["sts"]), "sts", "GetCallerIdentity")


@pytest.mark.parametrize(
    "failure",
    [TimeoutError(), ConnectionResetError(), OSError(28, "full"), OperationalError("SELECT 1", None, OSError())],
)
def test_a_database_that_cannot_be_used_is_a_temporary_failure_also_where_its_driver_says_nothing(
    failure: Exception,
) -> None:
    fault = as_fault(failure, Request("POST", "/"), TARGET, Trace("r"))
    assert (fault.code, fault.status) == ("ServiceUnavailable", 503)


def test_a_bug_tells_nothing_of_itself() -> None:
    fault = as_fault(KeyError("secret"), Request("POST", "/"), TARGET, Trace("r"))
    assert (fault.code, fault.status) == ("InternalFailure", 500)
    assert "secret" not in fault.message
