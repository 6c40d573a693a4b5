"""Every control task as a Gymnasium id: `import gnomon.environments`, then `gymnasium.make("gnomon/maze-umaze-v1")`.

Gymnasium allows one slash in an id, so `maze/umaze-v1` is called `gnomon/maze-umaze-v1`. The horizon is the task's own.
"""

import gymnasium

from gnomon.benchmarks.tasks import TASKS

for _id in TASKS:
    _gymnasium_id = f"gnomon/{_id.replace('/', '-')}"
    gymnasium.register(_gymnasium_id, entry_point="gnomon.benchmarks.tasks:make", kwargs={"id": _id})
