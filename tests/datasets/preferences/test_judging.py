"""Judged preference sets against a scripted judge behind a real chat-completions server on this machine."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chat_server as server
import pytest
from pyarrow import parquet

from gnomon.benchmarks.generations import read_generations
from gnomon.datasets.cli.judging import price_of
from gnomon.datasets.preferences.comparisons import read_comparisons
from gnomon.datasets.preferences.judging.aspects import aspects_of
from gnomon.datasets.preferences.judging.judged_set import judge_preferences
from gnomon.datasets.preferences.judging.plan import Plan, open_source, read_prompts
from gnomon.errors import DatasetError, GnomonError, UnknownId, UsageError

GNOMON = str(Path(sys.executable).with_name("gnomon"))
QUALITY = {"weak": 2, "middle": 5, "strong": 8}  # the models of the server, and what their answers are worth
ANSWER = re.compile(r"\[Answer ([A-Z]) [0-9a-f]{8}\]\nworth (\d+)")
Rate = Callable[[list[int], dict[str, Any]], list[int] | str]  # from what the answers are worth, in the order shown


def replies(rate: Rate = lambda worth, _: worth) -> server.Reply:
    """Models that write what they are worth, and a judge that rates by `rate`."""

    def reply(body: dict[str, Any], _: int) -> server.Answer:
        text = f"worth {QUALITY.get(body['model'], 0)}, says {body['model']}"
        if body["model"] == "judge":
            worth = [int(number) for _, number in ANSWER.findall(body["messages"][0]["content"])]
            rated = rate(worth, body)
            lines = [f"Rating {letter}: {one}" for letter, one in zip("ABC", rated, strict=False)]
            text = rated if isinstance(rated, str) else "\n".join(["I have thought.", *lines])
        read = 11 if body["model"] == "judge" else None  # the others do not count what they read
        return 200, {}, server.completion(text, tokens=7, read=read)

    return reply


def plan_of(address: str, prompts: int = 3, votes: int = 2, **changes: Any) -> Plan:
    told: dict[str, Any] = {
        "prompts": {f"p{number}": f"Say {number}." for number in range(prompts)},
        "generators": tuple(open_source(f"openai:{address}#{name}") for name in QUALITY),
        "judge": open_source(f"openai:{address}#judge"),
        "aspects": aspects_of(["helpfulness", "honesty"]),
        "votes": votes,
    }
    return Plan(**{**told, **changes})


def card_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "card.json").read_text())


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return parquet.read_table(folder / "preference.parquet").to_pylist()


def model_of(name: str) -> str:
    return name.rpartition("#")[2]


def test_a_fair_judge_makes_the_set_that_its_ratings_say() -> None:
    with server.serving(replies()) as (address, asked):
        prices = {f"openai:{address}#judge": (2.0, 10.0)}
        folder = judge_preferences(plan_of(address), "judged/fair-v1", prices=prices)
    rows, card = rows_of(folder), card_of(folder)
    assert len(rows) == card["rows"] == 3 * 2 * 3  # prompts, aspects, pairs of three
    pairs = {(model_of(row["chosen_model"]), model_of(row["rejected_model"])) for row in rows}
    assert pairs == {("strong", "weak"), ("strong", "middle"), ("middle", "weak")}
    for row in rows:
        assert row["chosen"].startswith(f"worth {row['rating_chosen']:.0f},")
        assert row["rating_chosen"] > row["rating_rejected"]
        assert not row["tie"]
    assert {row["subset"] for row in rows} == {"helpfulness", "honesty"}
    assert {row["chosen_first"] for row in rows} == {True, False}
    for told in card["agreement"].values():
        assert told == {"pairs": 9, "orders_agree": 1.0, "kappa": told["kappa"], "first_wins": 0.5, "alpha": 1.0}
    assert len(asked) == 3 * 3 + 3 * 2 * 2 * 2  # answers; prompts × aspects × orders × votes
    *generators, judge = card["costs"]
    assert [row["tokens_written"] for row in generators] == [3 * 7] * 3
    characters = sum(len(body["messages"][0]["content"]) for body in asked if body["model"] == "judge")
    assert (judge["requests"], judge["characters_read"], judge["tokens_written"]) == (24, characters, 24 * 7)
    assert (judge["tokens_read"], judge["tokens_read_counted"]) == (24 * 11, True)
    assert judge["cost"] == pytest.approx((2 * 24 * 11 + 10 * 24 * 7) / 1e6)
    assert (generators[0]["tokens_read"], generators[0]["tokens_read_counted"]) == (round(3 * len("Say 0.") / 4), False)
    assert generators[0]["cost"] is None
    assert len(read_comparisons(folder / "preference.parquet")) == len(rows)


def test_both_orders_are_shown_and_each_vote_has_a_seed_of_its_own() -> None:
    with server.serving(replies()) as (address, asked):
        judge_preferences(plan_of(address, prompts=1, aspects=aspects_of(["honesty"])), "judged/orders-v1")
    judged = [body for body in asked if body["model"] == "judge"]
    shown = {tuple(ANSWER.findall(body["messages"][0]["content"])) for body in judged}
    orders = [[worth for _, worth in one] for one in shown]
    assert len(orders) == 2
    assert orders[0] == orders[1][::-1]
    assert len({body["seed"] for body in judged}) == 4


def test_a_judge_that_likes_the_first_place_makes_ties_and_is_seen() -> None:
    def rate(worth: list[int], _: dict[str, Any]) -> list[int]:
        return [10, 5, 1]

    with server.serving(replies(rate)) as (address, _):
        folder = judge_preferences(plan_of(address), "judged/first-v1")
    card = card_of(folder)
    assert card["ties"] == 1.0
    for told in card["agreement"].values():
        assert (told["orders_agree"], told["first_wins"]) == (0.0, 1.0)
        assert told["kappa"] < 0
        assert told["alpha"] < 0.5
    with pytest.raises(DatasetError, match="holds no comparison"):
        read_comparisons(folder / "preference.parquet")


def test_most_votes_decide() -> None:
    """Of three votes one rates upside down: the verdicts are the majority's, and α says that they were not one."""

    def rate(worth: list[int], body: dict[str, Any]) -> list[int]:
        return [11 - one for one in worth] if body["seed"] in turned else worth

    turned: set[int] = set()
    with server.serving(replies(rate)) as (address, asked):
        plan = plan_of(address, prompts=2, votes=3, aspects=aspects_of(["honesty"]))
        judge_preferences(plan, "judged/upright-v1")
        judged = [body for body in asked if body["model"] == "judge"]
        first: dict[str, int] = {}
        for body in judged:  # one vote of each question
            first.setdefault(body["messages"][0]["content"], body["seed"])
        turned.update(first.values())
        folder = judge_preferences(plan, "judged/majority-v1")
    assert all(model_of(row["chosen_model"]) != "weak" for row in rows_of(folder))
    card = card_of(folder)
    assert card["ties"] == 0.0
    assert card["agreement"]["honesty"]["orders_agree"] == 1.0
    assert card["agreement"]["honesty"]["alpha"] < 0.9
    assert len(turned) == 4


def test_what_cannot_be_read_is_asked_again_and_then_an_error() -> None:
    def rate(worth: list[int], body: dict[str, Any]) -> list[int] | str:
        broken = body["seed"] in first or "Say 1." in body["messages"][0]["content"]
        first.add(body["seed"])
        return "I would say 10" if broken or len(first) <= 2 else worth

    first: set[int] = set()
    with server.serving(replies(rate)) as (address, asked):
        plan = plan_of(address)
        with pytest.raises(DatasetError, match=r"8 of 24 judgements cannot be read after 2 attempts; the first is p1/"):
            judge_preferences(plan, "judged/broken-v1", attempts=2)
        before = len(asked)
        folder = judge_preferences(plan, "judged/broken-v1", attempts=2, leave_out=True)
        assert len(asked) == before  # what was paid for is not asked again
    card, rows = card_of(folder), rows_of(folder)
    assert (card["left_out"], card["rows"]) == (2, 2 * 2 * 3)
    assert {row["prompt"] for row in rows} == {"Say 0.", "Say 2."}
    assert card["costs"][-1]["requests"] == 24 + 8 + 2  # two of the readable prompts were asked twice
    assert 10 not in {row["rating_chosen"] for row in rows}


def test_a_judge_that_never_gives_a_rating_makes_no_set(home: Path) -> None:
    broken = pytest.raises(DatasetError, match="None of the judge's 24 judgements can be read")
    with server.serving(replies(lambda *_: "10")) as (address, _), broken:
        judge_preferences(plan_of(address), "judged/none-v1", attempts=1, leave_out=True)
    assert not (home / "preferences/judged/none-v1").exists()


def test_another_plan_does_not_go_on_with_a_set_that_was_begun() -> None:
    with server.serving(lambda body, _: (401, {}, b"no") if body["model"] == "judge" else None) as (address, _):
        with pytest.raises(GnomonError, match="status 401"):
            judge_preferences(plan_of(address), "judged/begun-v1")
        with pytest.raises(UsageError, match="begun under another plan"):
            judge_preferences(plan_of(address, votes=3), "judged/begun-v1")


def test_a_killed_command_loses_nothing_and_ends_with_the_same_set(tmp_path: Path, home: Path) -> None:
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text("".join(json.dumps({"id": f"p{n}", "instruction": f"Say {n}."}) + "\n" for n in range(12)))
    folder, log = (home / "preferences/judged" / name for name in ("killed-v1", "killed-v1.partial/judgements.jsonl"))
    with server.serving(replies(), pause=0.02) as (address, asked):
        generators = [word for name in QUALITY for word in ("--generator", f"openai:{address}#{name}")]
        judge = ["--judge", f"openai:{address}#judge", "--votes", "2", "--price", f"openai:{address}#judge=1,2"]
        command = [GNOMON, "datasets", "judge", str(prompts), "--id", "judged/killed-v1", *generators, *judge]
        process = subprocess.Popen(command)
        while not whole_lines_in(log) and process.poll() is None:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(0.2)  # requests on their way come in
        kept, before = whole_lines_in(log), len(asked)
        assert 0 < kept < 48
        with log.open("ab") as file:
            file.write(b'{"item": "p0/cut o')  # as a kill in the middle of a write would leave it
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        assert "36 pairs, 0% ties, 0 left out" in done.stdout
        assert len(asked) - before == 48 - kept  # no answer again, and of the ratings only those that were not on file
        plan = plan_of(address, prompts=12, aspects=aspects_of(["helpfulness"]))
        whole = judge_preferences(plan, "judged/whole-v1", prices={f"openai:{address}#judge": (1, 2)})
    assert card_of(folder) | {"id": ""} == card_of(whole) | {"id": ""}
    assert not log.parent.exists()
    assert len(read_generations(folder / "judgements.jsonl")) == 48


def whole_lines_in(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_prompts_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text('{"id": "x", "prompt": "a"}\n{"instruction": "b"}\n{"instruction": "c"}\n')
    assert read_prompts(path, 2) == {"x": "a", "1": "b"}
    path.write_text('{"id": "1", "prompt": "a"}\n{"prompt": "b"}\n')
    with pytest.raises(DatasetError, match="or the id '1' of another row"):
        read_prompts(path)
    path.write_text('{"text": "a"}\n')
    with pytest.raises(DatasetError, match="no text as its prompt"):
        read_prompts(path)
    with pytest.raises(UsageError, match="file of prompts"):
        read_prompts(tmp_path / "none.jsonl")


def test_calls_that_are_wrong() -> None:
    with server.serving(replies()) as (address, asked):
        plan = plan_of(address)
        with pytest.raises(UnknownId, match="not the id"):
            judge_preferences(plan, "../away")
        with pytest.raises(UsageError, match="no model of this set"):
            judge_preferences(plan, "judged/some-v1", prices={"openai:x": (1, 1)})
        with pytest.raises(UsageError, match="2 to 26 generators"):
            plan_of(address, generators=plan.generators[:1])
        with pytest.raises(UsageError, match="at least one prompt"):
            plan_of(address, prompts=0)
        assert asked == []
    with pytest.raises(UsageError, match="no aspect 'beauty'"):
        aspects_of(["beauty"])
    with pytest.raises(UsageError, match="named twice"):
        aspects_of(["honesty", "honesty=Is it so?"])
    with pytest.raises(UsageError, match="is no price"):
        price_of("judge=cheap")
