"""Which algorithm runs on what: what a dataset has, beside what an algorithm says that it takes."""

from gnomon.baselines.algorithm import Takes
from gnomon.benchmarks.tasks import get_task
from gnomon.datasets.store import facts_of, is_built, load_dataset

NOT_APPLICABLE = "not applicable"


def objection(takes: Takes, dataset: str) -> str | None:
    """Why an algorithm cannot learn from a dataset, in a few words; none where it can.

    Raises:
        UnknownId: there is no such dataset.
    """
    if takes == Takes():
        return None
    actions, observations = _kinds_of(dataset)
    if actions not in takes.actions:
        return f"it has {actions} actions"
    if observations not in takes.observations:
        return f"its observations are {observations}s"
    parts = get_task(facts_of(dataset).task).observation
    return next((f"its observations have no {need}" for need in takes.needs if need not in parts), None)


def _kinds_of(dataset: str) -> tuple[str, str]:
    """Kind of the actions and of an observation: read from the data where they are there, else from the simulator."""
    if is_built(dataset):
        columns = load_dataset(dataset).columns
        discrete, axes = columns["actions"].dtype.kind != "f", columns["observations"].ndim - 1
    else:
        environment = get_task(facts_of(dataset).task).make()
        discrete, axes = environment.action_count > 0, len(environment.observation_space.shape or ())
        environment.close()
    return "discrete" if discrete else "continuous", "vector" if axes == 1 else "image"
