"""What a manifest claims, and seeds that belong to one purpose."""

from collections.abc import Iterator

import numpy as np

from gnomon.benchmarks.seeds import seed_of
from gnomon.datasets.columns import UNKNOWN_SEED
from gnomon.datasets.lint import Detail, rule
from gnomon.datasets.lint.subject import Subject
from gnomon.datasets.manifest import Manifest
from gnomon.datasets.recipe import Recipe
from gnomon.datasets.transforms import share_of

TOLERANCE = 1e-6


@rule(
    "declared-counts",
    "There are as many transitions and episodes as declared.",
    source="D4RL #19: hopper-medium-expert-v0 holds 1,200,919 rows instead of 2,000,000",
    needs=("terminated", "truncated"),
)
def declared_counts(subject: Subject) -> Iterator[Detail]:
    if subject.manifest is None:
        return
    actual = {"transitions": len(subject), "episodes": len(subject.ends)}
    for name, count in actual.items():
        if (declared := getattr(subject.manifest, name)) != count:
            yield "", f"There are {count:,} {name}; the manifest declares {declared:,}."


@rule(
    "declared-return",
    "The mean return is the declared one.",
    source="NeoRL-2: the committed Pipeline file has a mean return of -421, the release says 429",
    needs=("rewards", "terminated", "truncated"),
)
def declared_return(subject: Subject) -> Iterator[Detail]:
    if subject.manifest is None:
        return
    mean = float(np.add.reduceat(subject["rewards"].astype(np.float64), subject.starts).mean())
    declared = subject.manifest.statistics["return"]
    if abs(mean - declared) > TOLERANCE * max(1, abs(declared)):
        yield "", f"The mean return is {mean:.6g}; the manifest declares {declared:.6g}."


@rule(
    "declared-action-free",
    "As many episodes lack their actions as the manifest says.",
    source="the share of a published action-free set could not be told from its files",
    needs=("actions", "terminated", "truncated"),
)
def declared_action_free(subject: Subject) -> Iterator[Detail]:
    if subject.manifest is None or subject.manifest.recipe.get("transform") != "action-free":
        return
    declared = share_of(len(subject.ends), subject.manifest.recipe["percent"])
    actual = int(np.isin(subject.starts, subject.action_free).sum())
    if actual != declared:
        yield "", f"{actual:,} episodes have no actions; the manifest declares {declared:,}."


@rule(
    "seed-roles",
    "Every seed is the recipe's own: none is shared with judging, validation or another episode.",
    source="NeoRL-2: training and validation restart their seeds at 0",
    needs=("seeds",),
)
def seed_roles(subject: Subject) -> Iterator[Detail]:
    seeds = subject["seeds"]
    if (seeds == UNKNOWN_SEED).all():
        return
    if len(np.unique(seeds)) < len(seeds):
        yield "", f"{len(seeds) - len(np.unique(seeds)):,} episodes have the seed of another one."
    if subject.manifest is None or subject.manifest.origin != "built":
        return
    foreign = np.flatnonzero(seeds != np.array(_own_seeds(subject, subject.manifest)))
    if len(foreign):
        yield f"episode {foreign[0]}", f"{len(foreign):,} seeds are not those that the recipe gives to its episodes."


def _own_seeds(subject: Subject, manifest: Manifest) -> list[int]:
    """The seeds that the recipe gives: of each of its parts, which ends with the episode that makes it large enough."""
    parts = [Recipe(**part) for part in manifest.recipe.get("parts", ())]
    hashes = [part.hash for part in parts] or [manifest.recipe_hash]
    own: list[int] = []
    for number, recipe_hash in enumerate(hashes):
        count = len(subject["seeds"]) - len(own)
        if number + 1 < len(hashes):
            transitions = np.cumsum((subject.ends + 1 - subject.starts)[len(own) :])
            count = min(count, int(np.searchsorted(transitions, parts[number].transitions)) + 1)
        own += [seed_of("collect", recipe_hash, index) for index in range(count)]
    return own
