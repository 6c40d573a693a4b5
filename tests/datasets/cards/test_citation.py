"""BibTeX: whole entries with keys of their own, and every work that a task names."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gnomon import __version__
from gnomon.benchmarks.catalogue import every_task
from gnomon.benchmarks.citations import FILE, all_citations
from gnomon.benchmarks.tasks import TASKS
from gnomon.cli import app
from gnomon.datasets.cards.citation import FORMAT, cite, cite_dataset
from gnomon.datasets.dataset import Dataset
from gnomon.datasets.recipes import RECIPES
from gnomon.errors import UnknownId

ONE_OF_EACH_FAMILY = list({task.family: id for id, task in TASKS.items()}.values())
ENTRY = re.compile(r"@(\w+)\{([^,\s{}]+),\n((?:  \w+ = \{.*\},?\n)+)\}")
FIELD = re.compile(r"  (\w+) = \{(.*)\},?")


def parse(text: str) -> dict[str, dict[str, str]]:
    """Key → fields of a BibTeX text that holds entries and nothing else; each field on a line, braces balanced."""
    entries = {}
    for entry in text.strip().split("\n\n"):
        match = ENTRY.fullmatch(entry.strip())
        assert match, entry
        assert match[2] not in entries, f"{match[2]} is there twice"
        fields = FIELD.findall(match[3])
        assert all(value.count("{") == value.count("}") for _, value in fields), entry
        assert len(dict(fields)) == len(fields), entry
        entries[match[2]] = dict(fields)
    return entries


@pytest.mark.parametrize("id", ONE_OF_EACH_FAMILY)
def test_a_task_of_every_family_is_cited_on_the_command_line(id: str) -> None:
    result = CliRunner().invoke(app, ["cite", id])
    assert result.exit_code == 0
    entries = parse(result.output)
    assert list(entries) == ["gnomon", *TASKS[id].cites]
    assert entries["gnomon"]["version"] == __version__
    assert entries["gnomon"]["author"] == "{The gnomon authors}"


@pytest.mark.parametrize("id", list(TASKS))
def test_every_task_names_works_that_are_there(id: str) -> None:
    assert TASKS[id].cites, "set cites to keys of benchmarks/citations.bib"
    assert all_citations().keys() >= set(TASKS[id].cites)


def test_the_file_is_read_whole_and_every_entry_of_it_is_used() -> None:
    assert list(parse(FILE.read_text())) == list(all_citations())
    used = {FORMAT, *(key for task in every_task().values() for key in task.cites)}
    assert used == all_citations().keys()


def test_every_entry_says_who_what_and_when() -> None:
    for key, fields in parse(FILE.read_text()).items():
        assert {"author", "title", "year"} <= fields.keys(), key
        assert re.fullmatch(r"[12]\d{3}", fields["year"])
        assert fields["year"] in key


def test_a_dataset_that_is_built_has_its_content_hash_and_one_that_is_not_its_recipes(built: Dataset) -> None:
    manifest = built.manifest
    assert manifest.content_hash[:12] in parse(cite([built.id]))[f"gnomon/{built.id}"]["note"]
    assert cite([built.id]) == cite_dataset(manifest)
    other = "maze/umaze/wander-v1"
    assert RECIPES[other].hash[:12] in parse(cite([other]))[f"gnomon/{other}"]["note"]


def test_several_are_cited_in_one_go_and_nothing_twice(home: Path) -> None:
    entries = parse(cite(["maze/umaze/wander-v1", "maze/open/wander-v1", "metaworld/reach-v1"]))
    assert len([key for key in entries if key.startswith("gnomon/")]) == 2
    assert entries.keys() >= {"fu2020d4rl", "yu2019metaworld", FORMAT}


def test_the_card_holds_what_the_command_prints(carded: Dataset) -> None:
    assert cite([carded.id]) in (carded.path / "README.md").read_text()
    assert ("fu2020d4rl" in cite([carded.id])) == (carded.manifest.task is not None)


@pytest.mark.parametrize("id", ["maze/umaz-v1", "nothing", "../up-v1"])
def test_an_unknown_id_is_refused(id: str) -> None:
    with pytest.raises(UnknownId):
        cite([id])
