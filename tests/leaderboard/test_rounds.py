"""Rounds: a key is promised before models are asked, decides the items, and is seen to be the promised one after."""

import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.cli import app
from gnomon.errors import UsageError
from gnomon.evaluation.language.evaluate import evaluate_models
from gnomon.evaluation.language.protocol import LANGUAGE_PROTOCOLS, commitment_of
from gnomon.evaluation.language.results import read_language_results
from gnomon.evaluation.language.run import with_secret
from gnomon.leaderboard.keys import own_key, public_pem, read_public
from gnomon.leaderboard.register import PUBLIC_KEY, Register
from gnomon.leaderboard.rounds import ROUNDS, Round, begin_round, faults_of_rounds, key_file, read_rounds, reveal

TASK = "reasoning/chain-sum-v1"


def test_a_round_is_promised_and_then_revealed() -> None:
    register = Register()
    begun, path = begin_round(register)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = path.read_text().strip()
    assert secret not in (register.folder / ROUNDS).read_text()
    with pytest.raises(UsageError, match="Round 1 goes on; end it with"):
        begin_round(register)
    ended = reveal(register)
    assert (ended.secret, commitment_of(ended.secret)) == (secret, begun.commitment)
    with pytest.raises(UsageError, match="No round goes on"):
        reveal(register)
    second, _ = begin_round(register)
    assert (second.number, second.commitment != begun.commitment) == (2, True)
    assert faults_of_rounds(read_rounds(register.folder), read_public(register.folder / PUBLIC_KEY)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"secret": "0" * 64}, "The key of round 1 is not the one that was promised"),
        ({"commitment": "0" * 64}, "Round 1 is not signed"),
        ({"number": 2}, "Round 2 stands where round 1 belongs"),
    ],
)
def test_a_round_that_was_changed_is_found(change: dict[str, object], fault: str) -> None:
    begin_round(Register())
    ended = reveal(Register())
    changed = Round.model_validate(ended.model_dump() | change)
    assert any(fault in found for found in faults_of_rounds([changed], own_key().public_key()))


def test_the_register_and_the_key_of_another_home_are_left_alone(home: Path) -> None:
    register = Register()
    begin_round(register)
    key_file(1).write_text("1" * 64)
    with pytest.raises(UsageError, match="is not the key of round 1"):
        reveal(register)
    (register.folder / ROUNDS).unlink()
    with pytest.raises(UsageError, match="is there already, of another leaderboard"):
        begin_round(register)
    (register.folder / PUBLIC_KEY).write_bytes(public_pem(Ed25519PrivateKey.generate()))
    with pytest.raises(UsageError, match="another home's key"):
        reveal(register)


def test_models_are_asked_secret_items_that_share_no_table_with_others() -> None:
    _, path = begin_round(Register())
    asked = ["answer-prior", "--task", TASK, "--protocol", "reasoning-smoke"]
    runner = CliRunner()
    answer = runner.invoke(app, ["evaluate", *asked, "--secret", str(path), "--json"], catch_exceptions=False)
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)[0]["model"] == "answer-prior"
    secret = path.read_text().strip()
    found = evaluate_models(["answer-prior"], tasks=[TASK], protocol="reasoning-smoke", secret=secret)
    (record,) = found.records
    assert {outcome.item.split("/")[2] for outcome in record.outcomes} == {"secret"}
    assert record.protocol.rules["commitment"] == commitment_of(secret)
    assert secret not in record.model_dump_json()
    assert record.command.endswith("--secret FILE")
    assert read_language_results(found.suite, LANGUAGE_PROTOCOLS["reasoning-smoke"]).records == ()
    assert read_language_results(found.suite, with_secret(found.protocol, "f" * 64)).records == ()


def test_only_the_key_knows_the_items() -> None:
    rules = LANGUAGE_PROTOCOLS["reasoning-smoke"]
    prompts = [{item.prompt for item in with_secret(rules, key * 64).items_of(TASK)} for key in "ab"]
    assert prompts[0] != prompts[1]
    assert not prompts[0] & {item.prompt for item in LANGUAGE_TASKS[TASK].items("test", 200)}
    assert rules.hash != with_secret(rules, "a" * 64).hash != with_secret(rules, "b" * 64).hash


def test_a_file_that_holds_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("hello")
    for name, sentence in (("key.txt", "holds no key of a round"), ("none.txt", "cannot be read")):
        answer = CliRunner().invoke(app, ["evaluate", "answer-prior", "--secret", str(tmp_path / name)])
        assert isinstance(answer.exception, UsageError)
        assert sentence in str(answer.exception)
