"""What the authors of algorithms declare of their tuning, as tables and pages show it."""

from collections.abc import Iterable

from gnomon.baselines.algorithm import Tuning
from gnomon.evaluation.record import Record

NOT_DECLARED = "not declared"


def tuning_over(records: Iterable[Record]) -> Tuning | None:
    """One declaration for records of an algorithm: of each number the largest, and every foreign tuning.

    Presets differ between families, so declarations may. None where one of the records has none.
    """
    declared = [record.algorithm.tuning for record in records]
    known = [tuning for tuning in declared if tuning is not None]
    if not known or len(known) < len(declared):
        return None
    episodes = [tuning.online_episodes for tuning in known]
    return Tuning(
        configurations=max(tuning.configurations for tuning in known),
        online_episodes=None if None in episodes else max(number for number in episodes if number is not None),
        foreign=" ".join(dict.fromkeys(tuning.foreign for tuning in known if tuning.foreign)),
    )


def in_short(tuning: Tuning | None) -> str:
    """For a column.

    >>> in_short(Tuning(2, 360)), in_short(Tuning(1, None, "Its authors.")), in_short(None)
    ('2 tried, 360 episodes', '1 tried, episodes not counted, foreign', 'not declared')
    """
    if tuning is None:
        return NOT_DECLARED
    episodes = "episodes not counted" if tuning.online_episodes is None else f"{tuning.online_episodes} episodes"
    return f"{tuning.configurations} tried, {episodes}{', foreign' if tuning.foreign else ''}"


def in_full(tuning: Tuning | None) -> str:
    """A sentence or two.

    >>> in_full(Tuning(1, 0, "Its authors, on D4RL returns."))
    '1 configuration tried, 0 episodes in the environment. Before that: Its authors, on D4RL returns.'
    """
    if tuning is None:
        return "Not declared."
    plural = "" if tuning.configurations == 1 else "s"
    episodes = "an unknown number of" if tuning.online_episodes is None else str(tuning.online_episodes)
    foreign = f" Before that: {tuning.foreign}" if tuning.foreign else ""
    return f"{tuning.configurations} configuration{plural} tried, {episodes} episodes in the environment.{foreign}"
