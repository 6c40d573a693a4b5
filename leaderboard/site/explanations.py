"""What each statistic means, for readers of the page."""

from dataclasses import dataclass

from gnomon.evaluation.statistics import STATISTICS


@dataclass(frozen=True)
class Explanation:
    """Heading, what it says, its formula, and whether a small value is a good one."""

    label: str
    sentence: str
    formula: str = ""
    lower_is_better: bool = False


_EXPLANATIONS = {
    "iqm": Explanation(
        "IQM",
        "The interquartile mean: what is left after the lowest and the highest quarter of all runs are dropped, "
        "averaged. One lucky or broken seed hardly moves it.",
        "mean of the scores left when ⌊n/4⌋ are dropped at each end, n = seeds · datasets",
    ),
    "mean": Explanation(
        "Mean",
        "The mean score of all runs. Every dataset weighs the same; so does every outlier.",
        "Σ score / n",
    ),
    "median": Explanation(
        "Median",
        "The score on the middle dataset, after the seeds of each dataset are averaged.",
        "median over datasets of (Σ score / seeds)",
    ),
    "optimality-gap": Explanation(
        "Optimality gap",
        "How many points the runs stay below the expert on average; a score above 100 earns nothing extra.",
        "100 − Σ min(score, 100) / n",
        lower_is_better=True,
    ),
}


def explain(statistic: str) -> Explanation:
    """The explanation of a registered statistic; one that has none here is explained by its docstring."""
    if statistic in _EXPLANATIONS:
        return _EXPLANATIONS[statistic]
    sentence = (STATISTICS[statistic].__doc__ or "").strip().partition("\n")[0]
    return Explanation(statistic.replace("-", " ").capitalize(), sentence)
