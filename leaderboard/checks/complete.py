"""Every dataset of the suite was run with enough seeds, and with the same ones."""

from collections.abc import Iterator

from gnomon.leaderboard.checks import Detail, Subject, check


@check("complete", "Every dataset of the suite has at least the track's number of seeds, and all have the same seeds.")
def complete(subject: Subject) -> Iterator[Detail]:
    """Name every cell that is missing."""
    submission, track = subject.submission, subject.track
    if track is None:
        yield "error", "", f"No track ranks the suite {submission.suite} under {submission.protocol.name}."
        return
    seeds = {dataset: {c.seed for c in submission.cells if c.dataset == dataset} for dataset in track.suite.datasets}
    wanted = set().union(*seeds.values())
    for dataset, found in seeds.items():
        for seed in sorted(wanted - found):
            yield "error", f"{dataset} seed {seed}", "The run is missing; other datasets have that seed."
        if len(found) < track.least_seeds:
            yield "error", dataset, f"There are {len(found)} seeds; {track.title} needs {track.least_seeds}."
    for cell in submission.cells:
        if cell.dataset not in seeds:
            yield "error", cell.place, f"The dataset is not of the suite {submission.suite}."
