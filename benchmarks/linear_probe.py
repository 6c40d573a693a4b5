"""A linear probe: what can be told from a picture's pixels, or a sound's samples, without reading the question.

All items of a level are drawn by one renderer. Where the answer is a place, the probe is asked for its quarter. A task
is neutral where the probe is no better than the commonest answer.
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from gnomon.benchmarks.visual import VisualTask

TRAINED, TESTED = 600, 300  # items
HEADER = 44  # bytes before the samples of a WAV file; a PNG's pixels begin a little later
REGULAR = 0.1  # ridge, of the mean squared length of a centred input


@dataclass(frozen=True)
class Probe:
    """Accuracies on test items: of the probe, and of the commonest training label."""

    accuracy: float
    commonest: float


def linear_probe(task: VisualTask, level: int, trained: int = TRAINED, tested: int = TESTED) -> Probe:
    """Ridge regression from raw pixels or samples to the labels of one level's training items."""
    items = task.items("train", trained, level=level) + task.items("test", tested, level=level)
    renderer = next(iter(task.templates))
    files = [task.render(item.arguments["scene"], renderer) for item in items]
    inputs = _inputs(files, np.uint8 if task.media == "image" else np.dtype("<i2"))
    labels = np.array([_label(item.answer, file) for item, file in zip(items, files, strict=True)])
    known, counts = np.unique(labels[:trained], return_counts=True)
    targets = (labels[:trained, None] == known).astype(np.float64)
    guesses = known[_ridge(inputs[:trained], targets, inputs[trained:]).argmax(axis=1)]
    commonest = known[counts.argmax()]
    return Probe(float((guesses == labels[trained:]).mean()), float((commonest == labels[trained:]).mean()))


def _inputs(files: Sequence[bytes], kind: npt.DTypeLike) -> NDArray[np.float64]:
    """[files, values] what follows the header of each, whole numbers of `kind`; shorter files end in zeros."""
    values = [np.frombuffer(file[HEADER : len(file) // 2 * 2], kind) for file in files]
    padded = np.zeros((len(files), max(map(len, values))))
    for row, value in zip(padded, values, strict=True):
        row[: len(value)] = value
    return padded


def _label(answer: str, file: bytes) -> str:
    """The answer; where it is a place or boxes, the quarter of the PNG picture that has the first two numbers."""
    if "," not in answer:
        return answer
    width, height = struct.unpack(">II", file[16:24])
    x, y = (int(number) for number in re.findall("[0-9]+", answer)[:2])
    return f"{'right' if 2 * x >= width else 'left'} {'lower' if 2 * y >= height else 'upper'}"


def _ridge(train: NDArray[np.float64], targets: NDArray[np.float64], test: NDArray[np.float64]) -> NDArray[np.float64]:
    """[test, labels] predictions of ridge regression, solved among items: there are fewer of them than pixels."""
    centre, mean = train.mean(axis=0), targets.mean(axis=0)
    inputs = train - centre
    products = inputs @ inputs.T
    products[np.diag_indices_from(products)] += REGULAR * products.trace() / len(products)
    return (test - centre) @ (inputs.T @ np.linalg.solve(products, targets - mean)) + mean
