"""Seeds of episodes: every one is a hash of what it is for, so no two purposes ever share an episode."""

import hashlib
from typing import Literal

import numpy as np

from gnomon.files import canonical_json

Role = Literal["train", "collect", "validate", "reference", "evaluate", "verify"]


def seed_of(role: Role, key: str, index: int) -> int:
    """The 63-bit seed of episode `index`.

    Args:
        role: what the episode is for.
        key: what it belongs to: a recipe hash, a task id.
        index: from 0.

    >>> seed_of("collect", "a", 0) != seed_of("evaluate", "a", 0)
    True
    """
    digest = hashlib.sha256(canonical_json([role, key, index])).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def policy_stream(seed: int) -> np.random.Generator:
    """The random numbers of a policy in the episode of that seed.

    The environment is reset with `seed` itself and draws its start and goal from `default_rng(seed)`: a policy that
    did the same would draw the same numbers, and a "random" hidden goal would be the commanded one.
    """
    return np.random.default_rng((seed, 1))
