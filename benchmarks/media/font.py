"""A font of our own, 3 × 5 pixels a character: capital letters, digits and a space."""

import numpy as np

from gnomon.benchmarks.media.canvas import Mask, Pixels, Point

PITCH, HEIGHT = 4, 5
ROWS = {  # five octal digits, a row each, the highest bit on the left
    "A": "25755", "B": "65656", "C": "34443", "D": "65556", "E": "74647", "F": "74644", "G": "34553", "H": "55755",
    "I": "72227", "J": "11152", "K": "55655", "L": "44447", "M": "57755", "N": "65555", "O": "25552", "P": "65644",
    "Q": "25563", "R": "65655", "S": "34216", "T": "72222", "U": "55557", "V": "55552", "W": "55775", "X": "55255",
    "Y": "55222", "Z": "71247", " ": "00000", "0": "75557", "1": "26227", "2": "61247", "3": "61216", "4": "55711",
    "5": "74616", "6": "34752", "7": "71122", "8": "75757", "9": "75716",
}  # fmt: skip


def width_of(text: str) -> int:
    """Pixels from the first to the last column.

    >>> width_of("OK")
    7
    """
    return PITCH * len(text) - 1


def writing(pixels: Pixels, text: str, corner: Point) -> Mask:
    """The pixels of a text whose upper left corner is `corner`; it must fit into the picture."""
    mask = np.zeros(pixels.shape[:2], np.bool_)
    for place, character in enumerate(text):
        for row, digit in enumerate(ROWS[character]):
            for column in range(3):
                lit = bool(int(digit) >> (2 - column) & 1)
                mask[corner[1] + row, corner[0] + PITCH * place + column] = lit
    return mask
