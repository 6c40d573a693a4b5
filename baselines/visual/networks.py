"""Two small networks that look at a picture, read the instruction, and give every answer a logit.

GlyphNetwork   reads the cells of a `scene-class` picture by one convolutional network, and compares each example with
               the drawing that is asked for by another; the answers are the letters
ScreenNetwork  reads a `ui-click` screen by a convolutional network into a grid of vectors, adds how well a filter that
               is made of the instruction's letters fits there (dynamic filters, arXiv 1605.09673), and multiplies
               each by a vector of the instruction; the answers are a kind of action and a place of the grid

They know where the cells of a picture are and how large letters are drawn; glyphs and letters themselves are learned.
"""

from collections.abc import Sequence
from itertools import product

import torch
from torch import Tensor, nn
from torch.nn import functional

from gnomon.benchmarks.media.font import HEIGHT, PITCH
from gnomon.benchmarks.media.png import pixels_of
from gnomon.benchmarks.visual import scene_class, ui_click

READ = 24  # characters of the instruction, its last ones
LABEL = 4  # letters of a label, which stand before the full stop
APART = 8  # pixels between two places of the grid: every widget is 9 pixels high and wide or more


class GlyphNetwork(nn.Module):
    """The eight letters' logits of a `scene-class` picture; the instruction is always the same and is not read."""

    answers: tuple[str, ...] = tuple(scene_class.LETTERS)
    size = scene_class.HEIGHT, scene_class.WIDTH

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.Flatten(),
            nn.Linear(32 * (scene_class.CELL // 4) ** 2, 64),
        )  # fmt: skip
        self.alike = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, pictures: Tensor, instructions: Tensor) -> Tensor:
        """[B, 3, height, width] in 0 … 1 and [B, READ] codes → [B, answers] logits."""
        read = self.cell(_cells(pictures).flatten(0, 1)).unflatten(0, (len(pictures), -1))
        return self.alike((read[:, :-1] - read[:, -1:]).abs())[..., 0]

    def index_of(self, answer: str) -> int:
        """The number of a gold answer."""
        return self.answers.index(answer)


def _cells(pictures: Tensor) -> Tensor:
    """[B, 9, 3, CELL, CELL] the examples in the order of their letters, and the drawing that is asked for."""
    size, columns = scene_class.CELL, scene_class.COLUMNS
    corners = [((size + 7) * (n // columns), size * (n % columns)) for n in range(len(scene_class.LETTERS))]
    corners.append((scene_class.HEIGHT - size, (scene_class.WIDTH - size) // 2))
    return torch.stack([pictures[:, :, y : y + size, x : x + size] for y, x in corners], 1)


class ScreenNetwork(nn.Module):
    """The logits of all actions at all places of a `ui-click` screen."""

    answers: tuple[str, ...] = tuple(
        f"{action} {x + APART // 2}, {y + APART // 2}"
        for action in dict.fromkeys(ui_click.ACTIONS.values())
        for y, x in product(range(0, ui_click.SIDE, APART), repeat=2)
    )
    size = ui_click.SIDE, ui_click.SIDE

    def __init__(self) -> None:
        super().__init__()
        self.letters = nn.Embedding(128, HEIGHT * PITCH)
        self.near_label = nn.Conv2d(1, 64, 3, padding=1)
        self.widgets = nn.Sequential(
            nn.Conv2d(3, 16, 5, stride=2, padding=2), nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1),
        )  # fmt: skip
        self.places = nn.Sequential(nn.ReLU(), nn.Conv2d(64, 64, 1), nn.ReLU(), nn.Conv2d(64, 64, 1))
        self.instruction = nn.Sequential(
            nn.Embedding(128, 16), nn.Flatten(), nn.Linear(16 * READ, 128), nn.ReLU(), nn.Linear(128, 64 + 3)
        )

    def forward(self, pictures: Tensor, instructions: Tensor) -> Tensor:
        """[B, 3, height, width] in 0 … 1 and [B, READ] codes → [B, answers] logits."""
        wanted, actions = self.instruction(instructions).split([64, 3], 1)
        read = self.near_label(self._label(pictures, instructions[:, -LABEL - 1 : -1]))
        places = torch.einsum("bchw,bc->bhw", self.places(self.widgets(pictures) + read), wanted).flatten(1) / 8
        return (actions[:, :, None] + places[:, None]).flatten(1)

    def _label(self, pictures: Tensor, label: Tensor) -> Tensor:
        """[B, 1, rows, columns] of the grid: how well the label fits that begins near a place, best of its pixels."""
        height, width = pictures.shape[2:]
        contrast = (pictures - pictures[:, :, :1, :1]).abs().mean(1, keepdim=True)  # to the upper left pixel
        room = functional.pad(contrast, (0, LABEL * PITCH, 0, HEIGHT - 1))
        around = functional.unfold(room, (HEIGHT, PITCH))  # [B, HEIGHT · PITCH, pixels]
        fits = (self.letters(label) @ around).unflatten(2, (height, -1))  # [B, LABEL, height, more than width]
        whole = torch.stack([fits[:, n, :, PITCH * n : PITCH * n + width] for n in range(LABEL)]).sum(0)
        return functional.max_pool2d(whole[:, None], APART)

    def index_of(self, answer: str) -> int:
        """The number of the action at the place that is nearest to a gold one; widgets are large enough to hold it."""
        action, _, place = answer.partition(" ")
        x, y = (int(number) // APART * APART + APART // 2 for number in place.split(", "))
        return self.answers.index(f"{action} {x}, {y}")


AnswerNetwork = GlyphNetwork | ScreenNetwork
NETWORKS: dict[str, type[GlyphNetwork] | type[ScreenNetwork]] = {
    "visual/scene-class-v1": GlyphNetwork,
    "visual/ui-click-v1": ScreenNetwork,
}


def pictures_of(files: Sequence[bytes], size: tuple[int, int]) -> Tensor:
    """[B, 3, height, width] in 0 … 1; what a picture lacks to that size, on the right and below, is black."""
    pictures = torch.zeros(len(files), 3, *size)
    for picture, file in zip(pictures, files, strict=True):
        pixels = torch.tensor(pixels_of(file)[: size[0], : size[1]]).permute(2, 0, 1)
        picture[:, : pixels.shape[1], : pixels.shape[2]] = pixels / 255
    return pictures


def codes_of(prompts: Sequence[str]) -> Tensor:
    """[B, READ] the codes of the last characters of each prompt's first line, spaces before a shorter one."""
    lines = [prompt.partition("\n")[0][-READ:].rjust(READ) for prompt in prompts]
    return torch.tensor([[min(ord(character), 127) for character in line] for line in lines])
