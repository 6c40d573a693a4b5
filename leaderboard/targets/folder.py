"""A register in a folder: of this home, or on a disk that several people share."""

from pathlib import Path

from gnomon.leaderboard.register import Register
from gnomon.leaderboard.targets import TARGETS


@TARGETS.register("folder")
def folder(path: Path, place: str) -> str:
    """Put the submission into a register; the ledger is written by its owner alone."""
    register = Register(Path(place) if place else None)
    if register.is_own:
        submission = register.receive(path)
        return f"Received: {submission.id[:16]}. Next: gnomon leaderboard verify {submission.id[:16]}"
    submission = register.keep(path)
    return f"Put into {register.place(submission.id)}; the owner of the register receives and verifies it."
