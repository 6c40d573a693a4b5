"""Aspects by which a judge rates answers: name → what the judge is told to look at.

The first four are UltraFeedback's (arXiv 2310.01377), the last four CodeUltraFeedback's beside following instructions
(arXiv 2403.09032); the wordings are ours.
"""

from collections.abc import Mapping, Sequence

from gnomon.errors import UsageError

ASPECTS: Mapping[str, str] = {
    "instruction-following": "Does the answer do what the task asks, all of it and nothing against it?",
    "truthfulness": "Is everything that the answer states true, and does nothing contradict the task?",
    "honesty": "Is the answer as sure of what it says as it can be, and does it admit what it does not know?",
    "helpfulness": "Is the answer right, complete, and of use to who asked?",
    "code-explanation": "Is the code explained so that a reader understands what it does and why?",
    "code-efficiency": "Does the code need as little time and memory as the task allows?",
    "code-readability": "Is the code easy to read: names, structure, comments?",
    "code-style": "Does the code keep to the conventions of its language?",
}


def aspects_of(words: Sequence[str]) -> dict[str, str]:
    """The aspects that words name: known ones, or `name=what to look at`.

    >>> aspects_of(["brevity=Is the answer short?"])
    {'brevity': 'Is the answer short?'}

    Raises:
        UsageError: there is no such aspect, none is named, or one twice.
    """
    found: dict[str, str] = {}
    for word in words:
        name, _, told = word.partition("=")
        if name in found:
            raise UsageError(f"The aspect {name} is named twice.")
        if not told and name not in ASPECTS:
            raise UsageError(
                f"There is no aspect {name!r}; take {', '.join(ASPECTS)}, or write {name}=WHAT-TO-LOOK-AT."
            )
        found[name] = told or ASPECTS[name]
    if not found:
        raise UsageError(f"Name at least one aspect: {', '.join(ASPECTS)}.")
    return found
