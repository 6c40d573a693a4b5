"""Pictures of the randomised kitchen: the same state gives the same bytes, and lights, colours, cameras change them."""

# pyright: reportAttributeAccessIssue=false
# MuJoCo's functions are compiled and have no types.

import hashlib
import subprocess
import sys

import mujoco
import numpy as np
import pytest
from rendering import skip_without_renderer

from gnomon.benchmarks.simulators import kitchen_pixels
from gnomon.benchmarks.simulators.kitchen_diverse import DiverseKitchen
from gnomon.benchmarks.simulators.kitchen_pixels import KitchenPixels, painter
from gnomon.benchmarks.tasks.kitchen_diverse import SUBTASKS
from gnomon.errors import GnomonError

STANDARD = SUBTASKS["standard"]
PLAYED = """
import hashlib
from gnomon.benchmarks.simulators.kitchen_pixels import KitchenPixels
from gnomon.benchmarks.tasks.kitchen_diverse import SUBTASKS
kitchen = KitchenPixels(SUBTASKS["standard"])
pictures = [kitchen.reset(seed=3)[0]] + [kitchen.step(kitchen.action_space.high / 2)[0] for _ in range(3)]
print(hashlib.sha256(b"".join(picture.tobytes() for picture in pictures)).hexdigest())
"""


@pytest.fixture(scope="module")
def kitchen() -> KitchenPixels:
    skip_without_renderer()
    return KitchenPixels(STANDARD)


def test_another_process_draws_the_same_bytes(kitchen: KitchenPixels) -> None:
    kitchen.reset(seed=8)  # a used kitchen, in a process that drew others
    pictures = [kitchen.reset(seed=3)[0]] + [kitchen.step(kitchen.action_space.high / 2)[0] for _ in range(3)]
    here = hashlib.sha256(b"".join(picture.tobytes() for picture in pictures)).hexdigest()
    there = subprocess.run([sys.executable, "-c", PLAYED], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def test_an_observation_is_two_pictures_that_show_something(kitchen: KitchenPixels) -> None:
    picture, _ = kitchen.reset(seed=1)
    assert kitchen.observation_space.contains(picture)
    fixed, wrist = picture[:3], picture[3:]
    assert fixed.std() > 20
    assert wrist.std() > 20
    assert np.abs(fixed.astype(int) - wrist).mean() > 20


@pytest.mark.parametrize(
    ("array", "place", "other"),
    [
        ("light_diffuse", 0, 0.0),
        ("light_dir", 1, [0.0, 0.0, -1.0]),
        ("mat_rgba", "counter_marble", [1.0, 0.0, 0.0, 1.0]),
        ("cam_pos", "fixed", [-1.0, -1.0, 2.9]),
        ("mat_texid", "M_slide_blue", None),
    ],
)
def test_lights_colours_materials_and_cameras_are_seen(
    kitchen: KitchenPixels, array: str, place: int | str, other: object
) -> None:
    before, model = kitchen.reset(seed=1)[0][:3], kitchen.kitchen.model
    values = getattr(model, array)
    kind = model.camera if array.startswith("cam") else model.mat
    row = place if isinstance(place, int) else kind(place).id
    values[row] = model.mat_texid[model.mat("kettle_wood").id] if other is None else other
    mujoco.mj_camlight(model, kitchen.kitchen.data)
    after = painter().paint(model, kitchen.kitchen.data, "fixed").transpose(2, 0, 1)
    assert np.abs(before.astype(int) - after).max() > 10


def test_a_kettle_is_drawn_in_the_size_of_its_kitchen(kitchen: KitchenPixels) -> None:
    """One renderer draws two kitchens in turn: each gets its own kettle."""
    other = KitchenPixels(STANDARD)
    own = kitchen.reset(seed=1)[0]
    other.reset(seed=2)
    assert np.array_equal(kitchen._pictures(), own)
    model = kitchen.kitchen.model
    for mesh in ("kettle", "kettlehandle"):
        first, count = model.mesh_vertadr[model.mesh(mesh).id], model.mesh_vertnum[model.mesh(mesh).id]
        model.mesh_vert[first : first + count] *= 1.2
    assert not np.array_equal(kitchen._pictures(), own)


def test_the_state_underneath_is_that_of_the_same_seed(kitchen: KitchenPixels) -> None:
    state = DiverseKitchen(STANDARD)
    state.reset(seed=6)
    kitchen.reset(seed=6)
    for action in np.random.default_rng(0).uniform(-1, 1, (5, 9)):
        assert kitchen.step(action)[1:4] == state.step(action)[1:4]
    assert np.array_equal(kitchen.kitchen.data.qpos, state.data.qpos)


def test_no_renderer_is_one_sentence_with_the_packages_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kitchen_pixels, "BACKENDS", ("missing",))
    with pytest.raises(GnomonError, match=r"missing: ModuleNotFoundError.*apt-get install libegl1"):
        painter.__wrapped__()
