"""Items drawn and gold solutions scored a second and core, of every language task; no peer is asked.

make bench
"""

import time

import pytest

from gnomon.benchmarks.reasoning import LANGUAGE_TASKS
from gnomon.benchmarks.verification import score_completions

pytestmark = pytest.mark.perf
ITEMS = 2_000


@pytest.mark.parametrize("id", list(LANGUAGE_TASKS))
def test_speed(id: str, benchmark) -> None:
    begun = time.process_time()
    items = LANGUAGE_TASKS[id].items("train", ITEMS)
    drawn = ITEMS / (time.process_time() - begun)
    begun = time.process_time()
    assert score_completions([item.solution for item in items], items).values.all()
    scored = ITEMS / (time.process_time() - begun)
    print(f"\n{id}: {drawn:,.0f} items and {scored:,.0f} verifications a second and core")
    benchmark.extra_info.update(items=drawn, verifications=scored)
    benchmark.pedantic(lambda: None)
