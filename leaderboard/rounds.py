"""Rounds of a leaderboard of language tasks: secret items that nobody can have trained on, and all can check later.

Who runs the leaderboard draws a key and publishes its SHA-256 before any model is asked. The key alone decides the
items of the split `secret`. When the round is over it is revealed: everyone can draw the same items, and see that the
key is the one that was promised.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gnomon.errors import GnomonError, UsageError
from gnomon.evaluation.language.protocol import commitment_of, read_secret
from gnomon.files import canonical_json, home, locked, write_atomically
from gnomon.leaderboard.keys import fingerprint, is_signed, own_key, public_pem, signed
from gnomon.leaderboard.register import PUBLIC_KEY, Register
from gnomon.leaderboard.submission import Digest

ROUNDS = "rounds.json"


class Round(BaseModel):
    """One round.

    Attributes:
        number: from 1.
        begun, ended: when; a round that goes on has no end.
        commitment: SHA-256 of the key.
        secret: the key, when it was revealed.
        key: fingerprint of the key that signed.
        signature: over all others.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    number: int = Field(ge=1)
    begun: AwareDatetime
    commitment: Digest
    ended: AwareDatetime | None = None
    secret: str = ""
    key: str
    signature: str = ""

    @property
    def signed_part(self) -> bytes:
        return canonical_json(self.model_dump(mode="json", exclude={"signature"}))

    def signed_by(self, key: Ed25519PrivateKey) -> "Round":
        """The round with a signature."""
        return self.model_copy(update={"signature": signed(key, self.signed_part)})

    @property
    def row(self) -> dict[str, Any]:
        """What tables show of it."""
        ended = f"{self.ended:%Y-%m-%d %H:%M}" if self.ended else "goes on"
        begun = f"{self.begun:%Y-%m-%d %H:%M}"
        return {"round": self.number, "begun": begun, "ended": ended, "commitment": self.commitment, "key": self.secret}


_FILE: TypeAdapter[list[Round]] = TypeAdapter(list[Round])


def read_rounds(folder: Path) -> list[Round]:
    """The rounds of a register's folder; none where none was begun.

    Raises:
        GnomonError: the file is damaged.
    """
    try:
        return _FILE.validate_json((folder / ROUNDS).read_bytes())
    except FileNotFoundError:
        return []
    except ValidationError as error:
        reason = error.errors(include_url=False)[0]["msg"]
        raise GnomonError(f"{folder / ROUNDS} is no list of rounds ({reason}).") from error


def begin_round(register: Register) -> tuple[Round, Path]:
    """Draw a key and publish its hash; returns the round and the file of the key, which only its owner can read.

    Raises:
        UsageError: a round goes on, or the register is another home's.
    """
    with _held(register) as rounds:
        if rounds and rounds[-1].ended is None:
            raise UsageError(f"Round {rounds[-1].number} goes on; end it with: gnomon leaderboard reveal")
        key, secret, number = own_key(), secrets.token_hex(32), len(rounds) + 1
        path = _keep(number, secret)
        begun = Round(
            number=number, begun=datetime.now(UTC), commitment=commitment_of(secret), key=fingerprint(key)
        ).signed_by(key)
        _write(register, [*rounds, begun])
    return begun, path


def reveal(register: Register) -> Round:
    """End the round that goes on and publish its key.

    Raises:
        UsageError: none goes on, this home does not have its key, or the register is another home's.
    """
    with _held(register) as rounds:
        if not rounds or rounds[-1].ended is not None:
            raise UsageError("No round goes on; begin one with: gnomon leaderboard init")
        secret = read_secret(key_file(rounds[-1].number))
        if commitment_of(secret) != rounds[-1].commitment:
            raise UsageError(f"{key_file(rounds[-1].number)} is not the key of round {rounds[-1].number}.")
        key = own_key()
        changes = {"secret": secret, "ended": datetime.now(UTC), "key": fingerprint(key)}
        ended = rounds[-1].model_copy(update=changes).signed_by(key)
        _write(register, [*rounds[:-1], ended])
    return ended


def faults_of_rounds(rounds: list[Round], key: Ed25519PublicKey) -> list[str]:
    """What is wrong with rounds, a sentence each: numbers, signatures, and keys that are not those promised."""
    found = []
    for number, one in enumerate(rounds, 1):
        if one.number != number:
            found.append(f"Round {one.number} stands where round {number} belongs.")
        if not is_signed(key, one.signed_part, one.signature):
            found.append(f"Round {one.number} is not signed by the leaderboard's key.")
        if one.secret and commitment_of(one.secret) != one.commitment:
            found.append(f"The key of round {one.number} is not the one that was promised.")
    return found


def key_file(number: int) -> Path:
    """Where this home keeps the key of a round."""
    return home() / "keys" / f"round-{number}.txt"


def _keep(number: int, secret: str) -> Path:
    """Write the key where only its owner can read it; one that is there already is never overwritten."""
    path = key_file(number)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secret + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise UsageError(f"{path} is there already, of another leaderboard; move it away.") from error
    return path


@contextmanager
def _held(register: Register) -> Iterator[list[Round]]:
    """The rounds of a register of this home, which nobody else changes meanwhile."""
    if not register.is_own:
        raise UsageError(f"{register.folder} is signed with another home's key; its rounds are kept there.")
    with locked(register.folder / f".{ROUNDS}.lock"):
        yield read_rounds(register.folder)


def _write(register: Register, rounds: list[Round]) -> None:
    write_atomically(register.folder / PUBLIC_KEY, public_pem(own_key()))
    write_atomically(register.folder / ROUNDS, _FILE.dump_json(rounds, indent=1) + b"\n")
