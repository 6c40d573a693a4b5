"""Items drawn, and pictures and sounds made, a second and core, of every visual task; no peer is asked.

make bench
"""

import time

import pytest

from gnomon.benchmarks.visual import VISUAL_TASKS, file_of

pytestmark = pytest.mark.perf
ITEMS = 300


@pytest.mark.parametrize("id", list(VISUAL_TASKS))
def test_speed(id: str, benchmark) -> None:
    begun = time.process_time()
    items = VISUAL_TASKS[id].items("train", ITEMS)
    drawn = time.process_time() - begun
    size = sum(len(file_of(item)) for item in items) / ITEMS
    made = ITEMS / (time.process_time() - begun)
    print(f"\n{id}: {ITEMS / drawn:,.0f} items, {made:,.0f} with their files a second and core; {size:,.0f} bytes each")
    benchmark.extra_info.update(items=ITEMS / drawn, files=made)
    benchmark.pedantic(lambda: None)
