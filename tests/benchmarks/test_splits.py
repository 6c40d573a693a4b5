"""The splits against the package that the tasks are made of, and against the papers' numbers."""

from metaworld.env_dict import ML45_V3, MT10_V3, MT50_V3

from gnomon.benchmarks.splits import CONTINUAL_WORLD_10, L2M, L2M_DMCONTROL, L2M_METAWORLD, ML45, MT10, MT50
from gnomon.benchmarks.tasks import TASKS


def test_metaworlds_are_the_packages() -> None:
    def ids(names: object) -> list[str]:
        return [f"metaworld/{str(name).removesuffix('-v3')}-v1" for name in names]  # pyright: ignore[reportGeneralTypeIssues]

    assert list(MT10) == ids(MT10_V3)
    assert set(MT50) == set(ids(MT50_V3))
    assert set(ML45.pretraining) == set(ids(ML45_V3["train"]))
    assert list(ML45.fine_tuning) == ids(ML45_V3["test"])


def test_nothing_that_comes_later_was_there_before() -> None:
    sizes = {(len(split.pretraining), len(split.fine_tuning)) for split in (ML45, L2M_METAWORLD, L2M_DMCONTROL, L2M)}
    assert sizes == {(45, 5), (40, 10), (10, 6), (50, 16)}
    for split in (ML45, L2M):
        assert not set(split.pretraining) & set(split.fine_tuning)
        assert all(id in TASKS for id in split.pretraining + split.fine_tuning)


def test_continual_world_begins_with_the_hammer_and_ends_with_the_peg() -> None:
    assert (CONTINUAL_WORLD_10[0], CONTINUAL_WORLD_10[-1], len(set(CONTINUAL_WORLD_10))) == (
        "metaworld/hammer-v1",
        "metaworld/peg-unplug-side-v1",
        10,
    )
    assert L2M.fine_tuning[:10] == CONTINUAL_WORLD_10
