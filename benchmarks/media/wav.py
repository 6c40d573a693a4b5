"""Tones in whole numbers, and WAV files: RIFF, PCM, one channel, 16 bits, 8,000 samples a second.

A tone is a period of 2¹⁶ steps run through at its frequency, by a phase that is a whole number, so that every sample is
the same on every machine.
"""

import struct
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

RATE = 8_000  # samples a second
PERIOD = 1 << 16  # steps of a phase
RAMP = 80  # samples over which a tone begins and ends, against clicks

Wave = NDArray[np.int64]  # [samples], −32,768 to 32,767


def _square(phase: Wave) -> Wave:
    return np.where(phase < PERIOD // 2, 20_000, -20_000)


def _saw(phase: Wave) -> Wave:
    return phase - PERIOD // 2


def _triangle(phase: Wave) -> Wave:
    return 2 * np.abs(phase - PERIOD // 2) - PERIOD // 2


def _round(phase: Wave) -> Wave:
    """Two parabolas, near a sine: 4 x (1 − x) of each half period, then its negative."""
    half = phase % (PERIOD // 2)
    height = half * (PERIOD // 2 - half) >> 13
    return np.where(phase < PERIOD // 2, height, -height)


TIMBRES: dict[str, Callable[[Wave], Wave]] = {"square": _square, "saw": _saw, "triangle": _triangle}
UNSEEN_TIMBRES: dict[str, Callable[[Wave], Wave]] = {"round": _round}


def tone(timbre: str, decihertz: int, samples: int, percent: int) -> NDArray[np.int16]:
    """One tone.

    Args:
        timbre: the form of its period.
        decihertz: tenths of a hertz.
        samples: how long.
        percent: how loud, of the most.

    >>> tone("triangle", 20_000, 400, 100)[120:124].tolist()
    [32767, 0, -32768, 0]
    """
    phase = np.arange(samples, dtype=np.int64) * (decihertz * PERIOD) // (10 * RATE) % PERIOD
    wave = np.clip((TIMBRES | UNSEEN_TIMBRES)[timbre](phase), -32_768, 32_767)
    place = np.arange(samples, dtype=np.int64)
    ramp = np.minimum(np.minimum(place, samples - 1 - place), RAMP)
    return (wave * ramp * percent // (RAMP * 100)).astype(np.int16)


def wav_of(samples: NDArray[np.int16]) -> bytes:
    """The file of a sound."""
    data = samples.astype("<i2").tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI", b"RIFF", len(body)) + body
