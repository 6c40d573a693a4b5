"""The registry: discovery, double registration, near ids, and a file that fails to import."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gnomon.errors import UnknownId, UsageError
from gnomon.registry import Registry


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package with a registry in it, for files that a test writes."""
    folder = tmp_path / "animals"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from gnomon.registry import Registry\nANIMALS = Registry('animal', __name__)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "animals"]:
        del sys.modules[name]


def animals() -> Registry[int]:
    from animals import ANIMALS  # pyright: ignore[reportMissingImports]

    return ANIMALS


def test_one_new_file_is_one_new_entry(package: Path) -> None:
    for name in ("zebra", "ant"):
        (package / f"{name}.py").write_text(f"from animals import ANIMALS\nANIMALS.add({name!r}, 1)\n")
    assert list(animals()) == ["ant", "zebra"]
    assert len(animals()) == 2
    assert "ant" in animals()


def test_a_broken_file_is_named_and_hides_nothing(package: Path) -> None:
    (package / "ant.py").write_text("from animals import ANIMALS\nANIMALS.add('ant', 1)\n")
    (package / "bee.py").write_text("import no_such_module\n")
    assert list(animals()) == ["ant"]
    with pytest.raises(UnknownId, match=r"animals.bee could not be imported \(No module named 'no_such_module'\)"):
        animals()["bee"]


def test_an_unknown_id_suggests_the_nearest() -> None:
    registry: Registry[int] = Registry("animal")
    registry.add("ant/worker-v1", 1)
    with pytest.raises(UnknownId, match=r"no animal 'ant/werker-v1'\. Did you mean ant/worker-v1\?"):
        registry["ant/werker-v1"]
    with pytest.raises(UnknownId, match="Known: ant/worker-v1"):
        registry["whale"]
    assert issubclass(UnknownId, UsageError)


def test_a_second_registration_is_refused_with_both_places() -> None:
    registry: Registry[int] = Registry("animal")
    registry.register("ant")(1)
    with pytest.raises(ValueError, match=r"registered twice: in .*test_registry.py:\d+ and in .*test_registry.py:\d+"):
        registry.add("ant", 2)
    assert registry["ant"] == 1
