"""What the numbers of the generation study say of nf2vec's decoder: whether it fails, and what explains that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from fieldlink.core.variants import Variant, parse
from fieldlink.report.psnr_charts import ranking_psnr
from fieldlink.report.report_study import ReportStudy
from fieldlink.report.table_results import TableResult

TABLE, NAMED = "generation", "class"  # the column: shares of NeRFs whose class CLIP names from their renders
RECONSTRUCTION = Variant(generated_from="NeRF vector", method="reconstruction").text
ITSELF = Variant(method="the NeRF itself").text
UNDERFITTED = 0.5  # a training loss of at least this part of the validation loss: more NeRFs would help little


@dataclass(frozen=True)
class DecoderFindings:
    verdict: str
    numbers: str
    reasons: list[str]


def decoder_findings(study: ReportStudy) -> DecoderFindings | None:
    """None where the study has no generated NeRFs, or not the NeRFs themselves beside them."""
    named = {result.key.row: result for result in study.numbers.results if result.key[::2] == (TABLE, NAMED)}
    generated = {row: result for row, result in named.items() if parse(row).generated_from in ("view", "caption")}
    if RECONSTRUCTION not in named or ITSELF not in named or not generated:
        return None
    itself, reconstructed = named[ITSELF], named[RECONSTRUCTION]
    best = max(generated.values(), key=lambda result: result.value)
    guessed = 100 / len(study.params.classes)
    numbers = (
        f"From their renders CLIP names the class of {_percent(itself)} of the NeRFs themselves, of "
        f"{_percent(reconstructed)} of their reconstructions, and of {_percent(best)} of the NeRFs generated in the "
        f"best way. Guessing names {guessed:.1f} %."
    )
    reasons = [*_mapper(itself, reconstructed, best), *_detail(study), *_training(study)]
    return DecoderFindings(_verdict(itself, reconstructed, guessed), numbers, reasons)


def _verdict(itself: TableResult, reconstructed: TableResult, guessed: float) -> str:
    if itself.low <= guessed:
        return "CLIP does not recognise the NeRFs themselves here, so that their class says nothing of the decoder."
    if reconstructed.high < itself.low:
        return "The decoder fails here."
    return "The decoder is not shown to fail here."


def _mapper(itself: TableResult, reconstructed: TableResult, best: TableResult) -> Iterator[str]:
    """Whose fault it is: a reconstruction needs no mapper."""
    if best.high < reconstructed.low:
        yield "Generated NeRFs are named right less often than reconstructions: clip2nerf loses what the decoder keeps."
    elif reconstructed.high < itself.low:
        yield (
            "A reconstruction comes from the NeRF's own vector, without clip2nerf, and is not shown to be named right "
            "more often than a generated NeRF: the decoder sets the limit, not the mapper."
        )


def _detail(study: ReportStudy) -> Iterator[str]:
    """How far reconstructions are from the NeRFs, beside how far the NeRFs are from their objects."""
    psnr = study.numbers.metrics.get("generation", {}).get("psnr", {}).get(RECONSTRUCTION)
    if psnr is None or study.rows.nerfs is None:
        return
    views, fits = ranking_psnr(study.rows.nerfs)
    fitted = float(np.nanmean(fits)) if np.isfinite(fits).any() else float("nan")
    if psnr < fitted:
        yield (
            f"Reconstructions are at {psnr:.1f} dB to the NeRFs' own renders, the NeRFs at {fitted:.1f} dB to their "
            f"{views}. Decoding loses more than fitting: {10 ** ((fitted - psnr) / 10):.1f} times the squared error."
        )


def _training(study: ReportStudy) -> Iterator[str]:
    """Whether the decoder is too small or too briefly trained, or learnt from too few NeRFs."""
    losses = _last_losses(study)
    if losses.keys() < {"train", "validation"}:
        return
    train, validation = losses["train"], losses["validation"]
    params = study.params.nf2vec
    yield f"nf2vec's loss ended at {train:.3g} on training NeRFs and at {validation:.3g} on validation NeRFs. " + (
        f"It is high on both: a decoder {params.decoder:,} units wide, trained for {params.training.steps:,} steps, "
        "doesn't draw even the NeRFs that it learnt from."
        if train >= UNDERFITTED * validation
        else "It is far lower on the NeRFs that it learnt from: more NeRFs would help."
    )


def _last_losses(study: ReportStudy) -> Mapping[str, float]:
    """By split, at the last step of nf2vec's curve."""
    rows = study.rows.curves.get("nf2vec")
    if rows is None:
        return {}
    last = rows.filter(pc.field("step") == max(rows["step"].to_pylist()))
    return dict(zip(last["split"].to_pylist(), last["loss"].to_pylist(), strict=True))


def _percent(result: TableResult) -> str:
    return f"{result.value:.1f} % [{result.low:.1f}, {result.high:.1f}]"
