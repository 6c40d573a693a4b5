"""A register in a git repository: the submission becomes a branch with one commit, to be pushed as a pull request.

The commit is made beside the working tree and the index, which stay as they are. No hook and no filter of the
repository runs, as files are stored as they are.
"""

import os
import subprocess
import tempfile
from pathlib import Path

from gnomon.errors import GnomonError, UsageError
from gnomon.leaderboard.reading.reader import PATIENT, reading
from gnomon.leaderboard.register import SUBMISSIONS, sound
from gnomon.leaderboard.targets import TARGETS


@TARGETS.register("git")
def git(path: Path, place: str) -> str:
    """Commit the submission to a branch of its own in a clone."""
    clone = Path(place).resolve()
    if not place or not clone.is_dir():
        raise UsageError(f"There is no folder {place!r}; write git:PATH with the path of a clone of the register.")
    with reading(path, PATIENT) as (found, files):
        submission = sound(found)
        branch = f"submission-{submission.id[:16]}"
        _commit(clone, files, f"{SUBMISSIONS}/{submission.id[:16]}", branch, f"Submit {submission.name}")
    return f"Committed to the branch {branch}. Next: git -C {clone} push origin {branch}, and open a pull request."


def _commit(clone: Path, files: Path, prefix: str, branch: str, message: str) -> None:
    """Add files under a prefix to what HEAD has, as a commit of a branch."""
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        head = _git(clone, "rev-parse", "--verify", "HEAD^{commit}")
        _git(clone, "read-tree", head, environment=index)
        for file in sorted(file for file in files.rglob("*") if file.is_file()):
            blob = _git(clone, "hash-object", "-w", "--no-filters", str(file))
            name = f"{prefix}/{file.relative_to(files).as_posix()}"
            _git(clone, "update-index", "--add", "--cacheinfo", f"100644,{blob},{name}", environment=index)
        tree = _git(clone, "write-tree", environment=index)
        commit = _git(clone, "commit-tree", tree, "-p", head, "-m", message)
        _git(clone, "update-ref", f"refs/heads/{branch}", commit)


def _git(clone: Path, *words: str, environment: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(clone), *words],  # noqa: S607  # the user's git
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | (environment or {}),
        )
    except FileNotFoundError as error:
        raise GnomonError("git is not installed.") from error
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise GnomonError(f"git {words[0]} failed in {clone}: {said}")
    return done.stdout.strip()
