"""Building on a Ray cluster that loses a machine: the same bytes."""

from collections.abc import Iterator

import pytest

from gnomon.datasets.build import build_dataset
from gnomon.datasets.dataset import Dataset
from gnomon.engines import ENGINES

ID = "maze/umaze/planner-test-v1"
MEMORY = 100_000_000  # bytes; the least that a node takes is 75 MB

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("ray")]


@pytest.fixture
def cluster() -> Iterator:
    """A cluster of two nodes with one core each, and this process connected to it."""
    ray = pytest.importorskip("ray", reason="needs gnomon[ray]")
    from ray.cluster_utils import Cluster

    cluster = Cluster(True, head_node_args={"num_cpus": 1, "object_store_memory": MEMORY, "include_dashboard": False})
    cluster.add_node(num_cpus=1, object_store_memory=MEMORY)
    ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def test_a_node_that_is_lost_changes_nothing(cluster, small: Dataset, home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNOMON_HOME", str(home))
    nodes = list(cluster.worker_nodes)

    def lose_a_node(_: int) -> None:
        while nodes:
            cluster.remove_node(nodes.pop(), allow_graceful=False)

    assert build_dataset(ID, engine="ray", on_progress=lose_a_node).manifest == small.manifest
    assert not nodes


def test_an_error_on_a_node_is_the_callers(cluster) -> None:
    with pytest.raises(ZeroDivisionError):
        list(ENGINES["ray"](_divide, [1, 0]))


def _divide(number: int) -> float:
    return 1 / number
