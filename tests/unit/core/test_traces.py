"""What is kept of requests in memory: bounded, sampled, the oldest out first."""

from gatewright.core.trace import Allowance, Kept, Outcome, Step, Trace, Traces


def kept(number: int, refused: bool = True) -> Kept:
    step = Step("authorize", Outcome.REFUSED if refused else Outcome.PASSED, "because")
    return Kept(request_id=f"r{number}", at=number, method="GET", host="h", path="/", status=403, steps=(step,))


def test_the_oldest_refusal_goes_first() -> None:
    traces = Traces(limit=3)
    for number in range(5):
        traces.keep(kept(number))
    assert traces.find("r1") is None
    assert traces.find("r2") is not None
    assert len(traces.take()) == 3


def test_what_a_client_made_a_reason_say_is_kept_only_so_far() -> None:
    traces = Traces()
    step = Step("parse", Outcome.REFUSED, "x" * 10_000_000)
    traces.keep(Kept(request_id="r", at=0, method="GET", host="h", path="/", status=400, steps=(step,)))
    found = traces.find("r")
    assert found is not None
    assert len(found.steps[0].reason) < 5_000
    assert found.refused


def test_what_a_client_made_a_step_see_is_kept_only_so_far() -> None:
    traces, long = Traces(), "x" * 60_000
    details = {"kind": "mismatch", "canonical_request": long, "client_line": long, "mistakes": (long, long)}
    step = Step("authenticate", Outcome.REFUSED, "no", details)
    traces.keep(Kept(request_id="r", at=0, method="GET", host="h", path="/", status=403, steps=(step,)))
    found = traces.find("r")
    assert found is not None
    seen = found.steps[0].details
    assert seen["kind"] == "mismatch"
    assert seen["canonical_request"].startswith("xxx")
    assert len(str(seen)) < 20_000


def test_successes_do_not_push_out_refusals() -> None:
    traces = Traces(limit=2)
    traces.keep(kept(0))
    for number in range(1, 9):
        traces.keep(kept(number, refused=False))
    assert traces.find("r0") is not None


def test_one_success_in_so_many_is_wanted() -> None:
    traces = Traces(share=0.25)
    assert [traces.wants_success for _ in range(8)] == [False, False, False, True] * 2


def test_all_successes_or_none_are_wanted() -> None:
    assert all(Traces(share=1.0).wants_success for _ in range(5))
    assert not any(Traces(share=0.0).wants_success for _ in range(5))


def test_whoever_writes_is_told_once() -> None:
    traces, told = Traces(), []
    traces.wake = lambda: told.append(1)
    traces.keep(kept(1))
    traces.keep(kept(2))
    assert told == [1]
    assert [one.request_id for one in traces.take()] == ["r1", "r2"]
    traces.keep(kept(3))
    assert told == [1, 1]


def test_what_could_not_be_written_waits_again_before_what_came_since() -> None:
    traces = Traces(limit=3)
    traces.keep(kept(1))
    taken = traces.take()
    traces.keep(kept(2))
    traces.give_back(taken)
    assert [one.request_id for one in traces.take()] == ["r1", "r2"]


def test_a_status_alone_is_no_refusal() -> None:
    assert not kept(1, refused=False).refused
    stopped = kept(1).stopped_by
    assert stopped is not None
    assert stopped.name == "authorize"


def test_a_trace_knows_what_passed_and_whether_it_was_stopped() -> None:
    trace = Trace("r")
    trace.passed("match", "found")
    assert trace.has_passed("match")
    assert not trace.was_refused
    trace.refused("authorize", "no")
    assert trace.was_refused
    assert not trace.has_passed("authorize")


def test_an_allowance_is_for_one_second() -> None:
    allowance = Allowance(2)
    assert [allowance.take(1.0), allowance.take(1.5), allowance.take(1.9)] == [True, True, False]
    assert allowance.take(2.0)
