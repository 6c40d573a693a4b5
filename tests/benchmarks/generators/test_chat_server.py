"""The client of chat completions against a real server on this machine: what it sends, and what it does with errors."""

import base64
from typing import Any

import chat_server as server
import pytest

from gnomon.benchmarks.contracts import Completion, Prompt, Sampling
from gnomon.benchmarks.generators import sample_seed
from gnomon.benchmarks.generators.openai import ChatServer
from gnomon.benchmarks.visual import VISUAL_TASKS, file_of
from gnomon.errors import GnomonError

SAMPLING = Sampling(0.7, 0.9, 100)
PROMPTS = [Prompt("a", "t", 1, "one?"), Prompt("b", "t", 1, "two?", "Answer:")]


def test_what_is_sent_and_what_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    with server.serving(lambda *_: None) as (address, asked):
        model = ChatServer(address)
        rows = model.generate(PROMPTS, 2, 7, SAMPLING)
    assert dict(model.facts)["model"] == "little"
    seeds = [[sample_seed(7, prompt, sample) % 2**31 for sample in range(2)] for prompt in PROMPTS]
    assert rows == [[Completion(f"Answer: {seed}", 5, True) for seed in row] for row in seeds]
    first, begun = (next(body for body in asked if body["seed"] == row[0]) for row in seeds)
    assert first | {"seed": 0} == {
        "model": "little",
        "messages": [{"role": "user", "content": "one?"}],
        "temperature": 0.7,
        "top_p": 0.9,
        "max_tokens": 100,
        "seed": 0,
        "authorization": "Bearer secret",
        "path": "/v1/chat/completions",
    }
    assert begun["messages"][1] == {"role": "assistant", "content": "Answer:"}
    assert begun["continue_final_message"] is True


@pytest.mark.parametrize(
    ("id", "kind", "begins"),
    [("visual/ui-click-v1", "image_url", b"\x89PNG"), ("visual/tone-qa-v1", "input_audio", b"RIFF")],
)
def test_a_picture_or_a_sound_is_a_part_of_the_message(id: str, kind: str, begins: bytes) -> None:
    item = VISUAL_TASKS[id].items("test", 1)[0]
    with server.serving(lambda *_: None) as (address, asked):
        prompt = Prompt(item.id, item.task, item.level, item.prompt, file=file_of(item))
        ChatServer(f"{address}#m").generate([prompt], 1, 0, SAMPLING)
    file, text = asked[0]["messages"][0]["content"]
    assert text == {"type": "text", "text": item.prompt}
    assert file["type"] == kind
    encoded = file[kind]["url"].removeprefix("data:image/png;base64,") if "url" in file[kind] else file[kind]["data"]
    assert base64.b64decode(encoded, validate=True) == file_of(item)
    assert file_of(item).startswith(begins)


def test_a_completion_that_was_cut_or_empty_is_no_end() -> None:
    answers = [server.completion("long", "length", 100, read=9), server.completion(None, "stop", 0)]
    with server.serving(lambda _, place: (200, {}, answers[place])) as (address, _):
        model = ChatServer(f"{address}#mine")
        assert [model.generate(PROMPTS[:1], 1, 0, SAMPLING)[0][0] for _ in range(2)] == [
            Completion("long", 100, False, read=9),
            Completion(None, 0, True),
        ]


def test_errors_that_pass_are_waited_out() -> None:
    def reply(_: dict[str, Any], place: int) -> Any:
        return [(429, {"Retry-After": "0"}, b"slower"), (503, {}, b"starting"), None][min(place, 2)]

    with server.serving(reply) as (address, asked):
        assert ChatServer(f"{address}#m", pauses=(0.01, 0.01)).generate(PROMPTS[:1], 1, 0, SAMPLING)[0][0].ended
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("answer", "requests", "sentence"),
    [
        ((500, {}, b"broken"), 3, "does not answer .status 500: broken"),
        ((401, {}, b"who are you"), 1, "status 401: who are you"),
        ((200, {}, b"<html>"), 1, "answers what is no JSON"),
        ((200, {}, b"[1]"), 1, "is no chat completion"),
        ((200, {}, b'{"choices": [{"message": {"content": 5}}]}'), 1, "the content is a int"),
        ((302, {"Location": "http://169.254.169.254/"}, b""), 1, "status 302"),
    ],
)
def test_an_error_that_stays_is_one_sentence(answer: Any, requests: int, sentence: str) -> None:
    with server.serving(lambda *_: answer) as (address, asked):
        model = ChatServer(f"{address}#m", pauses=(0.01, 0.01))
        with pytest.raises(GnomonError, match=sentence):
            model.generate(PROMPTS[:1], 1, 0, SAMPLING)
    assert len(asked) == requests


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(GnomonError, match=r"does not answer \(ConnectError"):
        ChatServer("http://127.0.0.1:9/v1", pauses=())
