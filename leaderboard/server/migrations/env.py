"""What Alembic runs for each migration: on the connection that it is given, inside one transaction."""

from alembic import context

from gnomon.leaderboard.server.tables import Table


def run() -> None:
    """Run the revisions that were asked for."""
    context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name that Alembic loads it by; anybody else may import it
    run()
