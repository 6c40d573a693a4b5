"""The pictures: SVG, the same bytes twice, no trace of time or place, and no global state."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest

from gnomon.datasets.cards.plots import draw
from gnomon.datasets.columns import Columns
from gnomon.datasets.dataset import Dataset


def with_columns(dataset: Dataset, **changed: np.ndarray) -> Dataset:
    """The dataset with other columns, in memory."""
    other = replace(dataset)
    columns: Columns = {**dataset.columns, **changed}
    other.__dict__["columns"] = columns
    return other


def test_every_picture_is_svg_with_a_caption_and_nothing_of_today(carded: Dataset) -> None:
    pictures = draw(carded)
    assert list(pictures) == ["returns", "lengths", *(["observations"] if carded.manifest.task else [])]
    for picture in pictures.values():
        assert ElementTree.fromstring(picture.svg).tag == "{http://www.w3.org/2000/svg}svg"
        assert picture.caption.endswith(".")
        assert "dc:date" not in picture.svg
        assert str(Path.home()) not in picture.svg


def test_equal_data_gives_equal_bytes_whatever_the_user_has_set(small: Dataset) -> None:
    first = draw(small)
    with mpl.rc_context({"font.size": 30, "svg.hashsalt": None}):
        before = dict(mpl.rcParams)
        assert draw(small) == first
        assert dict(mpl.rcParams) == before


def test_the_histogram_counts_every_episode(small: Dataset) -> None:
    reached = np.zeros_like(small.columns["success"])
    count = small.manifest.episodes
    assert draw(with_columns(small, success=reached))["returns"].caption.endswith(f": {count} without success.")
    reached[small.columns["offsets"][1:3] - 1] = True
    caption = draw(with_columns(small, success=reached))["lengths"].caption
    assert caption == f"Length of the episodes: 2 with success, {count - 2} without success."


@pytest.mark.parametrize("reward", [0.0, 1e-3, -1e9])
def test_returns_that_are_all_equal_are_drawn(small: Dataset, reward: float) -> None:
    rewards = np.zeros_like(small.columns["rewards"])
    rewards[small.columns["offsets"][:-1]] = reward
    assert "returns" in draw(with_columns(small, rewards=rewards))


def test_a_picture_that_would_show_nothing_is_absent(small: Dataset) -> None:
    nothing = np.full_like(small.columns["rewards"], np.nan)
    still = np.zeros_like(small.columns["observations"])
    assert list(draw(with_columns(small, rewards=nothing, observations=still))) == ["lengths"]


def test_the_share_of_visited_cells_is_the_measure(built: Dataset) -> None:
    from gnomon.datasets.measures.coverage import coverage

    measured = coverage(built)
    assert measured is not None
    assert f"{measured['share']:.0%} visited" in draw(built)["observations"].caption
