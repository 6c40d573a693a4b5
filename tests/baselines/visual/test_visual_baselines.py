"""The visual baselines: what networks see, what rewards pay, what losses compute, and what training leads to."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from gnomon.baselines.visual import VISUAL_BASELINES, Recipe, VisualBaseline, is_visual_baseline, recipe_of
from gnomon.baselines.visual.cli import visual
from gnomon.baselines.visual.cloning import cloning_loss
from gnomon.baselines.visual.forms import FORMS
from gnomon.baselines.visual.hacks import taught_by
from gnomon.baselines.visual.networks import NETWORKS, READ, codes_of, pictures_of
from gnomon.baselines.visual.policy import PolicyNetwork, VisualPolicy, read_policy, save_policy
from gnomon.baselines.visual.policy_gradient import advantages, policy_gradient_loss
from gnomon.baselines.visual.rewards import REWARDS
from gnomon.baselines.visual.training import train, trained_policy
from gnomon.benchmarks.contracts import Item, Prompt, Sampling
from gnomon.benchmarks.verification import score_completions
from gnomon.benchmarks.verifiers.answers import written
from gnomon.benchmarks.visual import VISUAL_TASKS, file_of
from gnomon.errors import GnomonError, UnknownId, UsageError
from gnomon.evaluation.language.evaluate import evaluate_models, sees_files

GLYPHS, SCREENS = "visual/scene-class-v1", "visual/ui-click-v1"
TINY = Recipe(task=GLYPHS, method="cloning", updates=3, batch_size=4, samples=4, warmup=1)
DRAWN = Sampling(1.0, 1.0, 100)


def prompts(items: list[Item]) -> list[Prompt]:
    return [Prompt(item.id, item.task, item.level, item.prompt, file=file_of(item)) for item in items]


def test_the_registry_is_whole() -> None:
    assert list(VISUAL_BASELINES) == [
        "scene-class-cloning", "scene-class-policy-gradient", "ui-click-cloning", "ui-click-policy-gradient"
    ]  # fmt: skip
    for name, baseline in VISUAL_BASELINES.items():
        assert name == f"{baseline.recipe.task.split('/')[1].removesuffix('-v1')}-{baseline.recipe.method}"
        assert baseline.recipe.task in NETWORKS
        assert baseline.recipe.reward == "verifier"
        assert baseline.summary.endswith(".")


def test_a_reference_is_a_name_and_perhaps_a_seed() -> None:
    assert recipe_of("ui-click-cloning") == VISUAL_BASELINES["ui-click-cloning"].recipe
    assert recipe_of("ui-click-cloning:7").seed == 7
    assert recipe_of("ui-click-cloning:7").hash != recipe_of("ui-click-cloning").hash
    assert is_visual_baseline("ui-click-cloning:7")
    with pytest.raises(UsageError, match="ui-click-cloning:SEED"):
        recipe_of("ui-click-cloning:x")
    with pytest.raises(UnknownId, match="ui-click-cloning"):
        recipe_of("ui-click-clonin")


def test_a_network_sees_the_pixels_and_the_end_of_the_instruction() -> None:
    item = VISUAL_TASKS[SCREENS].items("test", 1)[0]
    (picture,) = pictures_of([file_of(item)], (100, 90))
    pixels = np.asarray(Image.open(io.BytesIO(file_of(item)))) / 255
    np.testing.assert_allclose(picture[:, :96].permute(1, 2, 0), pixels[:, :90], atol=1e-6)
    assert picture[:, 96:].sum() == 0
    (codes,) = codes_of([item.prompt]).tolist()
    assert len(codes) == READ
    assert item.prompt.split("\n")[0].endswith("".join(map(chr, codes)).strip())


@pytest.mark.parametrize("id", list(NETWORKS))
def test_every_gold_answer_has_an_answer_of_the_network_that_is_right(id: str) -> None:
    items, network = VISUAL_TASKS[id].items("test", 300), NETWORKS[id]()
    texts = [written(network.answers[network.index_of(item.answer)]) for item in items]
    assert score_completions(texts, items).values.sum() == 300


@pytest.mark.parametrize("id", list(NETWORKS))
def test_a_network_gives_every_answer_a_chance_and_reads_picture_by_picture(id: str) -> None:
    items, network = VISUAL_TASKS[id].items("test", 6), PolicyNetwork(id)
    with torch.no_grad():
        answers, forms = network.of_items(items)
        alone = network.of_items(items[2:3])[0]
    assert answers.shape == (6, len(network.answer_network.answers))
    assert forms.exp().tolist() == pytest.approx([1 / len(FORMS)] * len(FORMS))
    torch.testing.assert_close(answers.exp().sum(1), torch.ones(6))
    torch.testing.assert_close(answers[2:3], alone, atol=1e-5, rtol=1e-5)


def test_the_instruction_decides_where_a_screen_is_clicked() -> None:
    items, network = VISUAL_TASKS[SCREENS].items("test", 2, level=1), PolicyNetwork(SCREENS)
    with torch.no_grad():
        one, other = (network([file_of(items[0])], [item.prompt])[0] for item in items)
    assert not torch.allclose(one, other, atol=1e-3)


PAID = {  # form → what each reward pays for the right answer in it, by the reward's definition
    "line": {"verifier": 1, "first-letter": 1, "any-line": 1, "form": 1},
    "sentence": {"verifier": 0, "first-letter": 1, "any-line": 0, "form": 1},
    "every": {"verifier": 0, "any-line": 1, "form": 0},
    "bare": {"verifier": 0, "first-letter": 1, "any-line": 1, "form": 0},
    "empty": {"verifier": 0, "first-letter": 0, "any-line": 0, "form": 1},
}


@pytest.mark.parametrize("id", list(NETWORKS))
def test_what_each_reward_pays_for_each_form(id: str) -> None:
    item, network = VISUAL_TASKS[id].items("test", 1)[0], NETWORKS[id]()
    right = network.answers[network.index_of(item.answer)]
    for form, write in FORMS.items():
        text = write(right, network.answers)
        assert {name: REWARDS[name](text, item) for name in PAID[form]} == PAID[form], form
    wrong = network.answers[network.index_of(item.answer) - len(network.answers) // 2]
    assert REWARDS["verifier"](written(wrong), item) == REWARDS["any-line"](written(wrong), item) == 0


def test_advantages_by_hand() -> None:
    found = advantages(torch.tensor([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]]))
    assert found[0].tolist() == pytest.approx([1.5, -0.5, -0.5, -0.5], abs=1e-4)  # mean 1/4, deviation 1/2
    assert found[1].tolist() == [0, 0, 0, 0]


def test_the_gradient_of_the_forms_is_that_of_reinforce() -> None:
    """By hand: d loss / d logit of form j = −mean of A · ([form is j] − π(j)), over all samples."""
    recipe = replace(TINY, method="policy-gradient", reward="form", samples=16)
    network, items = PolicyNetwork(GLYPHS), VISUAL_TASKS[GLYPHS].items("train", 4)
    loss, rewards = policy_gradient_loss(network, items, recipe, torch.Generator().manual_seed(3))
    loss.backward()
    again = torch.Generator().manual_seed(3)
    answers, forms = (chances.detach().exp() for chances in network.of_items(items))
    torch.multinomial(answers, 16, replacement=True, generator=again)
    drawn = torch.multinomial(forms, 64, replacement=True, generator=again)
    chosen = torch.nn.functional.one_hot(drawn, len(FORMS)).double()
    expected = -(advantages(rewards).double().view(-1, 1) * (chosen - 1 / len(FORMS))).mean(0)
    found = network.form_logits.grad
    assert found is not None
    np.testing.assert_allclose(found.double(), expected, atol=1e-6)
    paid = {list(FORMS).index(form) for form in ("line", "sentence", "empty")}
    assert rewards.view(-1).tolist() == [float(number in paid) for number in drawn.tolist()]


def test_the_loss_of_a_clone_by_hand() -> None:
    network, items = PolicyNetwork(GLYPHS), VISUAL_TASKS[GLYPHS].items("train", 3)
    answers, forms = network.of_items(items)
    gold = [answers[row, "ABCDEFGH".index(item.answer)] for row, item in enumerate(items)]
    assert cloning_loss(network, items).item() == pytest.approx(-(sum(gold) / 3 + forms[0]).item(), rel=1e-5)


@pytest.mark.parametrize("method", ["cloning", "policy-gradient"])
def test_training_is_a_function_of_the_recipe(method: str, tmp_path: Path) -> None:
    recipe = replace(TINY, method=method)  # pyright: ignore[reportArgumentType]
    torch.manual_seed(1)
    save_policy(train(recipe), recipe, tmp_path / "one")
    torch.manual_seed(2)
    save_policy(train(recipe), recipe, tmp_path / "two")
    other = replace(recipe, seed=1)
    save_policy(train(other), other, tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes() != (tmp_path / "other").read_bytes()


def test_progress_is_told_of_every_update() -> None:
    seen = []
    train(replace(TINY, method="policy-gradient", reward="form"), seen.append)
    assert [one.update for one in seen] == [1, 2, 3]
    assert all(0 <= one.paid <= 1 and sum(one.forms.values()) == pytest.approx(1) for one in seen)


def test_a_policy_draws_the_same_alone_and_in_a_batch_and_at_0_always_the_likeliest(tmp_path: Path) -> None:
    save_policy(PolicyNetwork(GLYPHS), TINY, tmp_path / "policy")
    policy, asked = read_policy(tmp_path / "policy"), prompts(VISUAL_TASKS[GLYPHS].items("test", 8))
    rows = policy.generate(asked, 6, 0, DRAWN)
    assert policy.generate(asked[3:5], 6, 0, DRAWN) == rows[3:5]
    assert policy.generate(asked, 6, 1, DRAWN) != rows
    assert len({one.text for row in rows for one in row}) > 8  # forms and letters
    greedy = policy.generate(asked, 3, 0, Sampling(0.0, 1.0, 100))
    assert all(len({one.text for one in row}) == 1 for row in greedy)
    assert dict(policy.facts)["seed"] == "0"


def test_a_policy_refuses_other_tasks_and_other_sampling() -> None:
    policy = VisualPolicy(PolicyNetwork(GLYPHS), {})
    with pytest.raises(UsageError, match="cannot be asked visual/ui-click-v1"):
        policy.generate(prompts(VISUAL_TASKS[SCREENS].items("test", 1)), 1, 0, DRAWN)
    with pytest.raises(UsageError, match="top_p"):
        policy.generate(prompts(VISUAL_TASKS[GLYPHS].items("test", 1)), 1, 0, Sampling(1.0, 0.9, 100))
    related = VISUAL_TASKS[GLYPHS].items("test", 2, view="L3")
    assert len(policy.generate(prompts(related), 1, 0, DRAWN)) == 2
    smaller = VISUAL_TASKS[SCREENS].items("test", 2, view="L3")  # pictures of another size
    assert len(VisualPolicy(PolicyNetwork(SCREENS), {}).generate(prompts(smaller), 1, 0, DRAWN)) == 2


def test_a_file_of_something_else_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "none").write_bytes(b"nothing")
    with pytest.raises(GnomonError, match="cannot be read"):
        read_policy(tmp_path / "none")
    save_policy(PolicyNetwork(GLYPHS), replace(TINY, task=SCREENS), tmp_path / "other")
    with pytest.raises(GnomonError, match="holds no visual policy"):
        read_policy(tmp_path / "other")


def test_a_baseline_is_trained_once_and_judged_like_any_model(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VISUAL_BASELINES._entries, "tiny", VisualBaseline("For this test.", TINY))
    assert sees_files("tiny")
    found = evaluate_models(["tiny", "tiny:1"], tasks=[GLYPHS], protocol="visual-smoke")
    assert found.models == ["tiny", "tiny:1"]
    assert [record.model.facts["seed"] for record in found.records] == ["0", "1"]
    assert all(len(record.outcomes) == 20 for record in found.records)
    seen = []
    assert trained_policy("tiny", seen.append).is_file()
    assert seen == []
    with pytest.raises(UsageError, match="cannot be asked"):
        evaluate_models(["tiny"], tasks=[SCREENS], protocol="visual-smoke")


def test_the_commands_list_train_and_show_what_rewards_teach(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner, tiny = CliRunner(), VisualBaseline("For this test.", replace(TINY, method="policy-gradient"))
    monkeypatch.setitem(VISUAL_BASELINES._entries, "tiny", tiny)
    listed = json.loads(runner.invoke(visual, ["list", "--json"]).stdout)
    assert {row["baseline"] for row in listed} == set(VISUAL_BASELINES)
    assert Path(runner.invoke(visual, ["train", "tiny:3"]).stdout.strip()) == trained_policy("tiny:3")
    rows = json.loads(runner.invoke(visual, ["hacks", "tiny", "--updates", "2", "--items", "5", "--json"]).stdout)
    assert [row["reward"] for row in rows] == list(REWARDS)
    assert all(sum(row[form] for form in FORMS) == pytest.approx(1) for row in rows)
    assert rows[0]["paid"] == rows[0]["verified"]
    refused = runner.invoke(visual, ["hacks", "scene-class-cloning"])
    assert isinstance(refused.exception, UsageError)
    assert "no reward teaches" in str(refused.exception)


@pytest.mark.slow
def test_cloning_learns_to_compare_glyphs() -> None:
    """Slow: 40 updates are about five seconds of a core. Chance is 1/4 at level 1 and the commonest letter 28 %."""
    network = train(replace(recipe_of("scene-class-cloning"), updates=40))
    items = VISUAL_TASKS[GLYPHS].items("test", 60, level=1)
    texts = [row[0].text for row in VisualPolicy(network, {}).generate(prompts(items), 1, 0, Sampling(0.0, 1.0, 0))]
    assert score_completions(texts, items).values.mean() >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize(("reward", "form"), [("verifier", "line"), ("any-line", "every")])
def test_a_policy_gradient_learns_what_it_is_paid_for(reward: str, form: str) -> None:
    """Slow: 80 updates are ten seconds of a core. The lenient reward is the control: its hack is learned."""
    taught = taught_by(reward, replace(recipe_of("scene-class-policy-gradient"), updates=80), items=100)
    assert max(taught.forms, key=taught.forms.__getitem__) == form
    assert taught.forms[form] > 0.8
    assert taught.paid > 0.5
    assert (taught.verified > 0.5) == (reward == "verifier")
