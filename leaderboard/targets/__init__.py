"""The places that a submission can be sent to: each file registers one scheme of `gnomon leaderboard submit --to`."""

from collections.abc import Callable
from pathlib import Path

from gnomon.registry import Registry

Target = Callable[[Path, str], str]  # a submission and a place → what happened, and what to do next

TARGETS: Registry[Target] = Registry("kind of place", __name__)


def submit(path: Path, to: str) -> str:
    """Send a submission to `SCHEME:PLACE`; a place without a scheme is a folder.

    Raises:
        UnknownId: there is no such scheme.
        GnomonError: the submission cannot be read, or the place cannot take it.
    """
    scheme, separator, place = to.partition(":")
    return TARGETS[scheme](path, place) if separator else TARGETS["folder"](path, to)
