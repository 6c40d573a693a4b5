"""BLEU and chrF: how much of the gold answer's wording the answer has. Proxies of a right answer, not verdicts.

Both come from sacrebleu (arXiv 1804.08771), with its standard settings for one sentence: BLEU (Papineni et al. 2002,
ACL, doi 10.3115/1073083.1073135) with 13a tokens, exponential smoothing and effective order; chrF (Popović 2015,
doi 10.18653/v1/W15-3049) with character n-grams up to 6 and β = 2. They need `pip install 'gnomon[language]'`.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from gnomon.benchmarks.contracts import Item
from gnomon.benchmarks.verifiers import VERIFIERS, Sample, Verifier
from gnomon.benchmarks.verifiers.answers import answer_of, gold_text, sample
from gnomon.errors import UsageError

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric


@cache
def _metric(name: str) -> "Metric":
    try:
        from sacrebleu.metrics.bleu import BLEU
        from sacrebleu.metrics.chrf import CHRF
    except ImportError as error:
        raise UsageError(f"{name} needs sacrebleu; install it with: pip install 'gnomon[language]'") from error
    return BLEU(effective_order=True) if name == "bleu" else CHRF()


def _scored_by(name: str) -> Callable[[str, Item], float]:
    def score(completion: str, item: Item) -> float:
        """The metric of the answer against the gold answer, divided by 100; 0 without an answer."""
        wanted, answer = gold_text(item), answer_of(completion)
        if answer is None:
            return 0.0
        return min(_metric(name).sentence_score(answer, [wanted]).score / 100, 1.0)  # pyright: ignore[reportAttributeAccessIssue]

    return score


def samples() -> Sequence[Sample]:
    return [
        sample("the old miller sleeps under the tree", near_misses=("the old miller sleeps", "a cat")),
        sample("seven bright lamps burn in the tower", near_misses=("seven lamps", "lamps seven the in bright")),
        sample("nobody saw what the river carried away", near_misses=("river", "nobody nobody nobody nobody")),
    ]


for _name, _summary in {
    "bleu": "Sentence BLEU of the answer against the gold answer: word n-grams in common.",
    "chrf": "chrF of the answer against the gold answer: character n-grams in common.",
}.items():
    VERIFIERS.add(
        _name,
        Verifier(
            summary=_summary,
            score=_scored_by(_name),
            check=gold_text,
            samples=samples,
            judges="similarity",
            source="sacrebleu, arXiv 1804.08771",
        ),
    )
