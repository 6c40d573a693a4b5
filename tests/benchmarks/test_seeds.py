"""Seeds: fixed for ever, never shared between roles, never negative."""

from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.seeds import policy_stream, seed_of


def test_a_seed_is_what_it_always_was() -> None:
    """SHA-256 of '["collect","a",0]' begins with these eight bytes; the sign bit is dropped."""
    import hashlib

    digest = hashlib.sha256(b'["collect","a",0]').digest()
    assert seed_of("collect", "a", 0) == int.from_bytes(digest[:8], "big") // 2


@given(st.text(max_size=20), st.integers(0, 10**9))
def test_roles_never_share_a_seed(key: str, index: int) -> None:
    roles = ("train", "collect", "validate", "reference", "evaluate", "verify")
    seeds = {seed_of(role, key, index) for role in roles}
    assert len(seeds) == len(roles)
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_ten_thousand_episodes_have_different_seeds() -> None:
    assert len({seed_of("collect", "recipe", index) for index in range(10_000)}) == 10_000


def test_the_policys_stream_is_not_the_environments() -> None:
    import numpy as np

    assert policy_stream(5).random() == policy_stream(5).random()
    assert policy_stream(5).random() != np.random.default_rng(5).random()
