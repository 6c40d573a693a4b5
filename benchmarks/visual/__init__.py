"""The visual tasks: each file of this folder registers one kind of language task whose items carry a picture or a sound.

An item's scene, all that is drawn, stands in its argument `scene`; its template is the renderer. So the picture is a
function of the item, equal byte for byte on every machine, and need not be stored. The views: L1, renderers of training;
L2, the same problems by a renderer that training never has; L3, related tasks (the three levels of SEED-Bench-R1, arXiv
2503.24376).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from gnomon.benchmarks.contracts import Item, LanguageTask, Split, View
from gnomon.benchmarks.items import draw_items
from gnomon.registry import Registry

Media = Literal["image", "audio"]


@dataclass(frozen=True, kw_only=True, eq=False)
class VisualTask(LanguageTask):
    """A language task whose items carry a picture or a sound.

    Attributes:
        render: the file of a scene by the renderer of that name: PNG of an image, WAV of audio.
        media: which of the two.
    """

    render: Callable[[Any, str], bytes]
    media: Media = "image"

    def items(
        self, split: Split = "test", n: int = 100, *, view: View = "L1", level: int | None = None, key: str = ""
    ) -> list[Item]:
        """As of any language task; the L2 view has the same problems by an unseen renderer."""
        if view != "L3" or split == "train":
            return draw_items(self, split, n, view=view, level=level, key=key)
        share = -(-n // len(self.related))
        columns = [VISUAL_TASKS[id].items(split, share, level=level, key=key) for id in self.related]
        return [item for row in zip(*columns, strict=True) for item in row][:n]

    def file_of(self, item: Item) -> bytes:
        """The picture (PNG) or sound (WAV) of one of the task's items."""
        return self.render(item.arguments["scene"], item.template)


VISUAL_TASKS: Registry[VisualTask] = Registry("visual task", __name__)


def file_of(item: Item) -> bytes:
    """The picture (PNG) or sound (WAV) of an item of any visual task; UnknownId where the task is none of them."""
    return VISUAL_TASKS[item.task].file_of(item)
