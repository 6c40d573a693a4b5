"""Make a moving picture (GIF) and a sheet of frames (PNG) of a policy that plays a task.

    python docs/make_clips.py kitchen/four-v1                                   # the task's expert
    python docs/make_clips.py kitchen/four-v1 --data kitchen/four/mixed-v1      # what collects that data
    python docs/make_clips.py kitchen/four-v1 --policy uniform --name kitchen-random

The task needs the render mode `rgb_array`; its frames are what `render()` returns. Episodes are the first of a recipe,
or those of the reference seeds. The files are docs/images/NAME.gif and docs/images/NAME.png. MuJoCo draws off screen
by EGL unless MUJOCO_GL says otherwise; `gnomon doctor` says what works here.
"""

import argparse
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("MUJOCO_GL", "egl")  # MuJoCo reads it when it is imported

import numpy as np
from PIL import Image

from gnomon.benchmarks.contracts import ControlTask, Policy, StochasticPolicy
from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.tasks import TASKS
from gnomon.datasets.policies import POLICIES
from gnomon.datasets.recipes import RECIPES

IMAGES = Path(__file__).parent / "images"
COLOURS = 128  # of the palette of a file: more make it larger and hardly better
METHOD = Image.Quantize.FASTOCTREE  # the others leave small things grey
SHEET = (2, 6)  # rows and columns of the sheet
GAP = 4  # pixels between two pictures of it


def main() -> None:
    """Play, and write both files."""
    asked = arguments()
    task = TASKS[asked.task]
    policy, key = player(task, asked.data, asked.policy)
    seeds = [seed_of("collect" if asked.data else "reference", key, index) for index in range(asked.episodes)]
    frames = [frame for seed in seeds for frame in play(task, policy, seed)]
    frames = [frame.resize((asked.width, round(asked.width * frame.height / frame.width))) for frame in frames]
    name = asked.name or (asked.data or asked.task).rpartition("-v")[0].replace("/", "-")
    save_clip(frames[:: asked.every], asked.every * 1000 // asked.rate, IMAGES / f"{name}.gif")
    sheet_of(frames).quantize(COLOURS, METHOD).save(IMAGES / f"{name}.png", optimize=True)


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", help="id of a control task")
    parser.add_argument("--data", help="id of a recipe, whose policy plays its first episodes")
    parser.add_argument("--policy", help="id of a behaviour policy; by default the task's expert")
    parser.add_argument("--episodes", type=int, default=2, help="how many, one behind the other")
    parser.add_argument("--every", type=int, default=2, help="only every so many-th frame is in the GIF")
    parser.add_argument("--rate", type=int, default=20, help="steps of the environment a second of the GIF")
    parser.add_argument("--width", type=int, default=200, help="pixels")
    parser.add_argument("--name", help="of the files; by default that of the recipe or of the task")
    return parser.parse_args()


def player(task: ControlTask, data: str | None, policy: str | None) -> tuple[Policy, str]:
    """Who plays, and the key of the seeds of the episodes; a recipe of parts is played by its first."""
    if data is None:
        return POLICIES[policy or task.expert](task), task.id
    recipe = RECIPES[data].parts[0] if RECIPES[data].parts else RECIPES[data]
    return POLICIES[recipe.policy](task, **recipe.options), recipe.hash


def play(task: ControlTask, policy: Policy, seed: int) -> list[Image.Image]:
    """The frames of one episode, that of the start included."""
    environment = task.make(render_mode="rgb_array")
    observation, _ = environment.reset(seed=seed)
    if isinstance(policy, StochasticPolicy):
        policy.start_episodes([0], [seed])
    frames, over, reset = [environment.render()], False, True
    while not over:
        action = np.asarray(policy.act(observation[None], np.array([reset])))[0]
        observation, _, terminated, truncated, _ = environment.step(action)
        frames.append(environment.render())
        over, reset = terminated or truncated, False
    environment.close()
    return [Image.fromarray(np.asarray(frame)) for frame in frames]


def save_clip(frames: list[Image.Image], milliseconds: int, path: Path) -> None:
    """A GIF that repeats for ever; all frames share the palette of the sheet, so that nothing flickers."""
    palette = sheet_of(frames).quantize(COLOURS, METHOD)
    drawn = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    options: dict[str, Any] = {"duration": milliseconds, "loop": 0, "optimize": True}
    drawn[0].save(path, save_all=True, append_images=drawn[1:], **options)


def sheet_of(frames: list[Image.Image]) -> Image.Image:
    """Frames at equal distances, from the first to the last, row by row."""
    rows, columns = SHEET
    width, height = (side + GAP for side in frames[0].size)
    sheet = Image.new("RGB", (columns * width - GAP, rows * height - GAP), (255, 255, 255))
    for place, number in enumerate(np.linspace(0, len(frames) - 1, rows * columns).round().astype(int)):
        sheet.paste(frames[number], (place % columns * width, place // columns * height))
    return sheet


if __name__ == "__main__":
    main()
