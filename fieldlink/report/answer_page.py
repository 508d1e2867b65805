"""An answer to a question as one page: a picture of each object, its cosine, class and files."""

from pathlib import Path

from fieldlink.core import files
from fieldlink.report import thumbnails
from fieldlink.report.html_templates import fill
from fieldlink.scenes import pictures
from fieldlink.search.answer_text import origin_lines
from fieldlink.search.answers import Answer
from fieldlink.search.finished_study import Study

SIZE = 128  # pixels of a rendered NeRF


def write(path: Path, study: Study, answer: Answer) -> None:
    """Write the page. It is self-contained, and all text in it is escaped."""
    rows = [
        {**row.as_dict(), "file": row.file, "uri": _uri(study, row.id), "cosine": f"{row.score:.4f}"}
        for row in answer.rows
    ]
    query = answer.query
    page = {
        "question": query.name,
        "kind": query.kind,
        "uri": thumbnails.png_uri(pictures.on_black(study.render(query.stored, size=SIZE))) if query.stored else "",
        "by": answer.by,
        "seed": answer.seed,
        "rows": rows,
        "note": query.note,
        "warning": answer.warning,
        "origin": origin_lines(answer.origin),
    }
    files.write_text(path, fill("answer.html", page))


def _uri(study: Study, object_id: str) -> str:
    return thumbnails.png_uri(pictures.on_black(study.render(object_id, size=SIZE)))
