"""The `Condition` element: every operator, compiled.

In: `{operator: {key: values}}` of one statement. Out: `Condition`s, all of which must hold.
Law: values of one key are alternatives (OR), a negated operator excludes all of them (NOR), keys and operators add up
(AND). A missing key makes a plain operator false and a negated one true. A negated comparison with a variable that has
no value is unknown, and unknown is read against the request: an Allow then does not apply, a Deny does.
AWS: IAM user guide, "Condition operators" and "Creating a condition with multiple keys or values".
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Protocol

import msgspec

from gatewright.policy import operands
from gatewright.policy.match import PatternSet, Scope, pattern_set
from gatewright.policy.variables import Keys


class MalformedCondition(ValueError):
    """An operator that does not exist, or a value that it cannot compare."""


class Test(Protocol):
    """One comparison with the values of the policy."""

    def match(self, text: str, keys: Keys) -> bool:
        """Tell whether a value of the request equals, resembles or lies in one value of the policy."""
        ...


class Compared(msgspec.Struct, frozen=True):
    """A comparison of values that are read from text, such as dates: true where it holds with one of the operands."""

    read: Callable[[str], Any]
    compare: Callable[[Any, Any], bool]
    operands: tuple[Any, ...]

    def match(self, text: str, keys: Keys) -> bool:
        """Tell whether the comparison holds; a value of another kind compares with nothing."""
        seen = self.read(text)
        return seen is not None and any(self.compare(seen, operand) for operand in self.operands)


class Quantifier(Enum):
    """How many values of a multivalued key must pass."""

    NONE = ""
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


class Condition(msgspec.Struct, frozen=True):
    """One operator with one key."""

    operator: str  # as written
    key: str  # as written
    values: tuple[str, ...]
    lower_key: str
    quantifier: Quantifier
    negated: bool
    test: Test | None  # None: the Null operator
    when_absent: bool
    when_unknown: bool
    variables: tuple[str, ...]

    def holds(self, keys: Keys) -> bool:
        """Tell whether the request satisfies this condition."""
        seen = keys.values(self.lower_key)
        if not seen:
            return self.when_absent
        test = self.test
        if test is None:  # Null: the key is there, which is what `when_absent` is not about
            return "false" in self.values
        if self.quantifier is Quantifier.NONE:
            for value in seen:
                if test.match(value, keys):
                    return not self.negated
            return self._with_unknown(self.negated, keys)
        return self._quantified(seen, test, keys)

    def _quantified(self, seen: tuple[str, ...], test: Test, keys: Keys) -> bool:
        if not any(seen):  # AWS: an empty string is an empty set
            return self.quantifier is Quantifier.ALL
        passed = (test.match(value, keys) is not self.negated for value in seen)
        verdict = all(passed) if self.quantifier is Quantifier.ALL else any(passed)
        return self._with_unknown(verdict, keys) if self.negated and verdict else verdict

    def _with_unknown(self, verdict: bool, keys: Keys) -> bool:
        if self.negated and isinstance(self.test, PatternSet) and self.test.unresolved(keys):
            return self.when_unknown
        return verdict


_Maker = Callable[[tuple[str, ...], bool], Test]


def _text(wildcards: bool = False, fold: bool = False, scope: Scope = Scope.TEXT) -> _Maker:
    def make(values: tuple[str, ...], variables: bool) -> Test:
        return pattern_set(values, scope=scope, wildcards=wildcards, variables=variables, fold=fold)

    return make


def _arn(values: tuple[str, ...], variables: bool) -> Test:
    for value in values:
        if value != "*" and not (variables and value.startswith("${")) and value.count(":") < 5:
            raise MalformedCondition(f"{value} is not an ARN")
    return pattern_set(values, scope=Scope.CONDITION_ARN, variables=variables)


def _compared(read: Callable[[str], Any], compare: Callable[[Any, Any], bool], of: Callable[[str], Any]) -> _Maker:
    def make(values: tuple[str, ...], variables: bool) -> Test:
        compared = tuple(of(value) for value in values)
        if None in compared:
            raise MalformedCondition(f"{values[compared.index(None)]} cannot be compared")
        return Compared(read, compare, compared)

    return make


def _boolean(values: tuple[str, ...], variables: bool) -> Test:
    plain = [value for value in values if not (variables and "${" in value)]
    if any(operands.boolean(value) is None for value in plain):
        raise MalformedCondition("a Bool condition compares with true or false")
    return pattern_set(values, wildcards=False, variables=variables, fold=True)


def _in_range(seen: operands.Address, needed: operands.Network) -> bool:
    return seen.version == needed.version and seen.value & needed.mask == needed.first


_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda seen, needed: bool(seen == needed),
    "LessThan": lambda seen, needed: bool(seen < needed),
    "LessThanEquals": lambda seen, needed: bool(seen <= needed),
    "GreaterThan": lambda seen, needed: bool(seen > needed),
    "GreaterThanEquals": lambda seen, needed: bool(seen >= needed),
}

# operator -> (how its test is made, whether the operator negates it)
OPERATORS: Mapping[str, tuple[_Maker, bool]] = {
    "StringEquals": (_text(), False),
    "StringNotEquals": (_text(), True),
    "StringEqualsIgnoreCase": (_text(fold=True), False),
    "StringNotEqualsIgnoreCase": (_text(fold=True), True),
    "StringLike": (_text(wildcards=True), False),
    "StringNotLike": (_text(wildcards=True), True),
    **{f"Numeric{name}": (_compared(operands.number, test, operands.number), False) for name, test in _ORDER.items()},
    "NumericNotEquals": (_compared(operands.number, _ORDER["Equals"], operands.number), True),
    **{f"Date{name}": (_compared(operands.moment, test, operands.moment), False) for name, test in _ORDER.items()},
    "DateNotEquals": (_compared(operands.moment, _ORDER["Equals"], operands.moment), True),
    "Bool": (_boolean, False),
    "BinaryEquals": (_compared(operands.octets, _ORDER["Equals"], operands.octets), False),
    "IpAddress": (_compared(operands.address, _in_range, operands.network), False),
    "NotIpAddress": (_compared(operands.address, _in_range, operands.network), True),
    "ArnEquals": (_arn, False),
    "ArnLike": (_arn, False),
    "ArnNotEquals": (_arn, True),
    "ArnNotLike": (_arn, True),
}


def compile_condition(operator: str, key: str, values: tuple[str, ...], *, variables: bool, deny: bool) -> Condition:
    """Compile one operator with one key.

    Raises:
        MalformedCondition: the operator does not exist, or cannot compare one of the values.
        MalformedVariable: a variable in a value is not well formed.
    """
    prefix, colon, name = operator.rpartition(":")
    if colon and prefix not in ("ForAllValues", "ForAnyValue"):
        raise MalformedCondition(f"{operator} is not a condition operator")
    quantifier = Quantifier(prefix)
    if name == "Null" and not colon:
        return _null(key, values, deny)
    bare = name.removesuffix("IfExists")
    if bare not in OPERATORS:
        raise MalformedCondition(f"{operator} is not a condition operator")
    maker, negated = OPERATORS[bare]
    test = maker(values, variables)
    if bare != name or quantifier is Quantifier.ALL:
        when_absent = True
    else:
        when_absent = negated and quantifier is Quantifier.NONE
    needs = test.keys if isinstance(test, PatternSet) else ()
    return Condition(operator, key, values, key.lower(), quantifier, negated, test, when_absent, deny, needs)


def _null(key: str, values: tuple[str, ...], deny: bool) -> Condition:
    if any(operands.boolean(value) is None for value in values):
        raise MalformedCondition("a Null condition compares with true or false")
    wanted = tuple(value.lower() for value in values)
    return Condition("Null", key, wanted, key.lower(), Quantifier.NONE, False, None, "true" in wanted, deny, ())
