"""Make docs/images/visual-*.png: for each visual task with pictures, a column a level and a row a renderer.

python docs/make_contact_sheets.py
"""

import io
from pathlib import Path

from PIL import Image

from gnomon.benchmarks.items import LEVELS
from gnomon.benchmarks.visual import VISUAL_TASKS, VisualTask

IMAGES = Path(__file__).parent / "images"
GAP, SCALE = 4, 2  # pixels between two pictures; how much larger a picture is shown
COLOURS = 32  # of the sheet's palette: the pictures have fewer


def main() -> None:
    """One sheet a task; the last row is the renderer that training never has."""
    for id, task in VISUAL_TASKS.items():
        if task.media == "image":
            name = id.removeprefix("visual/").rpartition("-")[0]
            sheet_of(task).quantize(COLOURS).save(IMAGES / f"visual-{name}.png", optimize=True)


def sheet_of(task: VisualTask) -> Image.Image:
    """Test items in order, a row of five levels by each renderer in turn."""
    renderers = [*task.templates, *task.unseen_templates]
    items = task.items("test", len(renderers) * len(LEVELS))
    files = [task.render(item.arguments["scene"], renderers[place // len(LEVELS)]) for place, item in enumerate(items)]
    pictures = [Image.open(io.BytesIO(file)) for file in files]
    width, height = (SCALE * side + GAP for side in pictures[0].size)
    sheet = Image.new("RGB", (width * len(LEVELS) - GAP, height * len(renderers) - GAP), (150, 150, 150))
    for place, picture in enumerate(pictures):
        corner = (width * (place % len(LEVELS)), height * (place // len(LEVELS)))
        sheet.paste(picture.resize((width - GAP, height - GAP), Image.Resampling.NEAREST), corner)
    return sheet


if __name__ == "__main__":
    main()
