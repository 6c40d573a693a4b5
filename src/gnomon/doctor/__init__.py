"""`gnomon doctor`: whether this machine can do what gnomon does, and what to do where it cannot."""

from collections.abc import Callable
from dataclasses import asdict

import typer

from gnomon.doctor import machine, programs, software
from gnomon.doctor.check import Check

CHECKS: tuple[Callable[[], Check | list[Check]], ...] = (
    software.python,
    software.packages,
    software.tested_versions,
    software.contents,
    software.runs,
    software.datasets,
    machine.cores,
    machine.threads,
    machine.memory,
    machine.disk,
    machine.gpu,
    machine.matrix_products,
    programs.simulator,
    programs.rendering,
    programs.sandbox,
    programs.chromium,
)

doctor = typer.Typer(add_completion=False)


@doctor.command()
def run(as_json: bool = typer.Option(False, "--json", help="Machine-readable.")) -> None:
    """Look at versions, processor, memory, disk, GPU and programs; exit code 1 where there is a problem."""
    from gnomon.tables import show

    checks = examine()
    show([asdict(check) for check in checks], as_json)
    raise typer.Exit(1 if any(check.state == "problem" for check in checks) else 0)


def examine() -> list[Check]:
    """Every check; one that raises an error is a problem of its own."""
    return [found for check in CHECKS for found in _tried(check)]


def _tried(check: "Callable[[], Check | list[Check]]") -> list[Check]:
    try:
        found = check()
    except Exception as error:  # whatever a broken installation raises
        name = check.__name__.replace("_", " ")
        return [
            Check(name, "problem", f"{type(error).__name__}: {error}", "Install gnomon again in a fresh environment.")
        ]
    return found if isinstance(found, list) else [found]
