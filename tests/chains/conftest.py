"""Fixtures of the chains: raw request in, raw response out."""

import pytest

from tests.chains.gateway_world import World


@pytest.fixture
def world() -> World:
    """Return a gateway with nothing deployed."""
    return World()
