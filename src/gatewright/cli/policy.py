"""`gatewright policy lint|generate|replay`: policies before they are used, and against what was recorded."""

from pathlib import Path
from typing import Annotated, Any

import typer

from gatewright.cli.asking import on_one_line, one_line, plain
from gatewright.cli.server import Server, Unanswered, said_by_system, server_from_environment
from gatewright.core.clock import iso8601

policy = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Check, generate and replay policies.", add_completion=False
)

File = Annotated[Path, typer.Argument(help="A policy document (JSON); - reads standard input.", allow_dash=True)]
Kind = Annotated[
    str,
    typer.Option(
        help="identity, trust, resource, session or boundary. [as the document looks like]", show_default=False
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings too.")]
Role = Annotated[str, typer.Option(help="The role: its name or ARN.", show_default=False)]
User = Annotated[str, typer.Option(help="The user, instead of a role: its name or ARN.", show_default=False)]
With = Annotated[Path, typer.Option("--with", help="The policy that would replace all identity policies.")]


@policy.command("lint")
def lint_file(file: File, kind: Kind = "", strict: Strict = False) -> None:
    """Say what AWS would refuse in a policy, and where the traps are."""
    from gatewright.cli.service_actions import actions_of
    from gatewright.policy.lint import Level, lint, looks_like

    with one_line():
        text = _read(file)
        findings = lint(text, kind=_kind(kind) if kind else looks_like(text), actions=actions_of)
    for finding in findings:
        place = f" {finding.where}" if finding.where else ""
        typer.echo(f"{finding.level.value}{place}: {finding.message} [{finding.code}]")
        if finding.remedy:
            typer.echo(f"    {finding.remedy}")
    errors = sum(finding.level is Level.ERROR for finding in findings)
    warnings = sum(finding.level is Level.WARNING for finding in findings)
    typer.echo(f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}", err=True)
    raise SystemExit(1 if errors or (strict and warnings) else 0)


@policy.command("generate")
def generate_policy(role: Role = "", user: User = "") -> None:
    """Print the least policy that a role's recorded requests needed."""
    from gatewright.policy.decision import Outcome
    from gatewright.policy.generate import least_policy, written

    with one_line():
        records = _records(server_from_environment(), role, user)
        document = least_policy(records)
        if document is None:
            raise Unanswered("no request of it that needed a policy was allowed and recorded yet")
    typer.echo(written(document))
    allowed = [record for record in records if record.outcome is Outcome.ALLOWED]
    begun = min(record.first_at for record in records)
    kinds = f"{len(allowed)} kind{'s' * (len(allowed) != 1)} of recorded requests"
    typer.echo(f"from {kinds} since {iso8601(begun)}", err=True)
    for record in records:
        if record.outcome is not Outcome.ALLOWED:
            typer.echo(on_one_line(f"left out, because it was refused: {record.action} on {record.resource}"), err=True)


@policy.command("replay")
def replay_policy(new: With, role: Role = "", user: User = "") -> None:
    """Say which recorded decisions a policy would change. Exit code 1 where it would change one."""
    from gatewright.policy.document import MalformedPolicy, parse_policy
    from gatewright.policy.replay import replay

    with one_line():
        try:
            document = parse_policy(_read(new), name=str(new))
        except MalformedPolicy as error:
            raise Unanswered(f"AWS would refuse {new}: {error.message}") from None
        records = _records(server_from_environment(), role, user)
    changes = replay(records, document)
    for change in changes:
        record = change.record
        changed = f"{record.outcome.value} -> {change.after.value}"
        typer.echo(on_one_line(f"{changed}: {record.action} on {record.resource}"))
        often = f"decided {record.count} time{'s' * (record.count != 1)}"
        typer.echo(plain(f"    {change.reason} ({often}, last at {iso8601(record.last_at)})"))
    typer.echo(f"{len(changes)} of {len(records)} recorded decisions would change", err=True)
    raise SystemExit(1 if changes else 0)


def _records(server: Server, role: str, user: str) -> list[Any]:
    import msgspec

    from gatewright.policy.record import Record

    if bool(role) == bool(user):
        raise Unanswered("say whose requests: --role NAME or --user NAME")
    named = role or user
    principal = named if named.startswith("arn:") else f"{'role' if role else 'user'}/{named}"
    found = list(server.every("decisions", "decisions", principal=principal))
    if not found:
        raise Unanswered(f"nothing is recorded of {named} yet: decisions are recorded as they are made")
    return msgspec.convert(found, list[Record])


def _read(file: Path) -> str:
    try:
        return typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Unanswered(f"cannot read {file}: {said_by_system(error)}") from None


def _kind(name: str) -> Any:
    from gatewright.policy.decision import PolicyKind

    if name.upper() not in PolicyKind.__members__:
        raise Unanswered(f"there is no kind {name!r}: use identity, trust, resource, session or boundary")
    return PolicyKind[name.upper()]
