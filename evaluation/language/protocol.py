"""Protocols of language tasks: which items, how many samples, and how they are drawn. The hash stands on every run."""

import re
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from gnomon.benchmarks.contracts import Item, Sampling, Split, View
from gnomon.errors import UsageError
from gnomon.files import hash_of
from gnomon.registry import Registry

SECRET = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class LanguageProtocol:
    """Rules of sampling and judging; two runs with different rules never share a table.

    Attributes:
        name, summary: for people; not part of the hash.
        items: how many of each task, the levels in turn.
        samples: completions an item; pass@k is shown for every k up to half of it.
        split, view: which items (see `LanguageTask.items`).
        temperature, top_p, max_tokens: how completions are drawn.
        secret: key of the split `secret`, for those who know it. The rules have its SHA-256 alone (`commitment`).
    """

    name: str
    summary: str
    items: int
    samples: int
    split: Split = "test"
    view: View = "L1"
    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int = 512
    secret: str = field(default="", repr=False)

    @property
    def rules(self) -> dict[str, Any]:
        """What is hashed: everything but name and summary, and a hash in place of a secret."""
        rules = {key: value for key, value in asdict(self).items() if key not in ("name", "summary", "secret")}
        return rules | ({"commitment": commitment_of(self.secret)} if self.secret else {})

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the rules."""
        return hash_of(self.rules)

    @property
    def sampling(self) -> Sampling:
        return Sampling(self.temperature, self.top_p, self.max_tokens)

    def items_of(self, task: str) -> list[Item]:
        """What is asked of a language task."""
        from gnomon.benchmarks.catalogue import get_language_task

        return get_language_task(task).items(self.split, self.items, view=self.view, key=self.secret)


def read_secret(path: Path) -> str:
    """The key in a file that `gnomon leaderboard init` made: 64 hexadecimal digits.

    Raises:
        UsageError: the file is not there, or holds something else.
    """
    try:
        secret = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({error}).") from error
    if not SECRET.fullmatch(secret):
        raise UsageError(f"{path} holds no key of a round; make one with: gnomon leaderboard init")
    return secret


def commitment_of(secret: str) -> str:
    """What is published of a secret before it is."""
    return sha256(secret.encode()).hexdigest()


LANGUAGE_PROTOCOLS: Registry[LanguageProtocol] = Registry("language protocol")

for _protocol in (
    LanguageProtocol("reasoning", "100 items a task, 16 samples each, drawn from the model as it is.", 100, 16),
    LanguageProtocol("reasoning-unseen", "The same problems in a wording that training never has.", 100, 16, view="L2"),
    LanguageProtocol(
        "reasoning-smoke", "10 items a task, 4 short samples each: that everything works.", 10, 4, max_tokens=128
    ),
    LanguageProtocol("visual", "200 items a task, 4 samples each, by the renderers of training.", 200, 4),
    LanguageProtocol("visual-unseen", "The same problems by a renderer that training never has.", 200, 4, view="L2"),
    LanguageProtocol("visual-related", "Items of the related tasks, in place of the task's own.", 200, 4, view="L3"),
    LanguageProtocol("visual-smoke", "10 items a task, 2 samples each: that everything works.", 10, 2, max_tokens=128),
):
    LANGUAGE_PROTOCOLS.add(_protocol.name, _protocol)
