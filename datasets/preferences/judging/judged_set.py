"""A judged preference set in the home: rows, every completion that was paid for, and a card with counts and cost."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gnomon import __version__
from gnomon.benchmarks.contracts import Completion
from gnomon.datasets.preferences.comparisons import comparisons_of
from gnomon.datasets.preferences.judging.perform import JUDGEMENTS, Collected, OnProgress, answers_file, collect
from gnomon.datasets.preferences.judging.plan import Plan
from gnomon.datasets.preferences.judging.verdicts import agreement, judged, preference_rows, rating_rows
from gnomon.datasets.preferences.probes import LEAST, probe
from gnomon.datasets.problems import write_parquet
from gnomon.datasets.recipe import is_dataset_id
from gnomon.errors import DatasetError, UnknownId, UsageError
from gnomon.files import atomic_folder, hash_of, home, locked

ATTEMPTS = 3
CHARACTERS_A_TOKEN = 4  # of what models read that do not count it
Price = tuple[float, float]  # of a million tokens read, and of a million written


def judge_preferences(
    plan: Plan,
    id: str,
    *,
    attempts: int = ATTEMPTS,
    leave_out: bool = False,
    prices: Mapping[str, Price] | None = None,
    licence: str = "NOASSERTION",
    on_progress: OnProgress = lambda *_: None,
) -> Path:
    """Make a judged set and write it to `$GNOMON_HOME/preferences/ID`; an interrupted call is gone on with.

    Args:
        plan: what is asked of whom.
        id: of the new set, such as `judged/stories-v1`.
        attempts: how often a judgement is asked for before it counts as unreadable.
        leave_out: write the set without the prompts and aspects that have unreadable judgements, and count them.
        prices: reference of a model → its price, in any currency.
        licence: SPDX id of the answers' licence.
        on_progress: called with (stage, amount, total).

    Raises:
        UnknownId: the id is none.
        UsageError: the id is taken, it was begun under another plan, or a price is of no model of the plan.
        DatasetError: judgements are unreadable and are not to be left out, or none is readable.
        PolicyError: a model failed.
    """
    if not is_dataset_id(id):
        raise UnknownId(f"{id[:80]!r} is not the id of a dataset; write one such as judged/stories-v1.")
    if unknown := set(prices or {}) - {source.name for source in (*plan.generators, plan.judge)}:
        raise UsageError(f"There is a price of {sorted(unknown)[0]}, which is no model of this set.")
    folder = home() / "preferences" / id
    work = folder.with_name(f"{folder.name}.partial")
    with locked(folder.with_name(f"{folder.name}.lock")):
        if folder.exists():
            raise UsageError(f"{folder} is there already; choose another id, or delete the folder.")
        collected = collect(plan, work, attempts, on_progress)
        _refuse_unreadable(collected, work, attempts, leave_out)
        _write(plan, collected, folder, work, {"id": id, "licence": licence, "costs": costs(plan, collected, prices)})
        shutil.rmtree(work)
    return folder


def _refuse_unreadable(collected: Collected, work: Path, attempts: int, leave_out: bool) -> None:
    unreadable = [ballot for ballot, ratings in collected.ratings.items() if ratings is None]
    if len(unreadable) == len(collected.ratings):
        raise DatasetError(f"None of the judge's {len(unreadable)} judgements can be read; see {work / JUDGEMENTS}.")
    if unreadable and not leave_out:
        raise DatasetError(
            f"{len(unreadable)} of {len(collected.ratings)} judgements cannot be read after {attempts} attempts; the "
            f"first is {unreadable[0].item(attempts - 1)} in {work / JUDGEMENTS}. Allow more attempts, or leave these "
            "prompts out."
        )


def _write(plan: Plan, collected: Collected, folder: Path, work: Path, told: Mapping[str, Any]) -> None:
    found = judged(plan, collected)
    if not found:
        raise DatasetError(f"No prompt has readable judgements alone; see {work / JUDGEMENTS}.")
    rows = [row for one in found for row in preference_rows(plan, collected, one)]
    card = {
        **told,
        "gnomon": __version__,
        "plan": plan.described,
        "rows": len(rows),
        "ties": sum(row["tie"] for row in rows) / len(rows),
        "left_out": len(plan.prompts) * len(plan.aspects) - len(found),
        "agreement": agreement(plan, found),
        "probes": _probes(rows),
        "content_hash": hash_of(rows),
    }
    with atomic_folder(folder) as temporary:
        write_parquet(temporary / "preference.parquet", rows)
        write_parquet(
            temporary / "ratings.parquet", [row for one in found for row in rating_rows(plan, collected, one)]
        )
        for name in (*map(answers_file, range(len(plan.generators))), JUDGEMENTS):
            shutil.copyfile(work / name, temporary / name)
        (temporary / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")


def _probes(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[float]]:
    """What shallow probes find: a judge that likes length makes a set that length predicts."""
    decided = list(comparisons_of(rows, "the judged rows"))
    probed = probe(decided) if len(decided) >= LEAST else []
    return {one.probe: [one.accuracy, one.lower, one.upper] for one in probed}


def costs(plan: Plan, collected: Collected, prices: Mapping[str, Price] | None = None) -> list[dict[str, Any]]:
    """A row a model: requests, tokens read and written by its own count, cost.

    What a model that does not count its prompts has read is estimated as a quarter of the characters.
    """
    read = sum(map(len, plan.prompts.values()))
    rows = [
        _cost("generator", source.name, list(collected.answers[source.name].values()), read, prices)
        for source in plan.generators
    ]
    return [*rows, _cost("judge", plan.judge.name, collected.judgements, collected.questions, prices)]


def _cost(
    role: str, name: str, written: Sequence[Completion], characters: int, prices: Mapping[str, Price] | None
) -> dict[str, Any]:
    counted = [one.read for one in written if one.read is not None]
    is_counted = len(counted) == len(written)
    tokens_read = sum(counted) if is_counted else round(characters / CHARACTERS_A_TOKEN)
    tokens_written = sum(one.tokens for one in written)
    price = (prices or {}).get(name)
    return {
        "role": role,
        "model": name,
        "requests": len(written),
        "characters_read": characters,
        "tokens_read": tokens_read,
        "tokens_read_counted": is_counted,
        "tokens_written": tokens_written,
        "cost": (price[0] * tokens_read + price[1] * tokens_written) / 1e6 if price else None,
    }
