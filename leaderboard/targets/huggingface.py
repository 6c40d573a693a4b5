"""A register in a dataset repository of the Hugging Face Hub: the submission becomes a pull request that adds a folder.

`hf:ORGANISATION/NAME`, at `$HF_ENDPOINT` if that is set. The token is the one that `hf auth login` keeps, or
`$HF_TOKEN`.
"""

import os
import re
from pathlib import Path

from gnomon.errors import GnomonError, UsageError
from gnomon.leaderboard.plain_text import shown
from gnomon.leaderboard.reading.reader import PATIENT, reading
from gnomon.leaderboard.register import SUBMISSIONS, sound
from gnomon.leaderboard.submission import AnySubmission
from gnomon.leaderboard.targets import TARGETS


@TARGETS.register("hf")
def huggingface(path: Path, place: str) -> str:
    """Open a pull request with the files of the submission, in one commit."""
    repository = place.removeprefix("//").removeprefix("datasets/")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
        raise UsageError(f"{shown(place, 80)!r} is not a repository; write hf:ORGANISATION/NAME.")
    with reading(path, PATIENT) as (found, files):
        submission = sound(found)
        try:
            address = _opened(repository, submission, files)
        except Exception as error:  # the client raises its own, and its transport's
            reason = shown(" ".join(str(error).split())) or type(error).__name__
            raise GnomonError(f"{repository} took no pull request ({reason}).") from error
    return f"Opened the pull request {address}. The keeper of the register merges and verifies it."


def _opened(repository: str, submission: AnySubmission, files: Path) -> str:
    """The address of the new pull request."""
    from huggingface_hub import CommitOperationAdd, HfApi

    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or None  # the client itself would read it only once
    prefix = f"{SUBMISSIONS}/{submission.id[:16]}"
    commit = HfApi(endpoint=endpoint).create_commit(
        repository,
        [
            CommitOperationAdd(f"{prefix}/{file.relative_to(files).as_posix()}", file)
            for file in sorted(files.rglob("*"))
            if file.is_file()
        ],
        commit_message=f"Submit {submission.name}",
        commit_description=f"Submission {submission.id}: {len(submission.cells)} runs on {submission.suite}.",
        repo_type="dataset",
        create_pr=True,
    )
    return str(commit.pr_url)
