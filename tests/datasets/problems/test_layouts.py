"""Problems as other libraries want them, read by those libraries' own loaders where they are installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.benchmarks.verification import score_completions
from gnomon.datasets.problems import LAYOUTS, Example, export_problems
from gnomon.datasets.problems.trajectories import CONTEXT, END, FILL, ID
from gnomon.errors import UnknownId, UsageError

TASK = "reasoning/countdown-v1"


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return LANGUAGE_TASKS[TASK].items("train", 10)


@pytest.fixture
def rows(items: list[Item], tmp_path: Path, request: pytest.FixtureRequest):
    """The rows of a layout as Hugging Face's library reads them."""
    from datasets import load_dataset

    export_problems([Example.gold(item) for item in items], request.param, tmp_path / "out")
    (file,) = (tmp_path / "out").glob("*.parquet")
    return load_dataset("parquet", data_files=str(file), cache_dir=str(tmp_path / "cache"))["train"]


def test_the_registry_is_whole() -> None:
    assert list(LAYOUTS) == ["lm-eval", "media", "open-instruct", "plain", "trajectories", "trl", "verifiers", "verl"]
    assert LAYOUTS.broken == {}


@pytest.mark.parametrize("rows", ["plain"], indirect=True)
def test_plain_rows_make_the_items_again(rows, items: list[Item]) -> None:
    assert [row["id"] for row in rows] == [item.id for item in items]
    remade = [
        Item(
            id=row["id"], task=row["task"], split=row["split"], view=row["view"], level=row["level"],
            template=row["template_id"], prompt=row["prompt"][0]["content"], solution=row["completion"],
            answer=row["answer"], steps=(), arguments=json.loads(row["verifier_args"]), verifier=row["verifier"],
            canonical=row["canonical"],
        )
        for row in rows
    ]  # fmt: skip
    assert score_completions([one.solution for one in remade], remade).values.tolist() == [1.0] * 10
    assert [step["text"] for step in rows[0]["solution_steps"]] == [step.text for step in items[0].steps]


@pytest.mark.slow  # imports TRL: ten seconds
@pytest.mark.parametrize("rows", ["trl"], indirect=True)
def test_trl_reads_its_rows(rows, items: list[Item]) -> None:
    trl = pytest.importorskip("trl", reason="needs pip install 'gnomon[language]'")
    assert trl.is_conversational(rows[0])
    tokenizer = character_tokenizer()
    text = trl.apply_chat_template(rows[0], tokenizer)
    assert text["prompt"] == f"<user>{items[0].prompt}<assistant>"
    assert text["completion"] == items[0].solution


@pytest.mark.slow  # trains, and imports TRL: half a minute
@pytest.mark.parametrize("rows", ["trl"], indirect=True)
def test_trl_trains_on_its_rows(rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trl = pytest.importorskip("trl", reason="needs pip install 'gnomon[language]'")
    from transformers import LlamaConfig, LlamaForCausalLM

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    tokenizer = character_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    settings = trl.SFTConfig(str(tmp_path / "sft"), max_steps=1, report_to="none", use_cpu=True, bf16=False)
    trainer = trl.SFTTrainer(LlamaForCausalLM(config), settings, train_dataset=rows, processing_class=tokenizer)
    assert trainer.train().global_step == 1


def character_tokenizer():
    """A tokenizer of characters with a chat template, made here."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {chr(code): code for code in range(128)} | {"<end>": 128}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=" "))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>")
    fast.chat_template = (
        "{% for m in messages %}{% if m.role == 'user' %}<user>{{ m.content }}<assistant>{% else %}{{ m.content }}"
        "{% endif %}{% endfor %}"
    )
    return fast


@pytest.mark.parametrize("rows", ["verl"], indirect=True)
def test_verl_s_columns(rows, items: list[Item]) -> None:
    """As verl's documentation of its data lists them."""
    assert set(rows.column_names) == {"data_source", "prompt", "ability", "reward_model", "extra_info"}
    assert rows[0]["reward_model"] == {"style": "rule", "ground_truth": items[0].answer}
    assert rows[3]["extra_info"]["index"] == 3


@pytest.mark.parametrize("rows", ["open-instruct"], indirect=True)
def test_open_instruct_s_columns(rows, items: list[Item]) -> None:
    assert {"messages", "ground_truth", "dataset"} <= set(rows.column_names)
    assert rows[0]["messages"] == [{"role": "user", "content": items[0].prompt}]
    assert rows[0]["dataset"] == "gnomon_expression"


@pytest.mark.parametrize("rows", ["verifiers"], indirect=True)
def test_the_columns_of_verifiers(rows, items: list[Item]) -> None:
    assert set(rows.column_names) == {"prompt", "answer", "info", "task"}
    assert json.loads(rows[0]["info"])["item"] == items[0].id


def test_the_harness_s_scorer_is_our_verifier(items: list[Item], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    export_problems([Example.gold(item) for item in items], "lm-eval", folder)
    code = (
        "import json, scoring\n"
        "docs = [json.loads(line) for line in open('problems.jsonl')]\n"
        "print([scoring.process_results(d, [d['completion']])['accuracy'] for d in docs])\n"
        "print([scoring.process_results(d, ['Answer: 1'])['accuracy'] for d in docs])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [str([1.0] * 10), str([0.0] * 10)]
    yaml = (folder / "gnomon_reasoning_countdown.yaml").read_text()
    assert "process_results: !function scoring.process_results" in yaml
    assert "version: 1" in yaml
    mixed = [Example.gold(items[0]), Example.gold(LANGUAGE_TASKS["reasoning/modchain-v1"].items("train", 1)[0])]
    with pytest.raises(UsageError, match="one by one"):
        export_problems(mixed, "lm-eval", tmp_path / "mixed")
    assert not (tmp_path / "mixed").exists()


@pytest.mark.slow  # imports the harness and runs it in a process of its own
def test_the_harness_runs_the_task(items: list[Item], tmp_path: Path) -> None:
    pytest.importorskip("lm_eval", reason="lm-eval is not installed; pip install lm-eval")
    export_problems([Example.gold(item) for item in items], "lm-eval", tmp_path / "out")
    command = [sys.executable, "-m", "lm_eval", "run", "--model", "dummy", "--include_path", "."]
    command += ["--tasks", "gnomon_reasoning_countdown"]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hub")}
    done = subprocess.run(command, cwd=tmp_path / "out", capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "accuracy" in done.stdout


def test_minari_reads_the_trajectories(items: list[Item], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import minari

    examples = [Example.gold(items[0]), Example(items[1], "Äh", 0.25)]
    export_problems(examples, "trajectories", tmp_path / "out")
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "out"))
    dataset = minari.load_dataset(ID)
    gold, odd = dataset.iterate_episodes()
    written = bytes(gold.actions[:-1].astype(np.uint8)).decode()
    assert (written, gold.actions[-1]) == (items[0].solution, END)
    assert gold.rewards.tolist() == [0.0] * (len(gold.actions) - 1) + [1.0]
    assert gold.terminations.tolist() == [False] * (len(gold.actions) - 1) + [True]
    assert odd.actions.tolist() == [0xC3, 0x84, ord("h"), END]
    assert odd.rewards[-1] == 0.25
    assert odd.observations.shape == (5, CONTEXT)
    prompt = items[1].prompt.encode()[-CONTEXT:]
    assert bytes(odd.observations[0][-len(prompt) :].astype(np.uint8)) == prompt
    assert set(odd.observations[0][: CONTEXT - len(prompt)].tolist()) <= {FILL}
    for before, after, action in zip(odd.observations, odd.observations[1:], odd.actions, strict=False):
        assert after.tolist() == [*before[1:].tolist(), action]  # the next state is the state and the token


def test_wrong_calls(items: list[Item], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one item"):
        export_problems([], "trl", tmp_path / "out")
    with pytest.raises(UnknownId, match="verl"):
        export_problems([Example.gold(items[0])], "veri", tmp_path / "out")
    with pytest.raises(UsageError, match="something at"):
        export_problems([Example.gold(items[0])], "trl", tmp_path)


def test_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gnomon", "datasets", "problems", TASK, str(tmp_path / "out")]
    done = subprocess.run([*command, "--layout", "trl", "--items", "5"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "5 problems of reasoning/countdown-v1 as trl" in done.stdout
    assert (tmp_path / "out" / "train.parquet").exists()
