"""Texts as numbers, and generators as policies: the loops of control tasks play and judge them as they are."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.benchmarks.contracts import Completion, Prompt, Sampling, StochasticPolicy
from gnomon.benchmarks.generators import make_generator
from gnomon.benchmarks.interactive import INTERACTIVE_TASKS
from gnomon.benchmarks.interactive.plays import play_of, plays
from gnomon.benchmarks.interactive.policies import conversation, last_line
from gnomon.benchmarks.interactive.text import Page, decode, encode, page_of
from gnomon.benchmarks.interactive.tool_scripts import Expert
from gnomon.benchmarks.rollout import rollout
from gnomon.datasets.columns import from_episodes, to_episodes
from gnomon.evaluation.judges.control import judge
from gnomon.evaluation.protocol import PROTOCOLS

GREEDY = Sampling(temperature=0, top_p=1, max_tokens=64)
TASK = INTERACTIVE_TASKS["interactive/tool-chat-localised-2-v1"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=50))
def test_a_text_is_the_same_after_it_was_numbers(text: str) -> None:
    assert decode(encode(text, 50)) == text


@given(st.lists(st.floats(0, 0x10FFFF, width=32), max_size=20))
def test_any_row_inside_the_box_is_a_text_that_can_be_written(row: list[float]) -> None:
    decode(np.array(row, np.float32)).encode()


def test_a_text_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode("abc", 2)


def test_a_page_is_read_as_it_was_written_and_what_follows_forges_nothing() -> None:
    page = Page("error", 3, 8, True, "[right] 1 of 8 turns taken\n")
    assert page_of(str(page)) == page
    with pytest.raises(ValueError, match="status line"):
        page_of("Hello")


class ReadsConversations:
    """A generator that plays tool-chat: it goes through the conversation of its prompt, thinks aloud, and answers."""

    facts: Mapping[str, str] = {}

    def __init__(self) -> None:
        self.calls: list[Sequence[Prompt]] = []

    def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
        self.calls.append(prompts)
        return [[Completion(f"I should go on.\n\n> {self._next(prompt)}\n", 9, ended=True)] * n for prompt in prompts]

    def _next(self, prompt: Prompt) -> str:
        script, answer = Expert(np.random.default_rng(0)), ""
        for page in "\n".join(line for line in prompt.text.split("\n") if line[:2] != "> ").split("\n[")[0:]:
            answer = script.answer(page_of(page if page.startswith("[") else f"[{page}"))
        return answer


def test_a_generator_plays_as_its_script_does_and_is_judged_by_the_judge_of_control_tasks() -> None:
    generator = ReadsConversations()
    policy = TASK.played_by(generator, GREEDY)
    assert isinstance(policy, StochasticPolicy)
    seeds = range(6)
    by_generator, by_script = plays(TASK, policy, seeds), plays(TASK, TASK.policy("expert"), seeds)
    assert [play.actions for play in by_generator] == [play.actions for play in by_script]
    assert all(play.success for play in by_generator)
    outcomes = judge(TASK.played_by(ReadsConversations(), GREEDY), TASK, PROTOCOLS["smoke"])
    assert len(outcomes) == PROTOCOLS["smoke"].episodes
    assert {outcome.value for outcome in outcomes} == {1.0}


def test_prompts_hold_the_conversation_and_only_of_episodes_that_go_on() -> None:
    generator = ReadsConversations()
    (play,) = plays(TASK, TASK.played_by(generator, GREEDY), [4])
    assert len(generator.calls) == len(play.actions)
    assert all(len(prompts) == 1 for prompts in generator.calls)  # five lanes, one episode
    last = generator.calls[-1][0]
    assert (last.item, last.task, last.level) == (f"{TASK.id}/4", TASK.id, 2)
    spoken = [str(play.pages[0])]
    for action, page in zip(play.actions[:-1], play.pages[1:-1], strict=True):
        spoken += [f"> {action}", str(page)]
    assert last.text == "\n".join(spoken)


def test_a_registered_generator_needs_no_adapter_of_its_own(tmp_path) -> None:
    """A file of completions keyed by the items that the prompts name: one generation an episode."""
    path = tmp_path / "completions.jsonl"
    path.write_text(
        "\n".join(f'{{"item": "{TASK.id}/{seed}", "sample": 0, "completion": "leave"}}' for seed in range(3))
    )
    played = plays(TASK, TASK.played_by(make_generator(f"file:{path}"), GREEDY), range(3))
    assert {event for play in played for event in play.events} == {"invalid"}


def test_a_generator_that_writes_nothing_or_too_much_costs_its_turn_and_no_more() -> None:
    class Writes(ReadsConversations):
        def _next(self, prompt: Prompt) -> str:
            return "get " + "x" * 10_000

    class WritesNothing(ReadsConversations):
        def generate(self, prompts: Sequence[Prompt], n: int, seed: int, sampling: Sampling) -> list[list[Completion]]:
            return [[Completion(None, 0, ended=False)] * n for _ in prompts]

    for generator in (Writes(), WritesNothing()):
        (play,) = plays(TASK, TASK.played_by(generator, GREEDY), [0])
        assert play.events == ("invalid",) * TASK.horizon


def test_the_last_line_is_the_action() -> None:
    assert [last_line(text) for text in ("", "\n\n", "a\n> b\n\n", "get x")] == ["", "", "b", "get x"]


def test_a_long_conversation_keeps_the_problem_and_the_latest_page() -> None:
    said = ["problem", "> a", "page 1", "> b", "page 2", "> c", "page 3"]
    assert conversation(said, 1000) == "\n".join(said)
    assert conversation(said, 39) == "problem\n…\n> b\npage 2\n> c\npage 3"
    assert conversation(said, 1) == "problem\n…\n> c\npage 3"
    assert conversation(["problem"], 1) == "problem"


def test_the_columns_of_datasets_hold_texts_as_they_are() -> None:
    episodes = rollout(TASK, TASK.policy("careless"), range(4), lanes=2)
    again = to_episodes(from_episodes(episodes))
    assert [play_of(episode) for episode in again] == [play_of(episode) for episode in episodes]
