"""Random numbers that are a function of (seed, purpose, update, position): the same alone, in a stack, and resumed.

Each number is SplitMix64's finaliser (Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195; constants of Stafford's
variant 13) of a 64-bit counter, in PyTorch's int64 arithmetic, so that row numbers are equal on every device.
"""

import hashlib
from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor

from gnomon.baselines.engine.learner import Draw
from gnomon.files import canonical_json

_GAMMA = 0x9E3779B97F4A7C15 - 2**64  # the golden ratio, as a signed number
_FIRST, _SECOND = 0xBF58476D1CE4E5B9 - 2**64, 0x94D049BB133111EB - 2**64
_LANES = 64  # draws are rounded up to it, so that every number takes the vectorised path of a kernel


def key_of(seed: int, purpose: str) -> int:
    """A signed 64-bit key; two purposes of one seed share no number."""
    digest = hashlib.sha256(canonical_json(["train", purpose, seed])).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def keys_of(seeds: Sequence[int], purpose: str, device: str = "cpu") -> Tensor:
    """[S] int64 keys."""
    return torch.tensor([key_of(seed, purpose) for seed in seeds], dtype=torch.int64, device=device)


def integers(keys: Tensor, updates: Tensor, count: int, high: int) -> Tensor:
    """[K, S, count] int64 in 0 … high − 1, of K updates and S keys; the bias is below high · 2⁻³²."""
    return scaled(words(keys, updates, count), high)


def words(keys: Tensor, updates: Tensor, count: int) -> Tensor:
    """[K, S, count] int64 in 0 … 2³² − 1."""
    return (_bits(keys, updates, count) >> 32 & 0xFFFFFFFF)[..., :count]


def scaled(words: Tensor, high: int) -> Tensor:
    """Integers in 0 … high − 1 of what `words` gives."""
    return words * high >> 32


def uniforms(keys: Tensor, updates: Tensor, count: int) -> Tensor:
    """[K, S, count] float32 in 0 … 1, on a grid of 2⁻²⁴."""
    return _unit(_bits(keys, updates, count), 40)[..., :count]


def normals(keys: Tensor, updates: Tensor, count: int) -> Tensor:
    """[K, S, count] standard normal float32 (Box and Muller), at most 5.9 in size."""
    bits = _bits(keys, updates, -(-count // 2))
    radius = (-2 * (_unit(bits, 40) + 2**-25).log()).sqrt()
    angle = 2 * torch.pi * _unit(bits, 8)
    return torch.cat([radius * angle.cos(), radius * angle.sin()], -1)[..., :count]


def drawn(draw: Draw, keys: Tensor, updates: Tensor) -> Tensor:
    """[K, S, …] what a learner declares, of K updates and S keys."""
    source = normals if draw.kind == "normal" else uniforms
    return source(keys, updates, prod(draw.shape)).view(len(updates), len(keys), *draw.shape)


def _bits(keys: Tensor, updates: Tensor, count: int) -> Tensor:
    """[K, S, count rounded up to `_LANES`] 64 random bits."""
    lanes = torch.arange(1, -(-count // _LANES) * _LANES + 1, device=keys.device) * _GAMMA
    states = _mixed(keys + updates[:, None] * _GAMMA)
    return _mixed(states[..., None] + lanes)


def _mixed(bits: Tensor) -> Tensor:
    bits = (bits ^ _shifted(bits, 30)) * _FIRST
    bits = (bits ^ _shifted(bits, 27)) * _SECOND
    return bits ^ _shifted(bits, 31)


def _shifted(bits: Tensor, count: int) -> Tensor:
    """A logical shift to the right: zeros enter, whatever the sign."""
    return bits >> count & (1 << (64 - count)) - 1


def _unit(bits: Tensor, position: int) -> Tensor:
    """The 24 bits at a position, as a float32 in 0 … 1."""
    return (bits >> position & 0xFFFFFF).to(torch.float32) * 2**-24
