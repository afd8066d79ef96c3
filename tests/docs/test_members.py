"""The law "what is accepted is enforced", member by member of AWS's models."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from botocore import xform_name

from tests.docs.members import enumerations_of, named_by, operations, read_by_nobody
from tests.docs.refused_members import REFUSED
from tests.docs.reviewed_members import ALWAYS_REFUSED, KEPT, READ_LATER, REFUSED_WHOLE, WITHOUT_EFFECT
from tests.docs.reviewed_values import VALUES

TESTS = Path(__file__).parents[1]
SERVICES = TESTS.parent / "src" / "gatewright" / "services"


@cache
def unread() -> frozenset[tuple[str, str, str]]:
    """Return service, operation and name of the members that nobody reads, but for operations that are refused."""
    return frozenset(
        (service, operation, member)
        for (service, member), names in read_by_nobody().items()
        for operation in names - ALWAYS_REFUSED.get(service, frozenset())
    )


def reviewed_as(service: str, operation: str, member: str) -> set[tuple[str, str]]:
    """Return by which names a member can be in the lists."""
    return {(service, member), (service, f"{operation} {member}")}


def refused_whole(service: str, member: str) -> bool:
    return any(member == one or member.startswith(f"{one}.") for one in REFUSED_WHOLE.get(service, ()))


def test_no_member_is_taken_and_read_by_nobody():
    reviewed = READ_LATER.keys() | WITHOUT_EFFECT.keys()
    silent = {
        (service, operation, member)
        for service, operation, member in unread()
        if not refused_whole(service, member) and reviewed.isdisjoint(reviewed_as(service, operation, member))
    }
    assert silent == set(), "enforce them or refuse them; see reviewed_members.py"


def test_what_was_reviewed_is_still_as_it_was():
    known = {name for one in unread() for name in reviewed_as(*one)}
    assert (READ_LATER.keys() | WITHOUT_EFFECT.keys()) - known == set(), "these are read by now: take them out"
    of_models = {(service.name, member) for service, _, shape in operations() for member in shape.members}
    of_operations = {(service.name, f"{name} {one}") for service, name, shape in operations() for one in shape.members}
    assert KEPT.keys() <= of_operations
    for service, members in REFUSED_WHOLE.items():
        assert {(service, one.partition(".")[0]) for one in members} <= of_models


@pytest.mark.parametrize(("service", "member"), READ_LATER)
def test_a_member_that_is_read_later_is_read_there(service, member):
    texts = {
        node.value
        for node in ast.walk(ast.parse((SERVICES / READ_LATER[service, member]).read_text()))
        if isinstance(node, ast.Constant)
    }
    name = member.rpartition(".")[2]
    assert name in texts


@pytest.mark.parametrize(("service", "member"), [(one, name) for one, names in REFUSED_WHOLE.items() for name in names])
def test_a_member_that_is_refused_as_a_whole_is_among_those_that_are_tried(service, member):
    assert any(
        one.service == service and (one.setting == member or one.setting.startswith((f"{member}.", f"{member} ")))
        for one in REFUSED
    )


def test_every_setting_that_is_tried_is_one_of_the_model():
    known = {(service.name, name): set(shape.members) for service, name, shape in operations()}
    for one in REFUSED:
        for operation in one.operations:
            assert set(one.params) <= known[one.service, operation], (operation, one.setting)


def test_no_value_is_taken_that_nobody_has_looked_at():
    found: dict[str, dict[str, int]] = {}
    for service, _, shape in operations():
        found.setdefault(service.name, {}).update(enumerations_of(shape))
    assert {name: values for name, values in found.items() if values} == VALUES


def test_every_operation_is_called_by_a_test():
    folders = [folder for folder in TESTS.iterdir() if folder.is_dir() and folder.name not in {"docs", "js"}]
    paths = [path for folder in folders for path in folder.rglob("*.py")] + list((TESTS / "js").glob("*.*js"))
    words = {word for path in paths for word in re.findall(r"[A-Za-z0-9_-]+", path.read_text())}
    for service, name, _ in operations():
        spelled = {name, name[0].lower() + name[1:], f"{name}Command", xform_name(name), xform_name(name, "-")}
        assert not spelled.isdisjoint(words), (service.name, name)


def test_a_member_is_found_where_a_service_reads_it_and_only_there():
    found = {(service.name, name): service.operations[name] for service, name, _ in operations()}
    sign_up = named_by(found["cognito-idp", "SignUp"])
    assert {"Username", "SecretHash", "Password"} <= sign_up
    assert "ClientMetadata" not in sign_up
    assert "RoleName" in named_by(found["iam", "AttachRolePolicy"])  # one function makes three operations
