"""Which characters a sentence or a name may have: what people see must be what is there.

Refused are control, format and bidirectional characters (they hide or turn text around: "Trojan Source", Boucher and
Anderson 2021, arXiv 2111.00169), text that is not in normal form C (Unicode Standard Annex 15), letters of Latin mixed
with Greek's or Cyrillic's in one word (they look alike: Unicode Technical Standard 39), and a first character that
makes a spreadsheet take the cell for a formula (OWASP, "CSV Injection").
"""

import re
import unicodedata

FORMULA = "=+-@\t\r"
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
MIXED = ("LATIN", "GREEK", "CYRILLIC")
LONGEST_SENTENCE = 300


def objection_to(text: str) -> str | None:
    """What is wrong with a text, as the end of a sentence; none where nothing is.

    >>> objection_to("Ada Lovelace"), objection_to("=1+1")
    (None, "begins with '=', which a spreadsheet takes for a formula")
    """
    if hidden := next((letter for letter in text if unicodedata.category(letter) in HIDDEN), None):
        return f"has the character U+{ord(hidden):04X}, which cannot be seen or turns text around"
    if text[:1] and text.lstrip()[:1] in tuple(FORMULA):
        return f"begins with {text.lstrip()[0]!r}, which a spreadsheet takes for a formula"
    if not unicodedata.is_normalized("NFC", text):
        return "is not in Unicode's normal form C"
    for word in re.findall(r"\w+", text):
        if len(scripts := _scripts(word)) > 1:
            return f"mixes {' and '.join(sorted(scripts))} letters in one word"
    return None


def check_text(text: str) -> str:
    """The text itself; raises ValueError where it has an objection."""
    if objection := objection_to(text):
        raise ValueError(f"the text {objection}")
    return text


def shown(text: str, longest: int = LONGEST_SENTENCE) -> str:
    r"""A stranger's text as it may be printed: in one line, bounded, and nothing in it hidden.

    >>> print(shown("a" + chr(0x202E) + "b" + chr(10)))
    a\u202eb\n
    """
    visible = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text[:longest])
    return visible if len(text) <= longest else f"{visible}…"


def _scripts(word: str) -> set[str]:
    names = (unicodedata.name(letter, "") for letter in word)
    return {name.partition(" ")[0].title() for name in names if name.startswith(MIXED)}
