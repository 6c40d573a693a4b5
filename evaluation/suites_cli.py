"""`gnomon suites list|show`."""

import typer

suites = typer.Typer(no_args_is_help=True, add_completion=False)


@suites.command("list")
def list_(as_json: bool = typer.Option(False, "--json", help="Machine-readable.")) -> None:
    """List the suites."""
    from gnomon.evaluation.suites import SUITES
    from gnomon.tables import show

    rows = [
        {"suite": suite.name, "datasets": len(suite.datasets), "protocol": suite.protocol, "summary": suite.summary}
        for suite in SUITES.values()
    ]
    show(rows, as_json)


@suites.command("show")
def show_(name: str, as_json: bool = typer.Option(False, "--json", help="Machine-readable.")) -> None:
    """Show the datasets of a suite, what they are judged on, and which of them are on this machine."""
    from gnomon.datasets.recipes import RECIPES
    from gnomon.datasets.store import is_built
    from gnomon.evaluation.suites import get_suite
    from gnomon.tables import show

    rows = [
        {
            "dataset": id,
            "task": RECIPES[id].task if id in RECIPES else None,
            "transitions": RECIPES[id].transitions if id in RECIPES else None,
            "state": "built" if is_built(id) else "can be built" if id in RECIPES else "not in this version",
        }
        for id in get_suite(name).datasets
    ]
    show(rows, as_json)
