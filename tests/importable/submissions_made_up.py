"""Submissions that are lines in a journal and a ledger, without files: enough for what does not read them."""

from gnomon.leaderboard.ledger import State
from gnomon.leaderboard.server.projection import catch_up, record
from gnomon.leaderboard.server.service import Service

SAID = {"archive": "0" * 64, "algorithm": "a", "suite": "s", "protocol": "p", "author": "b", "runs": 1, "score": 1.0}


def accepted(service: Service, *numbers: int, account: str = "ada") -> list[str]:
    """Submissions in the journal, each of which asks for a verification."""
    ids = [f"{number:08x}" * 8 for number in numbers]
    for id in ids:
        record(service, account, "submission.accepted", id, **SAID)
    return ids


def entered(service: Service, id: str, *states: State) -> None:
    """Enter states into the ledger, and read them into the tables."""
    for state in states:
        service.register.change(id, state, "For a test.")
    catch_up(service)
