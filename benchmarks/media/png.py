"""PNG files as ISO/IEC 15948 describes them: 8 bits a channel, red, green and blue, no filter.

The pixels stand in stored blocks of RFC 1951 (section 3.2.4), not compressed: what a compressor writes differs from one
version of zlib to the next, and the file shall not. Parquet compresses whole columns of them again.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LONGEST_BLOCK = 65_535


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    """The file of a picture, [height, width, 3]."""
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with the number of its filter: 0, none
    rows[:, 1:] = pixels.reshape(height, 3 * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", _stored(rows.tobytes())) + _chunk(b"IEND", b"")


def pixels_of(file: bytes) -> NDArray[np.uint8]:
    """[height, width, 3] the picture of a file that `png_of` wrote; of other PNG files it knows nothing.

    >>> pixels_of(png_of(np.full((2, 3, 3), 7, np.uint8))).shape
    (2, 3, 3)
    """
    width, height = struct.unpack(">II", file[16:24])
    (length,) = struct.unpack(">I", file[33:37])
    rows = np.frombuffer(zlib.decompress(file[41 : 41 + length]), np.uint8).reshape(height, 1 + 3 * width)
    return rows[:, 1:].reshape(height, width, 3)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stored(data: bytes) -> bytes:
    """A zlib stream (RFC 1950) of stored blocks."""
    blocks = [data[start : start + LONGEST_BLOCK] for start in range(0, len(data), LONGEST_BLOCK)]
    parts = [
        struct.pack("<BHH", place == len(blocks) - 1, len(block), len(block) ^ 0xFFFF) + block
        for place, block in enumerate(blocks)
    ]
    return b"\x78\x01" + b"".join(parts) + struct.pack(">I", zlib.adler32(data))
