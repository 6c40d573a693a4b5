"""Write the table of BC, TD3+BC and IQL on the seven near-real tasks into docs/nearreal.md, between its two markers.

    gnomon evaluate bc td3-bc iql --suite nearreal --protocol smoke
    python docs/make_nearreal_results.py

It reads the finished runs of this home. A cell is the mean score with Student's 95 % interval over seeds, and the
difference from the mean score of the data.
"""

from pathlib import Path

from make_dataset_tables import replace_between, table

from gnomon.evaluation.gains import behaviour_scores
from gnomon.evaluation.intervals import Estimate
from gnomon.evaluation.protocol import get_protocol
from gnomon.evaluation.results import Results, read_results
from gnomon.evaluation.suites import get_suite

PAGE = Path(__file__).with_name("nearreal.md")
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
ALGORITHMS = ("bc", "td3-bc", "iql")
LATE = (
    "hopper-delayed",
    "hopper-masked",
    "halfcheetah-delayed",
    "halfcheetah-masked",
)  # of the suite, not of the seven


def rows(found: Results, datasets: list[str]) -> list[list[str]]:
    """A row a dataset: the data's score, then a cell an algorithm."""
    data = behaviour_scores(datasets)
    return [
        [f"`{id}`", f"{data[id]:.1f}", *(_cell(found.cell(algorithm, id), data[id]) for algorithm in ALGORITHMS)]
        for id in datasets
    ]


def _cell(score: Estimate, data: float) -> str:
    interval = ", all seeds alike" if score.lower is None else f" [{score.lower:.1f}, {score.upper:.1f}]"
    return f"{score.value:.1f}{interval} ({score.value - data:+.1f})"


def main() -> None:
    """Replace what stands between the markers."""
    suite = get_suite("nearreal")
    datasets = [id for id in suite.datasets if id.split("/")[1] not in LATE]
    found = read_results(suite, get_protocol("smoke"))
    made = table(["dataset", "data", *ALGORITHMS], rows(found, datasets))
    broken = [
        f"{name} broke the limit of `{dataset}` in {share:.0%} of its episodes, at a mean cost of {cost:.3g}."
        for (name, dataset), (share, cost) in found.broken_limits.items()
    ]
    replace_between(PAGE, BEGIN, END, f"{made}\n\n{' '.join(broken)}")


if __name__ == "__main__":
    main()
