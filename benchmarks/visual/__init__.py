"""The visual tasks: language tasks whose items carry a picture or a sound; each file registers one or two.

An item's scene, all that is drawn, stands in its argument `scene`; its template is the renderer. So the picture is a
function of the item, equal byte for byte on every machine, and need not be stored. The views are the three levels of
SEED-Bench-R1 (arXiv 2503.24376): L1, renderers of training; L2, the same problems by a renderer that training never
has; L3, related tasks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from gnomon.benchmarks.contracts import Item, LanguageTask
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

    def file_of(self, item: Item) -> bytes:
        """The picture (PNG) or sound (WAV) of one of the task's items."""
        return self.render(item.arguments["scene"], item.template)


VISUAL_TASKS: Registry[VisualTask] = Registry("visual task", __name__)


def file_of(item: Item) -> bytes:
    """The picture (PNG) or sound (WAV) of an item of any visual task; UnknownId where the task is none of them."""
    return VISUAL_TASKS[item.task].file_of(item)
