"""`gnomon leaderboard serve`, `worker`, `token`, `doctor`, `backup` and `restore`: what the keeper of a server runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from gnomon.leaderboard.server.service import Service

serving = typer.Typer()
token = typer.Typer(no_args_is_help=True, help="Who may do what on a server.")
serving.add_typer(token, name="token")

FOLDER = typer.Option(None, "--folder", help="The server's folder, with its settings.toml; $GNOMON_HOME/server else.")
JSON = typer.Option(False, "--json", help="Machine-readable.")


def _opened(folder: Path | None) -> "Service":
    """The server of a folder."""
    _require_extra()
    from gnomon.leaderboard.server.service import open_service
    from gnomon.leaderboard.server.settings import read_settings

    return open_service(read_settings(folder))


def _require_extra() -> None:
    from importlib.util import find_spec

    from gnomon.errors import UsageError

    parts = ("alembic", "fastapi", "prometheus_client", "python_multipart", "sqlalchemy", "uvicorn")
    if missing := [part for part in parts if find_spec(part) is None]:
        raise UsageError(f"The server needs {', '.join(missing)}: pip install 'gnomon[server]'")


@serving.command()
def serve(
    folder: Path | None = FOLDER,
    host: str = typer.Option("127.0.0.1", help="Where to listen; a proxy that speaks https belongs in front."),
    port: int = typer.Option(8000, min=0, max=65535, help="0 is any that is free."),
) -> None:
    """Serve the pages, take submissions, and answer the API. A worker has to run beside it."""
    service = _opened(folder)
    import uvicorn

    from gnomon.leaderboard.server.application import make_application

    uvicorn.run(
        make_application(service),
        host=host,
        port=port,
        proxy_headers=service.settings.behind_proxy,
        server_header=False,
        limit_concurrency=500,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=30,
        access_log=False,
    )


@serving.command()
def worker(
    folder: Path | None = FOLDER,
    until_idle: bool = typer.Option(False, "--until-idle", help="End when there is nothing to do."),
) -> None:
    """Verify what was accepted, enter what was decided, and write the pages anew after each change."""
    import logging
    import signal
    from threading import Event

    service = _opened(folder)
    from gnomon.leaderboard.server.worker import Worker

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Worker(service).run(stop, until_idle)


@token.command("create")
def create_token(
    account: str = typer.Argument(help="Whose; it is made with its first token. Like ada-lovelace."),
    scope: list[str] = typer.Option(["read", "submit"], help="read, submit, moderate, admin or metrics; repeat it."),
    days: float = typer.Option(365, help="After which it expires."),
    folder: Path | None = FOLDER,
) -> None:
    """Make a token and print it, this once."""
    service = _opened(folder)
    from gnomon.leaderboard.server.tokens import make_token

    typer.echo(make_token(service, account, scope, days)[0])


@token.command("list")
def list_tokens(
    account: str | None = typer.Argument(None, help="Only this one's."),
    folder: Path | None = FOLDER,
    as_json: bool = JSON,
) -> None:
    """List tokens, without their secrets."""
    service = _opened(folder)
    from gnomon.leaderboard.server.tokens import token_row, tokens_of
    from gnomon.tables import show

    show([token_row(found) for found in tokens_of(service, account)], as_json)


@token.command("revoke")
def revoke(prefix: str = typer.Argument(help="The eight digits after gnomon_."), folder: Path | None = FOLDER) -> None:
    """Revoke a token at once, and end the visits that began with it."""
    service = _opened(folder)
    from gnomon.leaderboard.server.tokens import revoke_token

    revoke_token(service, prefix)
    typer.echo(f"{prefix}: revoked.")


@serving.command("doctor")
def doctor_command(
    folder: Path | None = FOLDER,
    rebuild: bool = typer.Option(False, "--rebuild", help="Make the database anew from the files first."),
    as_json: bool = JSON,
) -> None:
    """Say what is wrong with a server; exit code 1 where something is."""
    from dataclasses import asdict

    service = _opened(folder)
    from gnomon.leaderboard.server import doctor, projection
    from gnomon.tables import show

    if rebuild:
        projection.rebuild(service)
    found = doctor.diagnose(service)
    if found or as_json:
        show([asdict(finding) for finding in found], as_json)
    errors = sum(finding.severity == "error" for finding in found)
    if not as_json:
        typer.echo(f"{errors} errors." if errors else "The server is well.")
    raise typer.Exit(1 if errors else 0)


@serving.command()
def backup(
    output: Path = typer.Argument(help="The tar to write."),
    with_key: bool = typer.Option(False, "--with-key", help="The ledger's private key too; keep it well."),
    folder: Path | None = FOLDER,
) -> None:
    """Write all of a server into one file; it may go on running."""
    service = _opened(folder)
    from gnomon.leaderboard.server.backup import back_up

    back_up(service, output, with_key)
    typer.echo(output)


@serving.command()
def restore(
    file: Path = typer.Argument(exists=True, help="What backup has written."), folder: Path | None = FOLDER
) -> None:
    """Make a server of a backup; its database is made again."""
    _require_extra()
    from gnomon.leaderboard.server.backup import restore as restored

    service = restored(file, folder)
    typer.echo(service.settings.folder)
