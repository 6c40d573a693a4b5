"""JSON of strangers: strict UTF-8, bounded in length, depth and digits, no NaN or infinity, no key twice."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from gnomon.files import canonical_json
from gnomon.leaderboard.plain_text import objection_to, shown

LONGEST = 16 << 20  # bytes
DEEPEST = 24
MOST_DIGITS = 30  # of a whole number; a seed has 19
LONGEST_NUMBER = 60  # characters of any other
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)  # also one without an end: else quadratic time
_BRACKETS = re.compile(rb"[\[{\]}]")


def safe_json(content: bytes, longest: int = LONGEST) -> bytes:
    """The canonical JSON of a stranger's JSON text, each text of which may be shown.

    Raises:
        ValueError: as `bounded_json`, or a text has what nobody would see (`gnomon.leaderboard.plain_text`).
    """
    value = bounded_json(content, longest)
    for text in _strings(value):
        if objection := objection_to(text):
            raise ValueError(f"has the text '{shown(text, 40)}', which {objection}")
    return canonical_json(value)


def bounded_json(content: bytes, longest: int = LONGEST) -> Any:
    """The value of a stranger's JSON text; its texts may hold any character of Unicode.

    Raises:
        ValueError: it is no JSON, or passes a bound; the message ends a sentence that begins with the file's name.
    """
    if not content.strip():
        raise ValueError("is empty")
    if len(content) > longest:
        raise ValueError(f"has {len(content):,} bytes; it may have {longest:,}")
    return _parsed(content)


def _parsed(content: bytes) -> Any:
    text = _decoded(content)
    _check_depth(content)
    try:
        return json.loads(
            text,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON ({error.msg}, line {error.lineno}, column {error.colno})") from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("begins with a byte order mark")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start:,})") from error


def _check_depth(content: bytes) -> None:
    """Count brackets before anything recursive sees them."""
    depth = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub(b"", content)):
        depth += 1 if bracket.group() in b"[{" else -1
        if depth > DEEPEST:
            raise ValueError(f"is nested more than {DEEPEST} levels deep")


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"has a number of {len(digits):,} digits")
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"has a number of {len(digits):,} digits")
    if not math.isfinite(value := float(digits)):
        raise ValueError(f"has the number {digits}, which is infinite")
    return value


def _constant(name: str) -> NoReturn:
    raise ValueError(f"has {name}, which is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("has one key twice in an object")
    return found


def _strings(value: Any) -> Iterator[str]:
    """Every key and every text in a value that is not deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(entry)
    elif isinstance(value, dict):
        yield from value
        for entry in value.values():
            yield from _strings(entry)
