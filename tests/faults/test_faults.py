"""Every fault of the matrix ends as docs/faults.md says: with these words, and with what is kept."""

from pathlib import Path

import pytest
from faults import (
    dataset_cases,
    input_cases,
    machine_cases,
    model_cases,
    parameter_cases,
    stage_cases,
    work_cases,
)
from faults.case import Case, keeping

from fieldlink.core.errors import InputError

CASES: list[Case] = [
    *input_cases.CASES,
    *dataset_cases.CASES,
    *work_cases.CASES,
    *model_cases.CASES,
    *parameter_cases.CASES,
    *stage_cases.CASES,
    *machine_cases.CASES,
]
PAGE = Path(__file__).parent.parent.parent / "docs" / "faults.md"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_is_named_and_all_else_is_kept(case, tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    monkeypatch.delenv("DVC_STAGE", raising=False)
    case.inflict(tmp_path)
    with keeping(tmp_path, case.anew):
        try:
            message = str(case.use(tmp_path))
        except InputError as error:
            message = str(error)
    assert case.message in message
    assert "Traceback" not in message


def test_the_page_has_every_case_and_no_other():
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert lines[2:] == [case.line for case in CASES]
