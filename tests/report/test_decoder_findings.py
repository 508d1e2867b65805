"""What the page says of nf2vec's decoder follows from the numbers."""

from pathlib import Path

import pyarrow as pa
import pytest

from fieldlink.core import schemas
from fieldlink.core.params import load
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.report.decoder_findings import DecoderFindings, decoder_findings
from fieldlink.report.report_study import ReportStudy, StudyRows
from fieldlink.report.study_numbers import StudyNumbers
from fieldlink.report.table_results import TableResult

PARAMS = load(Path(__file__).parents[2] / "params.yaml")
ROWS = ("the NeRF itself", "NeRF vector → reconstruction", "view → mse", "photo → mse")


def result(row: str, value: float) -> TableResult:
    return TableResult(CellKey("generation", row, "class", "generation"), value=value, low=value - 5, high=value + 5)


def findings(
    itself: float, reconstructed: float, generated: float, train: float = 1.0, validation: float = 1.1
) -> DecoderFindings:
    """Of a study with these shares ± 5, a PSNR of 20 dB where the NeRFs have 30, and nf2vec's last losses."""
    values = (itself, reconstructed, generated, 99.0)  # a photo is no object, and is left out
    nerfs = pa.table({column: [30.0, 30.0] for column in schemas.NERFS.columns if column.startswith("psnr")})
    curve = pa.table({"step": [1, 1, 2, 2], "split": ["train", "validation"] * 2, "loss": [9, 9, train, validation]})
    numbers = StudyNumbers(
        results=[result(row, float(value)) for row, value in zip(ROWS, values, strict=True)],
        metrics={"generation": {"psnr": {ROWS[1]: 20.0}}},
    )
    finding = decoder_findings(ReportStudy(PARAMS, StudyRows(nerfs=nerfs, curves={"nf2vec": curve}), numbers=numbers))
    assert finding
    return finding


def test_a_decoder_whose_reconstructions_are_recognised_less_fails_and_the_mapper_is_cleared():
    finding = findings(70.0, 12.0, 15.0)
    assert finding.verdict == "The decoder fails here."
    assert finding.numbers == (
        "From their renders CLIP names the class of 70.0 % [65.0, 75.0] of the NeRFs "
        "themselves, of 12.0 % [7.0, 17.0] of their reconstructions, and of 15.0 % [10.0, 20.0] of the NeRFs generated "
        "in the best way. Guessing names 7.7 %."
    )
    mapper, detail, training = finding.reasons
    assert "the decoder sets the limit, not the mapper" in mapper
    assert "at 20.0 dB" in detail
    assert "10.0 times the squared error" in detail  # 10 dB
    assert f"a decoder {PARAMS.nf2vec.decoder} units wide, trained for {PARAMS.nf2vec.training.steps:,} st" in training


def test_a_decoder_that_keeps_the_class_does_not_fail_and_the_mapper_may():
    finding = findings(70.0, 66.0, 15.0, train=0.1)
    assert finding.verdict == "The decoder is not shown to fail here."
    assert finding.reasons[0].startswith("Generated NeRFs are named right less often")
    assert "more NeRFs would help" in finding.reasons[-1]


def test_where_clip_does_not_recognise_the_nerfs_themselves_nothing_is_said_of_decoder_or_mapper():
    finding = findings(10.0, 9.0, 8.0)  # guessing names 7.7 %
    assert finding.verdict.startswith("CLIP does not recognise the NeRFs themselves here")
    assert len(finding.reasons) == 2  # PSNR and training alone


@pytest.mark.parametrize("missing", ROWS[:3])
def test_without_one_of_the_rows_nothing_is_said(missing):
    numbers = StudyNumbers(results=[result(row, 50.0) for row in ROWS if row != missing])
    assert decoder_findings(ReportStudy(PARAMS, numbers=numbers)) is None
