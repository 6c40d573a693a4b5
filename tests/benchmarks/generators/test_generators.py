"""Every generator keeps the contract; the trivial ones and files are what they say; a file that was cut goes on."""

import json
from pathlib import Path

import pytest

from gnomon.benchmarks.answer_prior import answer_prior
from gnomon.benchmarks.catalogue import get_language_task, get_task, list_tasks
from gnomon.benchmarks.contracts import Completion, Item, LanguageTask, Prompt, Sampling
from gnomon.benchmarks.generations import Generation, append, as_lines, read_generations, whole_lines
from gnomon.benchmarks.generators import GENERATORS, kind_of, make_generator, sample_seed
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.benchmarks.verification import score_completions
from gnomon.benchmarks.visual import VISUAL_TASKS
from gnomon.errors import UnknownId, UsageError

TASK = LANGUAGE_TASKS["reasoning/modchain-v1"]
SAMPLING = Sampling(1.0, 1.0, 64)
TRIVIAL = ("answer-prior", "format-only", "oracle", "random-answer")


def prompts(items: list[Item]) -> list[Prompt]:
    return [Prompt(item.id, item.task, item.level, item.prompt) for item in items]


def test_the_registry_is_whole() -> None:
    assert list(GENERATORS) == [
        "answer-prior", "characters", "file", "format-only", "hf", "openai", "oracle", "random-answer"
    ]  # fmt: skip
    assert GENERATORS.broken == {}
    assert {name for name, kind in GENERATORS.items() if not kind.sees_prompts} == set(TRIVIAL)
    assert {name for name, kind in GENERATORS.items() if kind.sees_files} == {"file", "openai"}


@pytest.mark.parametrize("name", TRIVIAL)
def test_a_trivial_generator_keeps_the_contract(name: str) -> None:
    asked = prompts(TASK.items("test", 10))
    generator = make_generator(name)
    rows = generator.generate(asked, 3, 0, SAMPLING)
    assert [len(row) for row in rows] == [3] * 10
    assert all(one.ended and one.text and one.tokens == len(one.text) for row in rows for one in row)
    assert generator.generate(asked[4:6], 3, 0, SAMPLING) == rows[4:6]  # whatever else is in the call
    assert dict(generator.facts)


@pytest.mark.parametrize("id", [id for id in list_tasks() if isinstance(get_task(id), LanguageTask)])
def test_the_oracle_draws_every_item_again_from_its_id(id: str) -> None:
    task = get_language_task(id)
    asked = [*task.items("validation", 7)[2:], *task.items("test", 6, view="L2"), *task.items("test", 4, view="L3")]
    rows = make_generator("oracle").generate(prompts(asked), 1, 0, SAMPLING)
    assert [row[0].text for row in rows] == [item.solution for item in asked]
    with pytest.raises(UsageError, match="secret split"):
        make_generator("oracle").generate(prompts(task.items("secret", 1, key="round")), 1, 0, SAMPLING)


def test_the_answer_prior_reaches_what_the_task_s_card_says() -> None:
    items = TASK.items("test", 500)
    rows = make_generator("answer-prior").generate(prompts(items), 1, 0, SAMPLING)
    values = score_completions([row[0].text for row in rows], items).values
    card = [prior.accuracy for prior in answer_prior(TASK)]
    assert [values[level::5].mean() for level in range(5)] == pytest.approx(card)


def test_random_answers_are_training_answers_and_differ_from_sample_to_sample() -> None:
    item = TASK.items("test", 1)[0]
    known = {f"Answer: {one.answer}" for one in TASK.items("train", 2500) if one.level == item.level}
    texts = {one.text for one in make_generator("random-answer").generate(prompts([item]), 40, 0, SAMPLING)[0]}
    assert texts <= known
    assert len(texts) > 5


def test_form_alone_earns_nothing_on_any_task() -> None:
    for task in (*LANGUAGE_TASKS.values(), *VISUAL_TASKS.values()):
        items = task.items("test", 10)
        rows = make_generator("format-only").generate(prompts(items), 1, 0, SAMPLING)
        assert score_completions([row[0].text for row in rows], items).values.sum() == 0


def test_a_sample_s_seed_depends_on_everything_that_it_is_for() -> None:
    prompt = Prompt("a", "t", 1, "1 + 1 = ?")
    others = [Prompt("b", "t", 1, "1 + 1 = ?"), Prompt("a", "t", 1, "1 + 2 = ?"), Prompt("a", "t", 1, "1 + 1 = ?", "1")]
    seeds = [sample_seed(0, prompt, 0), sample_seed(1, prompt, 0), sample_seed(0, prompt, 1)]
    seeds += [sample_seed(0, other, 0) for other in others]
    assert len(set(seeds)) == 6
    assert all(0 <= seed < 2**63 for seed in seeds)


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("hf", "write hf:FOLDER,-FILE.GGUF-OR-ID"),
        ("format-only:x", "write format-only"),
        ("openai:localhost", "no address of a server"),
        ("file:nowhere.jsonl", "nowhere.jsonl cannot be read"),
    ],
)
def test_a_wrong_reference_is_one_sentence(reference: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        make_generator(reference)
    with pytest.raises(UnknownId, match="answer-prior"):
        kind_of("answer-priors")


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path


def test_a_file_gives_its_completions_and_names_the_first_that_it_lacks(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.jsonl",
        {"item": "a", "sample": 0, "completion": "Answer: 1", "tokens": 3, "ended": False},
        {"item": "a", "sample": 1, "completion": None, "others": "may say more"},
    )
    generator = make_generator(f"file:{file}")
    asked = [Prompt("a", "t", 1, "?")]
    assert generator.generate(asked, 2, 0, SAMPLING) == [[Completion("Answer: 1", 3, False), Completion(None, 0, True)]]
    with pytest.raises(UsageError, match="lacks 1 completions; the first is sample 2 of a"):
        generator.generate(asked, 3, 0, SAMPLING)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "Line 2 of .* is no completion"),
        ({"item": "b"}, "completion: Field required"),
        ({"item": "b", "completion": 7}, "completion: Input should be a valid string"),
        ({"item": "b", "completion": "x", "sample": -1}, "sample: Input should be greater than or equal to 0"),
        ({"item": "a", "completion": "again"}, "is sample 0 of a again"),
        ("[1, 2]", "Line 2 of"),
    ],
)
def test_a_damaged_file_is_one_sentence(tmp_path: Path, line: object, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_generations(write(tmp_path / "a.jsonl", {"item": "a", "completion": "x"}, line))


def test_a_file_that_was_cut_at_any_byte_goes_on(tmp_path: Path) -> None:
    lines = [Generation(item=f"é{n}", sample=n, completion="ü\n\u2028", tokens=n, ended=True) for n in range(3)]
    whole, file = as_lines(lines), tmp_path / "log.jsonl"
    for length in range(len(whole) + 1):
        file.write_bytes(whole[:length])
        known = whole_lines(file)
        assert len(known) == whole[:length].count(b"\n")
        append(file, [one for one in lines if (one.item, one.sample) not in known])
        assert file.read_bytes() == whole
    assert whole_lines(tmp_path / "none.jsonl") == {}


def test_a_lone_surrogate_does_not_stop_the_file(tmp_path: Path) -> None:
    append(tmp_path / "a.jsonl", [Generation(item="a", sample=0, completion="\ud800", tokens=1, ended=True)])
    assert read_generations(tmp_path / "a.jsonl")["a", 0].text == "?"
