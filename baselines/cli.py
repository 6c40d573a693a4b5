"""`gnomon baselines list|info|train`."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pathlib import Path

baselines = typer.Typer(no_args_is_help=True, add_completion=False)


@baselines.command("list")
def list_(as_json: bool = typer.Option(False, "--json", help="Machine-readable.")) -> None:
    """List the baselines."""
    import sys

    from gnomon.baselines.registry import BASELINES, kind_of
    from gnomon.tables import show

    documents = {name: sys.modules[baseline.__module__].__doc__ or "" for name, baseline in BASELINES.items()}
    first_lines = {name: text.partition("\n")[0] for name, text in documents.items()}
    show([{"baseline": name, "kind": kind_of(name), "summary": line} for name, line in first_lines.items()], as_json)


@baselines.command()
def info(name: str) -> None:
    """Show what a baseline computes, its sources, and its presets."""
    import sys

    from gnomon.baselines.registry import BASELINES

    baseline = BASELINES[name]
    typer.echo((sys.modules[baseline.__module__].__doc__ or "").strip())
    for preset, config in baseline.presets.items():
        typer.echo(f"\n{preset}: {config}")


@baselines.command()
def train(
    name: str,
    dataset: str | None = typer.Option(None, help="Id of the dataset that an offline or hybrid baseline learns from."),
    task: str | None = typer.Option(None, help="Id of the task that an online baseline acts in; of a hybrid's data."),
    seed: list[int] = typer.Option([0], min=0, help="May be given several times for an offline baseline."),
    updates: int = typer.Option(100_000, "--updates", "--steps", min=1, help="Updates, or environment steps."),
    batch_size: int = typer.Option(256, min=1, help="Of an offline baseline; an online one's is in its preset."),
    preset: str = typer.Option("published", help="Which of the baseline's configurations."),
    device: str = typer.Option("cpu", help="Where an offline baseline trains, for example cuda."),
    precision: str = typer.Option("float32", help="Of matrix products on CUDA: float32, tf32 or bfloat16."),
    output: str | None = typer.Option(None, help="Folder; default: below GNOMON_HOME/trainings."),
    resume: bool = typer.Option(False, "--resume", help="Go on from the folder's checkpoint."),
    initial: str | None = typer.Option(None, help="Folder of an online training whose networks this one begins with."),
    report: int = typer.Option(5000, min=1, help="Updates or steps between two points of the curve."),
    publish: bool = typer.Option(False, "--publish", help="Keep as behaviour policies: checkpoints, or a clone."),
    ladders: bool = typer.Option(True, help="Of published checkpoints: those for replay data too."),
    track: list[str] = typer.Option([], help="Also log to tensorboard, wandb, mlflow or trackio."),
    progress: bool = typer.Option(True, help="Show a progress bar on a terminal."),
) -> None:
    """Train a baseline into a folder: curve, checkpoints, policies. A training that was interrupted can go on."""
    from pathlib import Path

    from gnomon.baselines.registry import kind_of
    from gnomon.errors import UsageError
    from gnomon.files import home
    from gnomon.tables import progress_bars

    kind = kind_of(name)
    subject = _subject(name, kind, dataset, task)
    if publish and (kind in ("hybrid", "synthetic") or len(seed) > 1):
        raise UsageError("One seed can be published: of an online baseline, or an offline one as a clone of its data.")
    if kind != "offline" and len(seed) > 1:
        raise UsageError(f"{name} trains one seed at a time.")
    if kind in ("online", "hybrid") and (device != "cpu" or precision != "float32"):
        raise UsageError(f"{name} trains on the processor, in float32.")
    if initial and kind != "online":
        raise UsageError(f"{name} begins with no networks of another training; only an online baseline does.")
    seeds = "-".join(str(number) for number in seed)
    folder = Path(output) if output else home() / "trainings" / name / subject / f"{preset}-{seeds}"

    import torch

    from gnomon.baselines.algorithm import Budget
    from gnomon.baselines.train import Options, train_offline, train_online
    from gnomon.baselines.train_hybrid import train_hybrid
    from gnomon.baselines.train_synthetic import train_synthetic

    torch.set_num_threads(1)
    with progress_bars() as on_progress:
        advance = (lambda count: on_progress(f"training {name}", count, updates)) if progress else lambda _: None
        options = Options(folder, preset, resume, report, Path(initial) if initial else None, precision, track, advance)
        if kind == "offline":
            train_offline(name, subject, seed, Budget(updates, batch_size), options, device)
        elif kind == "hybrid":
            train_hybrid(name, subject, task, seed[0], updates, options)
        elif kind == "synthetic":
            made = train_synthetic(name, subject, seed[0], Budget(updates, batch_size), options, device)
            typer.echo(f"{made.id}: {made.manifest.transitions:,} synthetic transitions in {made.path}")
        else:
            train_online(name, subject, seed[0], updates, options)
    typer.echo(_published(folder, subject, kind, ladders) if publish else folder)


def _subject(name: str, kind: str, dataset: str | None, task: str | None) -> str:
    """The dataset or the task that the baseline cannot do without, of what was said."""
    from gnomon.errors import UsageError

    subject, other, option = (task, dataset, "--task") if kind == "online" else (dataset, task, "--dataset")
    if kind == "hybrid" and subject is None:
        raise UsageError(f"{name} is a hybrid baseline; say --dataset ID, and --task ID if it is to act in another.")
    if subject is None or (other is not None and kind != "hybrid"):
        article = "an" if kind[0] in "aeiou" else "a"
        raise UsageError(f"{name} is {article} {kind} baseline; say {option} ID, and only that.")
    return subject


def _published(training: "Path", subject: str, kind: str, ladders: bool) -> "Path":
    from gnomon.baselines.publish import publish
    from gnomon.baselines.publish_clone import publish_clone

    return publish(training, ladders=ladders) if kind == "online" else publish_clone(training, subject)
