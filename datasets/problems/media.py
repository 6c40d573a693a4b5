"""Media: problems with a picture or a sound, in Parquet with the feature `Image` or `Audio` of Hugging Face's library.

The library reads what a column is from the schema's metadata, key `huggingface`; a picture or sound is a struct of the
bytes of its file and a path (https://huggingface.co/docs/datasets/about_dataset_features).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gnomon.benchmarks.visual import VISUAL_TASKS, file_of
from gnomon.datasets.problems import LAYOUTS, Example, Layout
from gnomon.errors import UsageError
from gnomon.files import canonical_json

FEATURES = {"image": "Image", "audio": "Audio"}
ENDINGS = {"image": "png", "audio": "wav"}


def write(examples: Sequence[Example], folder: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {VISUAL_TASKS[example.item.task].media for example in examples}
    if len(kinds) > 1:
        raise UsageError("A file has pictures or sounds; export tasks with the one and the other apart.")
    (media,) = kinds
    rows = [{media: _file(example, ENDINGS[media])} | _row(example) for example in examples]
    table = pa.Table.from_pylist(rows)
    features = {name: _feature(name, table.schema.field(name).type) for name in table.schema.names}
    metadata = json.dumps({"info": {"features": features}})
    parquet.write_table(table.replace_schema_metadata({"huggingface": metadata}), folder / "train.parquet")


def _file(example: Example, ending: str) -> dict[str, Any]:
    return {"bytes": file_of(example.item), "path": f"{example.item.id.replace('/', '-')}.{ending}"}


def _row(example: Example) -> dict[str, Any]:
    item = example.item
    return {
        "id": item.id,
        "task": item.task,
        "split": item.split,
        "view": item.view,
        "level": item.level,
        "renderer": item.template,
        "prompt": item.prompt,
        "completion": example.completion,
        "score": example.score,
        "answer": item.answer,
        "verifier": item.verifier,
        "verifier_args": canonical_json(dict(item.arguments)).decode(),
    }


def _feature(name: str, type: Any) -> dict[str, str]:
    """How the library writes down what a column is."""
    if name in FEATURES:
        return {"_type": FEATURES[name]}
    return {"_type": "Value", "dtype": {"double": "float64"}.get(str(type), str(type))}


LAYOUTS.add(
    "media",
    Layout(
        summary="Pictures or sounds of visual tasks with prompts, completions, scores and answers.",
        write=write,
        reads='datasets.load_dataset("parquet", data_files="train.parquet")',
    ),
)
