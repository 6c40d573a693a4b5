"""A run of the bench: one reward model on one split; what was judged already is read, not judged again."""

import inspect
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from gnomon import __version__
from gnomon.baselines.reward import REWARD_BASELINES
from gnomon.benchmarks.reward_models import REWARD_MODELS, RewardModel, make_reward_model
from gnomon.datasets.preferences.contract import PreferenceSet
from gnomon.datasets.preferences.drawing import draw_pairs
from gnomon.evaluation.language.record import ModelPart
from gnomon.evaluation.record import RECORD, ProtocolPart, where_and_when
from gnomon.evaluation.reward_models.outcomes import LIST, Size, ask
from gnomon.evaluation.reward_models.record import (
    RewardRecord,
    SplitPart,
    TrainingPart,
    read_reward_record,
    truth_hash,
)
from gnomon.files import atomic_folder, hash_file, hash_of, home, locked, write_atomically


class Ready(NamedTuple):
    """A model, and how many seconds its training took."""

    model: RewardModel
    seconds: float


@dataclass(frozen=True)
class Contestant:
    """A reward model that is judged.

    Attributes:
        reference: name of a reward baseline, or KIND:PLACE of a ready model.
        preferences: the set that it is judged on, and that a baseline learns from.
        facts: what decides its scores: of a baseline its source, of a ready model what it says of itself.
        training: what a baseline learns from; none of a ready model.
        loaded: a ready model.
    """

    reference: str
    preferences: PreferenceSet
    facts: Mapping[str, str]
    training: TrainingPart | None = None
    loaded: RewardModel | None = None

    @cached_property
    def ready(self) -> Ready:
        """The model; a baseline is trained when this is first asked for."""
        if self.loaded is not None:
            return Ready(self.loaded, 0.0)
        assert self.training is not None
        begun = time.perf_counter()
        pairs = draw_pairs(self.preferences, self.training.split, self.training.pairs)
        model = REWARD_BASELINES[self.reference].train(pairs, self.training.seed)
        return Ready(model, time.perf_counter() - begun)


def contestant(
    reference: str, preferences: PreferenceSet, learned_from: str = "train", training_pairs: int = 10_000, seed: int = 0
) -> Contestant:
    """A reward baseline, which is not trained before it is needed, or a ready model, which is loaded.

    Raises:
        UnknownId: it is neither.
        UsageError: a ready model cannot be loaded.
    """
    if reference.partition(":")[0] in REWARD_MODELS:
        model = make_reward_model(reference)
        return Contestant(reference, preferences, dict(model.facts), loaded=model)
    source = hash_file(Path(inspect.getfile(type(REWARD_BASELINES[reference]))))
    training = TrainingPart(split=learned_from, pairs=training_pairs, seed=seed)
    return Contestant(reference, preferences, {"source": source}, training)


def protocol_of(size: Size) -> ProtocolPart:
    """The rules: how many pairs and lists of a split, and how long a list is."""
    rules = {"pairs": size.pairs, "lists": size.lists, "candidates": LIST}
    return ProtocolPart(name=f"{size.pairs} pairs, {size.lists} lists", hash=hash_of(rules), rules=rules)


def runs_folder() -> Path:
    """Where the records of reward models are, a folder a run."""
    return home() / "reward-runs"


@dataclass(frozen=True)
class RewardRun:
    """The plan of one run."""

    contestant: Contestant
    split: str
    size: Size

    @cached_property
    def key(self) -> str:
        """Sixteen hexadecimal digits over everything that decides the scores."""
        who = self.contestant
        decides = {
            "model": [who.reference, dict(who.facts)],
            "training": who.training.model_dump() if who.training else None,
            "asked": [who.preferences.id, self.split],
            "protocol": protocol_of(self.size).hash,
            "gnomon": __version__,
        }
        return hash_of(decides)[:16]

    @property
    def folder(self) -> Path:
        return runs_folder() / self.key

    @property
    def command(self) -> str:
        """Does this run alone."""
        who = self.contestant
        words = ["gnomon", "rewards", "judge", who.reference, "--set", who.preferences.id, "--split", self.split]
        words += ["--pairs", str(self.size.pairs), "--lists", str(self.size.lists)]
        if who.training:
            learned = who.training
            words += ["--learned-from", learned.split, "--training-pairs", str(learned.pairs)]
            words += ["--seed", str(learned.seed)]
        return shlex.join(words)


def perform_reward(run: RewardRun) -> RewardRecord:
    """Judge, write the record and return it; where it is there, it is read.

    Raises:
        PolicyError: the model does not give one finite number a completion.
        UsageError: there is no such split.
        GnomonError: the record is damaged.
    """
    with locked(run.folder.with_suffix(".lock")):
        if not run.folder.exists():
            _write(run)
    return read_reward_record(run.folder)


def _write(run: RewardRun) -> None:
    who, (model, seconds) = run.contestant, run.contestant.ready
    begun = time.perf_counter()
    pairs, lists = ask(model, who.preferences, run.split, run.size)
    record = RewardRecord(
        key=run.key,
        model=ModelPart(name=who.reference, reference=who.reference, facts={**who.facts, **model.facts}),
        training=who.training,
        asked=SplitPart(set=who.preferences.id, split=run.split, hash=truth_hash(pairs, lists)),
        protocol=protocol_of(run.size),
        pairs=pairs,
        lists=lists,
        training_seconds=seconds,
        judging_seconds=time.perf_counter() - begun,
        command=run.command,
        **where_and_when(),
    )
    with atomic_folder(run.folder) as folder:
        write_atomically(folder / RECORD, record.model_dump_json(indent=1) + "\n")
