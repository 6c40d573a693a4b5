"""Make docs/images/kitchen-diverse.png: randomised kitchens, and below each what a policy sees of it.

python docs/make_kitchen_diverse.py
"""

import os
from pathlib import Path

os.environ.setdefault("MUJOCO_GL", "egl")  # MuJoCo reads it when it is imported

import mujoco
import numpy as np
from PIL import Image

from gnomon.benchmarks.seeds import seed_of
from gnomon.benchmarks.simulators.kitchen_pixels import SIDE, KitchenPixels
from gnomon.benchmarks.tasks.kitchen_diverse import SUBTASKS

FILE = Path(__file__).parent / "images" / "kitchen-diverse.png"
COLUMNS, ROWS = 4, 2
WIDTH, HEIGHT, GAP = 256, 192, 4  # pixels
COLOURS = 128  # of the sheet's palette


def main() -> None:
    """The kitchens of the first episodes that are played for the score scale."""
    kitchen = KitchenPixels(SUBTASKS["standard"])
    cell = HEIGHT + 2 * SIDE
    sheet = Image.new("RGB", (COLUMNS * (WIDTH + GAP) - GAP, ROWS * (cell + GAP) - GAP), (150, 150, 150))
    for place in range(COLUMNS * ROWS):
        corner = (place % COLUMNS * (WIDTH + GAP), place // COLUMNS * (cell + GAP))
        seen, _ = kitchen.reset(seed=seed_of("reference", "kitchen-diverse/standard-v1", place))
        sheet.paste(photograph(kitchen), corner)
        for camera in range(2):
            picture = Image.fromarray(seen[3 * camera : 3 * camera + 3].transpose(1, 2, 0))
            enlarged = picture.resize((2 * SIDE, 2 * SIDE), Image.Resampling.NEAREST)
            sheet.paste(enlarged, (corner[0] + camera * 2 * SIDE, corner[1] + HEIGHT))
    sheet.quantize(COLOURS).save(FILE, optimize=True)


def photograph(kitchen: KitchenPixels) -> Image.Image:
    """The kitchen from its fixed camera, with shadows and all meshes."""
    model, data = kitchen.kitchen.model, kitchen.kitchen.data
    with mujoco.Renderer(model, HEIGHT, WIDTH) as renderer:
        renderer.update_scene(data, "fixed")
        return Image.fromarray(np.asarray(renderer.render()))


if __name__ == "__main__":
    main()
