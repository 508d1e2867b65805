"""The zero-shot study, through its stages, on a made-up data set."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from evaluation.made_up import Study
from result_rows import keys, rows

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import (
    PROMPT_EMBEDDINGS,
)
from stages.zero_shot.evaluate import evaluate_zero_shot


def test_averaged_views_of_well_separated_classes_are_all_recognised(made_up: Study):
    values = {(row["row"], row["column"]): float(row["value"]) for row in rows(made_up["zero_shot.csv"])}
    assert values["clip views=N", "prompt_photo"] == 100


def test_every_template_gets_its_rows_and_one_that_is_not_the_studys_a_table_of_its_own(made_up: Study, tmp_path: Path):
    prompts = datasets.read(made_up["prompts"], PROMPT_EMBEDDINGS)
    photo = prompts.filter(pc.field("template") == "prompt_photo")
    sketch = photo.set_column(0, "template", pa.array(["sketch"] * len(photo)))
    short = pc.replace_substring(prompts["template"], "prompt_photo", "short")
    renamed = prompts.set_column(0, "template", short)
    for name, prompt_rows in (("third", pa.concat_tables([prompts, sketch])), ("renamed", renamed)):
        datasets.write(tmp_path / name, PROMPT_EMBEDDINGS, [prompt_rows], "test")
        evaluate_zero_shot(
            objects=made_up["objects"],
            mapped=made_up["zero_shot_mapped"],
            prompts=tmp_path / name,
            rendered_embeddings=made_up["rendered"],
            results=made_up.results(name),
            params_file=made_up.params,
        )
    third, renamed = (
        {key: row["value"] for key, row in zip(keys(table_rows), table_rows, strict=True)}
        for table_rows in (rows(made_up["third.csv"]), rows(made_up["renamed.csv"]))
    )
    same = {key: value for key, value in third.items() if key[0] == "4.2"}  # the same vectors under three names
    assert {("4.2", *key[1:]): value for key, value in third.items() if key[0] == "4.1 sketch"} == same
    assert {("4.2", *key[1:]): value for key, value in renamed.items() if key[0] == "4.1 short"} == same
    assert "4.2" not in {table for table, *_ in renamed}
    metrics = json.loads(made_up["third.json"].read_text())
    assert metrics["nerf2clip, sketch"] == metrics["nerf2clip, prompt_photo"]


def test_a_class_without_prompt_is_an_error_that_names_it(made_up: Study, tmp_path: Path):
    prompts = datasets.read(made_up["prompts"], PROMPT_EMBEDDINGS)
    prompts_left = prompts.filter([name != "lamp" for name in prompts["class_name"].to_pylist()])
    datasets.write(tmp_path / "prompts", PROMPT_EMBEDDINGS, [prompts_left], "test")
    with pytest.raises(InputError, match=r"prompts: no class \['lamp'\]"):
        evaluate_zero_shot(
            objects=made_up["objects"],
            mapped=made_up["zero_shot_mapped"],
            prompts=tmp_path / "prompts",
            rendered_embeddings=made_up["rendered"],
            results=made_up.results("without_lamp"),
            params_file=made_up.params,
        )
