"""What the operator is told."""

import logging

import pytest

from gatewright.core.log import KeyValues, get_log


def _line(caplog: pytest.LogCaptureFixture) -> str:
    (record,) = caplog.records
    return KeyValues().format(record)


def test_an_event_is_one_line_of_names_and_values(caplog: pytest.LogCaptureFixture) -> None:
    get_log("gatewright.part").warning("a thing\nhappened", request_id="7", count=2)
    line = _line(caplog)
    assert line.endswith("level='warning' event='a thing\\nhappened' request_id='7' count=2")
    assert line.startswith("timestamp='2")


def test_an_error_tells_its_traceback_where_it_is_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise KeyError("gone")
    except KeyError:
        get_log("gatewright.part").error("a bug", exc_info=True, request_id="8")
    first, *rest = _line(caplog).splitlines()
    assert "event='a bug' request_id='8'" in first
    assert rest[-1] == "KeyError: 'gone'"


def test_a_percent_sign_in_what_is_told_is_only_a_percent_sign(caplog: pytest.LogCaptureFixture) -> None:
    get_log("gatewright.part").error("100% of %s", path="/%zz")
    assert "event='100% of %s' path='/%zz'" in _line(caplog)
    assert caplog.records[0].levelno == logging.ERROR
