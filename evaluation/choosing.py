"""Choosing results by name: a suite's or some datasets', under one protocol, of all algorithms or some."""

from collections.abc import Sequence
from difflib import get_close_matches

from gnomon.datasets.store import facts_of
from gnomon.errors import ComparisonError, GnomonError, UsageError
from gnomon.evaluation.importing import read_imports
from gnomon.evaluation.protocol import get_protocol
from gnomon.evaluation.results import Results, read_results
from gnomon.evaluation.suites import Suite, get_suite


def choose(
    suite: str, protocol: str | None = None, datasets: Sequence[str] = (), algorithms: Sequence[str] = ()
) -> Results:
    """The finished runs of this home that may share a table, of these algorithms on these datasets.

    Args:
        suite: whose datasets, and whose protocol where none is named.
        protocol: name of the rules.
        datasets: ids to use instead of the suite's.
        algorithms: names; all that have run where none is given.

    Raises:
        UsageError: an unknown name, or an algorithm that has not run there.
        ComparisonError: an algorithm was imported: it was not judged under the protocol.
        GnomonError: nothing has run there.
    """
    chosen = get_suite(suite)
    if datasets:
        chosen = Suite("datasets", "Named by hand.", tuple(datasets), chosen.protocol)
    for dataset in datasets:
        facts_of(dataset)
    rules = get_protocol(protocol or chosen.protocol)
    found = read_results(chosen, rules)
    for name in algorithms:
        _check_has_run(name, found, rules.name)
    if not found.records:
        raise GnomonError(
            f"Nothing has run on {suite if not datasets else ', '.join(datasets)} under the protocol {rules.name}: "
            "run gnomon evaluate first, or name another protocol."
        )
    wanted = set(algorithms or found.algorithms)
    return Results(tuple(record for record in found.records if record.algorithm.name in wanted))


def _check_has_run(name: str, found: Results, protocol: str) -> None:
    if name in found.algorithms:
        return
    if any(name in one.header.algorithms for one in read_imports()):
        raise ComparisonError(
            f"{name} was imported and not judged under a protocol of gnomon, so it is not compared; "
            "gnomon results table --with-imports shows it beside your own runs."
        )
    near = get_close_matches(name, found.algorithms, n=1)
    hint = f"did you mean {near[0]}?" if near else f"only {', '.join(found.algorithms) or 'nothing'} has."
    raise UsageError(f"{name} has not run there under {protocol}: {hint}")
