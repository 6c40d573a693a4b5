"""The baselines: each file of a kind's folder registers its algorithm class when it is imported."""

from typing import Any

from gnomon.registry import Registry

BASELINES: Registry[type[Any]] = Registry("baseline", "gnomon.baselines.offline", "gnomon.baselines.online")


def kind_of(name: str) -> str:
    """`offline`, for one that learns from a dataset, or `online`, for one that learns by acting in a task."""
    return "offline" if callable(getattr(BASELINES[name], "train", None)) else "online"


def list_baselines(kind: str | None = None) -> list[str]:
    """The names of the baselines, or of those of a kind: `offline` or `online`."""
    return [name for name in BASELINES if kind in (None, kind_of(name))]
