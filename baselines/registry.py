"""The baselines: each file of a kind's folder registers its algorithm class when it is imported."""

from typing import Any

from gnomon.registry import Registry

BASELINES: Registry[type[Any]] = Registry("baseline", "gnomon.baselines.offline")


def list_baselines() -> list[str]:
    """The names of the baselines."""
    return list(BASELINES)
