"""Random numbers of the statistics: a stream for each purpose and name, whatever else is computed."""

import hashlib

import numpy as np

from gnomon.files import canonical_json


def keyed_stream(*key: str | int) -> np.random.Generator:
    """The stream of a key: equal keys give equal numbers, in any order and company (with one version of NumPy).

    >>> bool(keyed_stream("bootstrap", "bc", 0).random() == keyed_stream("bootstrap", "bc", 0).random())
    True
    """
    digest = hashlib.sha256(canonical_json(list(key))).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))
