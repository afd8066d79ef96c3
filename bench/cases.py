"""The cases: what is asked of whom, and how much faster we mean to be.

In: running servers and their scenes. Out: `Result`s, one for each case and reference. Law: within a case everybody is
asked the same thing in the same bytes, but for the names that each server made.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from bench import servers
from bench.load import Comparison, Run, in_turns, middle
from bench.scene import BODY, Aws, Scene, identity_call, invocation, make_pool, make_scene
from bench.servers import ROOT_KEY, Server

_IDENTITIES = 50  # so many different visitors come for credentials


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    rounds: int
    seconds: int  # a round; wrk counts in whole ones


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    case: str
    reference: str
    ours: str
    theirs: str
    ratio: float
    by_processor: float | None
    goal: float
    at_most: bool = False  # the goal is a limit, not a floor
    disturbed: float = 0.0  # the share of a core that went to neither the server nor the load

    @property
    def reached(self) -> bool:
        """Whether the goal is met; where others disturbed the run, by processor time."""
        if self.at_most:
            return self.ratio <= self.goal
        return (self.by_processor if self.was_disturbed and self.by_processor else self.ratio) >= self.goal

    @property
    def was_disturbed(self) -> bool:
        """Whether others took so much of a core that throughput says little."""
        return self.disturbed > 0.1


def against_nginx(effort: Effort) -> list[Result]:
    """Measure the signed GET beside a server that decides nothing: the same request, byte for byte."""
    with servers.gatewright() as ours, servers.nginx(BODY) as theirs:
        scene = make_scene(ours.port, ROOT_KEY)

        def signed() -> Sequence[bytes]:
            return [invocation(ours.port, scene.api_id, "demo", scene.visitor)]

        found = pair({"gatewright": (ours, signed), "nginx": (theirs, signed)}, effort)
        return [compared("signed GET: AWS_IAM, role policy, MOCK", "nginx `return 200`", found, 0.5)]


def against_ministack(effort: Effort) -> list[Result]:
    """Measure invocations beside MiniStack."""
    with servers.gatewright() as ours, servers.ministack() as theirs:
        scenes = {
            "gatewright": make_scene(ours.port, ROOT_KEY),
            "ministack": make_scene(theirs.port, servers.DEVELOPMENT_KEY),
        }
        cases = [("open", "GET: NONE, MOCK", 6.0, False), ("demo", "signed GET: AWS_IAM, role policy, MOCK", 8.0, True)]
        results = []
        for resource, case, goal, is_signed in cases:

            def asked(
                name: str, resource: str = resource, is_signed: bool = is_signed
            ) -> Callable[[], Sequence[bytes]]:
                scene: Scene = scenes[name]
                visitor = scene.visitor if is_signed else None
                return lambda: [invocation(scene.port, scene.api_id, resource, visitor)]

            found = pair({"gatewright": (ours, asked("gatewright")), "ministack": (theirs, asked("ministack"))}, effort)
            results.append(compared(case, "MiniStack, AUTH=true", found, goal))
        return results


def identities(effort: Effort) -> list[Result]:
    """Measure what an app's visitor asks first, beside MiniStack and moto. Ours is on disk when it is answered."""
    with ExitStack() as stack:
        running = {
            "gatewright": (stack.enter_context(servers.gatewright()), ROOT_KEY),
            "ministack": (stack.enter_context(servers.ministack()), servers.DEVELOPMENT_KEY),
            "moto": (stack.enter_context(servers.moto()), servers.DEVELOPMENT_KEY),
        }
        first: dict[str, list[bytes]] = {}
        then: dict[str, list[bytes]] = {}
        for name, (server, key) in running.items():
            aws = Aws(server.endpoint, key)
            pool, _ = make_pool(aws, with_role=name != "moto")
            first[name] = [identity_call(server.port, "GetId", {"IdentityPoolId": pool})]
            known = [
                aws("cognito-identity", "get_id", unsigned=True, IdentityPoolId=pool)["IdentityId"]
                for _ in range(_IDENTITIES)
            ]
            then[name] = [identity_call(server.port, "GetCredentialsForIdentity", {"IdentityId": one}) for one in known]
        results = []
        for case, asked, goal in (("GetId", first, 1.5), ("GetCredentialsForIdentity", then, 2.0)):
            subjects = {name: (server, _constantly(asked[name])) for name, (server, _) in running.items()}
            runs = turns(subjects, effort)
            for name, title in (("ministack", "MiniStack, AUTH=true"), ("moto", "moto server")):
                results.append(compared(case, title, Comparison(runs["gatewright"], runs[name]), goal))
        return results


Asked = Callable[[], Sequence[bytes]]  # made just before it is sent: a signature is good for five minutes


def _constantly(requests: Sequence[bytes]) -> Asked:
    return lambda: requests


def pair(subjects: Mapping[str, tuple[Server, Asked]], effort: Effort) -> Comparison:
    """Measure ours and another."""
    runs = turns(subjects, effort)
    ours, theirs = runs.values()
    return Comparison(ours, theirs)


def turns(subjects: Mapping[str, tuple[Server, Asked]], effort: Effort) -> dict[str, tuple[Run, ...]]:
    """Measure some servers in turns, each by the requests that are made for it just before."""
    made = {name: (server, asked()) for name, (server, asked) in subjects.items()}
    return in_turns(made, effort.rounds, effort.seconds)


def compared(case: str, reference: str, found: Comparison, goal: float) -> Result:
    """Return a line whose goal is the least that the ratio may be."""
    return Result(
        case, reference, _told(found.ours), _told(found.theirs), found.ratio, found.cpu_ratio, goal,
        disturbed=found.disturbed,
    )  # fmt: skip


def _told(runs: Sequence[Run]) -> str:
    run = middle(runs)
    return f"{run.per_second:,.0f}/s, {run.cpu_microseconds:,.0f} µs"
