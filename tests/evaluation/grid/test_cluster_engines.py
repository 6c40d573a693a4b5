"""The same records from jobs, and from a cluster that shares no disk with the driver and loses a machine."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from gnomon.engines import ENGINES
from gnomon.errors import GnomonError, UsageError
from gnomon.evaluation.evaluate import evaluate
from gnomon.evaluation.protocol import Protocol

SMALL = "maze/umaze/planner-test-v1"
MEMORY = 100_000_000  # bytes; the least that a node takes is 75 MB


@pytest.mark.slow  # every job starts Python and loads what a worker needs
def test_jobs_give_the_same_records(
    table_of, algorithm, hasty, home: Path, another_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("submitit", reason="needs gnomon[slurm]")
    here = table_of([algorithm("Good")], seeds=2, workers=1)
    monkeypatch.setenv("GNOMON_SLURM_EXECUTOR", "local")
    monkeypatch.setenv("GNOMON_HOME", str(another_home))
    with pytest.raises(
        GnomonError, match=r"kills on .*Job \d+ ended without a result \(.*after 3 attempts; .* 1 more run is set aside"
    ):
        table_of([algorithm("Kills"), algorithm("Good")], seeds=2, workers=2, engine="slurm")
    assert table_of([algorithm("Good")], seeds=2) == here
    assert not list((another_home / "jobs").iterdir())


def test_without_slurm_there_is_a_sentence(own_small: Path, algorithm, tiny_protocol: Protocol) -> None:
    if shutil.which("sbatch"):
        pytest.skip("this machine has Slurm")
    with pytest.raises(UsageError, match="There is no sbatch on this machine"):
        evaluate(algorithm("Good"), datasets=[SMALL], protocol=tiny_protocol, seeds=1, engine="slurm")


def test_an_engine_that_there_is_not_is_found_before_anything_starts(own_small: Path, algorithm, home: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no engine 'slrum'. Did you mean slurm"):
        evaluate(algorithm("Good"), datasets=[SMALL], seeds=1, engine="slrum")
    assert not (home / "runs").exists()


@pytest.fixture
def cluster(another_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """Two nodes with one core each, whose home is not the driver's, and this process connected to them."""
    ray = pytest.importorskip("ray", reason="needs gnomon[ray]")
    from ray.cluster_utils import Cluster

    with monkeypatch.context() as there:
        there.setenv("GNOMON_HOME", str(another_home))
        head = {"num_cpus": 1, "object_store_memory": MEMORY, "include_dashboard": False}
        cluster = Cluster(True, head_node_args=head)
        cluster.add_node(num_cpus=1, object_store_memory=MEMORY)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.mark.service
@pytest.mark.slow  # a cluster of two nodes takes ten seconds to start
@pytest.mark.xdist_group("ray")
def test_a_node_that_is_lost_changes_nothing(
    table_of, algorithm, home: Path, another_home: Path, cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = table_of([algorithm("Slow")], seeds=6, workers=1)
    shutil.rmtree(home / "runs")
    (node,) = cluster.worker_nodes
    lose = Thread(target=cluster.remove_node, args=(node,), kwargs={"allow_graceful": False})

    def lose_a_node(stage: str, amount: int, total: int) -> None:
        if lose.ident is None and list((home / "runs").glob("*/record.json")):
            lose.start()

    assert table_of([algorithm("Slow")], seeds=6, engine="ray", on_progress=lose_a_node) == undisturbed
    lose.join()
    assert not (another_home / "runs").exists()


@pytest.mark.service
@pytest.mark.slow  # as above
@pytest.mark.xdist_group("ray")
def test_what_kills_its_process_or_never_ends_is_set_aside_on_a_cluster_too(
    own_small: Path, algorithm, attempts, hasty, cluster, tiny_protocol: Protocol
) -> None:
    options = {"datasets": [SMALL], "protocol": tiny_protocol, "seeds": 1, "engine": "ray"}
    with pytest.raises(GnomonError, match=r"kills on .*: Ray lost the worker .* after 3 attempts"):
        evaluate(algorithm("Kills"), **options)
    assert attempts("kills") == 3
    with pytest.raises(GnomonError, match=r"endless on .*: it took longer than its time limit of 1 s"):
        evaluate(algorithm("Endless"), **options, time_limit=1)


def test_every_engine_is_there() -> None:
    assert list(ENGINES) == ["local", "ray", "slurm"]
    assert not ENGINES.broken
