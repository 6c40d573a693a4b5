"""`gnomon rewards list|judge|optimise|pathologies`: reward models against known truth."""

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from gnomon.datasets.preferences.contract import PreferenceSet
    from gnomon.evaluation.reward_models.bench import SplitReport

rewards = typer.Typer(no_args_is_help=True, add_completion=False)

JSON = typer.Option(False, "--json", help="Machine-readable.")
MODELS = typer.Argument(help="Names of reward baselines, or KIND:PLACE of ready models (see gnomon rewards list).")
SET = typer.Option("preference/steps-outcome-v1", "--set", help="A preference set.")
SPLITS = typer.Option([], "--split", help="Several times; the test splits by default.")
SHOWN = ("accuracy", "lower", "upper", "bayes", "best of 4", "Kendall", "ECE", "step AUROC", "first error F1")


@rewards.callback()
def rewards_group() -> None:
    """Reward models against true utilities."""


@rewards.command("list")
def list_(as_json: bool = JSON) -> None:
    """List the reward baselines, which are trained, and the kinds of ready models."""
    from gnomon.baselines.reward import REWARD_BASELINES
    from gnomon.benchmarks.reward_models import REWARD_MODELS
    from gnomon.tables import show

    rows = [{"model": name, "summary": one.summary} for name, one in REWARD_BASELINES.items()]
    rows += [{"model": f"{name}:{kind.place}", "summary": kind.summary} for name, kind in REWARD_MODELS.items()]
    show(rows, as_json)


@rewards.command()
def judge(
    models: list[str] = MODELS,
    set: str = SET,
    split: list[str] = SPLITS,
    learned_from: str = typer.Option("train", help="The split that baselines learn from, such as label-noise-20."),
    training_pairs: int = typer.Option(10_000, min=1, help="Pairs that baselines learn from."),
    pairs: int = typer.Option(500, min=1, help="Pairs of a split."),
    lists: int = typer.Option(200, min=1, help="Lists of four of a split."),
    seed: int = typer.Option(0, min=0, help="Of the training."),
    by_corruption: bool = typer.Option(False, "--by-corruption", help="Accuracy by what is wrong with the worse one."),
    as_json: bool = JSON,
) -> None:
    """Train or load reward models and judge them on the splits of a set; what was judged already is not again."""
    from gnomon.datasets.preferences.sets import PREFERENCE_SETS
    from gnomon.evaluation.reward_models.outcomes import Size
    from gnomon.evaluation.reward_models.results import report_row
    from gnomon.evaluation.reward_models.run import RewardRun, contestant, perform_reward
    from gnomon.tables import show

    preferences = PREFERENCE_SETS[set]
    rows: list[dict[str, Any]] = []
    for name in models:
        who = contestant(name, preferences, learned_from, training_pairs, seed)
        for one in split or test_splits(preferences):
            record = perform_reward(RewardRun(who, one, Size(pairs=pairs, lists=lists)))
            if as_json:
                rows.append(report_row(record))
            elif by_corruption:
                rows += [
                    {"model": name, "split": one, "wrong": k, "accuracy": f"{v:.2f}"}
                    for k, v in record.report.by_corruption.items()
                ]
            else:
                rows.append({"model": name, "split": one, **_shown(record.report)})
    show(rows, as_json)


def _shown(found: "SplitReport") -> dict[str, str]:
    values = (
        found.accuracy.value,
        found.accuracy.lower,
        found.accuracy.upper,
        found.bayes_accuracy,
        found.best_of_four,
        found.kendall,
        found.calibration_error,
        found.step_auroc,
        found.first_error_f1,
    )
    return dict(zip(SHOWN, map(_short, values), strict=True))


@rewards.command()
def pathologies(
    models: list[str] = MODELS,
    pairs: int = typer.Option(500, min=1, help="Pairs of a split."),
    training_pairs: int = typer.Option(10_000, min=1, help="Pairs that baselines learn from."),
    seed: int = typer.Option(0, min=0, help="Of the training."),
    as_json: bool = JSON,
) -> None:
    """What reward models are fooled by: corruptions that training has not seen, and a cue that held in training."""
    from dataclasses import asdict

    from gnomon.evaluation.reward_models.pathologies import pathologies_of
    from gnomon.tables import show

    found = [one for name in models for one in pathologies_of(name, pairs, training_pairs, seed)]
    if as_json:
        show([asdict(one) for one in found], as_json)
        return
    told = ("value", "lower", "upper")
    rows: list[dict[str, Any]] = [
        {"model": one.model, "set": one.set, "split": one.split, "wrong": one.wrong, "pairs": one.accuracy.n}
        | {name: _short(getattr(one.accuracy, name)) for name in told}
        for one in found
    ]
    show(rows)


@rewards.command()
def optimise(
    models: list[str] = MODELS,
    set: str = SET,
    split: str = typer.Option("iid", help="Whose prompts."),
    learned_from: str = typer.Option("train", help="The split that baselines learn from."),
    training_pairs: int = typer.Option(10_000, min=1, help="Pairs that baselines learn from."),
    prompts: int = typer.Option(100, min=1, help="Prompts."),
    candidates: int = typer.Option(32, min=2, help="Candidates of each."),
    seed: int = typer.Option(0, min=0, help="Of the training."),
    as_json: bool = JSON,
) -> None:
    """Optimise reward models by best-of-n and show what becomes of the true utility, with exact KL."""
    from dataclasses import asdict

    from gnomon.datasets.preferences.sets import PREFERENCE_SETS
    from gnomon.evaluation.reward_models.bench import optimise as optimised
    from gnomon.evaluation.reward_models.outcomes import Size
    from gnomon.evaluation.reward_models.run import contestant
    from gnomon.tables import show

    preferences = PREFERENCE_SETS[set]
    rows: list[dict[str, Any]] = []
    for name in models:
        model = contestant(name, preferences, learned_from, training_pairs, seed).ready.model
        found = optimised(model, preferences, split, Size(prompts=prompts, candidates=candidates))
        if as_json:
            rows.append({"model": name, "set": set, **asdict(found)})
            continue
        for point in found.points:
            told = {"KL": point.divergence, "gold": point.gold, "proxy": point.proxy, "gain": point.gain}
            rows.append({"model": name, "n": point.n, **{key: _short(value) for key, value in told.items()}})
    show(rows, as_json)


def test_splits(preferences: "PreferenceSet") -> list[str]:
    """The splits that nothing is learned from."""
    return [name for name, one in preferences.splits.items() if one.role == "evaluate"]


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
