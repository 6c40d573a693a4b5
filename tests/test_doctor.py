"""The doctor: all is well here, each fault gets its state and a way out, and a problem is exit code 1."""

import json
from collections import namedtuple
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from gnomon import doctor
from gnomon.doctor import machine, programs, software
from gnomon.doctor.check import Check, succeeds


def test_every_check_that_is_not_ok_has_a_way_out(home: Path) -> None:
    found = doctor.examine()
    assert len(found) >= len(doctor.CHECKS) - 1  # the tested versions are known in a checkout only
    assert len({check.name for check in found}) == len(found)
    for check in found:
        assert check.state in ("ok", "warning", "problem")
        assert bool(check.advice) == (check.state != "ok"), check
    assert not home.exists(), "looking makes nothing"


@pytest.mark.parametrize(("state", "code"), [("ok", 0), ("warning", 0), ("problem", 1)])
def test_only_a_problem_is_exit_code_1(state, code: int, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    import typer

    monkeypatch.setattr(doctor, "CHECKS", (lambda: Check("thing", state, "found", "way out"),))
    with pytest.raises(typer.Exit) as stopped:
        doctor.run(as_json=True)
    assert stopped.value.exit_code == code
    assert json.loads(capsys.readouterr().out) == [
        {"name": "thing", "state": state, "found": "found", "advice": "way out"}
    ]


def test_a_check_that_fails_is_a_problem_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_thing() -> Check:
        raise ImportError("libnothing.so")

    monkeypatch.setattr(doctor, "CHECKS", (broken_thing, software.python))
    first, second = doctor.examine()
    assert (first.name, first.state, first.found) == ("broken thing", "problem", "ImportError: libnothing.so")
    assert second.state == "ok"


@pytest.mark.parametrize(
    ("needed", "extra", "states"),
    [
        (["numpy>=2"], [], ["ok"]),
        (["numpy>=99"], [], ["ok", "problem"]),
        (["no-such-package>=1"], [], ["ok", "problem"]),
        ([], ["no-such-package>=1"], ["ok"]),
        ([], ["numpy>=99"], ["ok", "warning"]),
    ],
)
def test_packages_out_of_range(needed: list, extra: list, states: list, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(software, "_stated", lambda: (list(map(Requirement, needed)), list(map(Requirement, extra))))
    found = software.packages()
    assert [check.state for check in found] == states
    assert all(check.advice.startswith("pip install") for check in found[1:])


def test_the_ranges_are_those_of_pyproject_in_a_checkout_and_outside(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    needed, extra = software._stated()
    assert {"torch", "numpy", "pandas"} <= {one.name for one in needed}
    assert "pytest" in {one.name for one in extra}
    monkeypatch.setattr(software, "ROOT", tmp_path)
    installed, extras = software._stated()
    assert {"torch", "numpy", "pandas"} <= {one.name for one in installed}
    assert "pytest" in {one.name for one in extras}
    assert software.tested_versions() == []


def test_other_versions_than_the_tested_ones_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "constraints.txt").write_text("# made by hand\nnumpy==1.0.0\nno-such-package==3\n")
    monkeypatch.setattr(software, "ROOT", tmp_path)
    (check,) = software.tested_versions()
    assert check.state == "warning"
    assert "(tested: 1.0.0)" in check.found
    assert "no-such-package" not in check.found


def test_a_record_that_cannot_be_read_is_a_problem(home: Path) -> None:
    (home / "runs" / ("0" * 16)).mkdir(parents=True)
    check = software.runs()
    assert (check.state, check.found) == ("problem", "1 of 1 cannot be read")
    assert "Move" in check.advice


def test_a_dataset_that_cannot_be_read_is_a_problem(own_small: Path) -> None:
    assert software.datasets().state == "ok"
    (own_small / "manifest.json").write_text("{}")
    check = software.datasets()
    assert (check.state, check.found) == ("problem", "1 of 1 cannot be read")
    assert "make it again" in check.advice


def test_a_home_that_cannot_be_written_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GNOMON_HOME", str(tmp_path / "file" / "home"))
    check = machine.disk()
    assert (check.state, check.advice) == ("problem", "Set GNOMON_HOME to a folder of yours.")


@pytest.mark.parametrize(("free", "state"), [(0.5, "problem"), (5, "warning"), (50, "ok")])
def test_little_disk(free: float, state: str, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    usage = namedtuple("usage", "free")(int(free * machine.GIB))
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage)
    assert machine.disk().state == state


@pytest.mark.parametrize(("value", "state"), [("1", "ok"), ("4096", "warning"), ("many", "warning")])
def test_threads_set_by_hand(value: str, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", value)
    assert machine.threads().state == state


def test_products_that_round_are_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    from gnomon.baselines.engine import matmul

    monkeypatch.setattr(matmul, "relative_error", lambda _: 3e-3)
    assert machine.matrix_products().state == "problem"


@pytest.mark.parametrize("check", [programs.rendering, programs.sandbox, programs.chromium])
def test_a_program_that_is_missing_is_a_warning(check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "succeeds", lambda *_, **__: False)
    monkeypatch.setattr(programs.shutil, "which", lambda _: None)
    assert check().state == "warning"


def test_a_program_is_tried_with_its_environment() -> None:
    assert succeeds(["sh", "-c", 'test "$THING" = 1'], THING="1")
    assert not succeeds(["sh", "-c", "exit 3"])
    assert not succeeds(["/no/such/program"])


def test_a_gpu_is_named_and_one_that_pytorch_cannot_use_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    properties = namedtuple("properties", "name total_memory")("H100", 80 * machine.GIB)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: properties)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert machine.gpu().found.startswith("H100, 80 GiB, CUDA ")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(machine.shutil, "which", lambda _: "/usr/bin/nvidia-smi")
    assert machine.gpu().state == "warning"
