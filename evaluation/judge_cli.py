"""`gnomon judge FILE.onnx TASK`: a policy that was trained elsewhere, under a protocol."""

from pathlib import Path

import typer

judge = typer.Typer(add_completion=False)

POLICY = typer.Argument(help="An ONNX file: observations [lanes, dimension] float32 in, actions out.")


@judge.command()
def judge_(
    policy: Path = POLICY,
    task: str = typer.Argument(help="Id of the task that it is judged on."),
    protocol: str = typer.Option("lite", help="The rules: how many episodes, on how many lanes."),
    workers: str = typer.Option("auto", help="Processes; auto is one a core."),
    as_json: bool = typer.Option(False, "--json", help="Machine-readable, with every episode."),
) -> None:
    """Judge a policy file that was trained elsewhere, by the episodes that every run of a protocol is judged by."""
    import json
    from dataclasses import asdict

    from gnomon.evaluation.evaluate_policy import evaluate_policy

    found = evaluate_policy(policy, task, protocol, workers)
    if as_json:
        episodes = [outcome.model_dump() for outcome in found.outcomes]
        typer.echo(json.dumps({"score": asdict(found.score), "outcomes": episodes}, indent=1))
        return
    score = found.score
    interval = f" ({score.lower:.1f} to {score.upper:.1f})" if score.lower is not None else ""
    typer.echo(f"{policy.name} on {task} under {protocol}: score {score.value:.1f}{interval}, {score.n} episodes")
