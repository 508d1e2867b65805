"""The pipeline as a mermaid graph, from the dvc.yaml files: `python tests/pipeline_figure.py` writes it into README.md.

A node is a step of the backbone or a whole study. An edge is a dependency; those that follow from others are left out.
"""

import re
import sys
from pathlib import Path

import networkx as nx

sys.path.insert(0, str(Path(__file__).parent))
import pipeline

README = pipeline.ROOT / "README.md"
BLOCK = re.compile(r"```mermaid\n.*?```", re.DOTALL)

STEPS = {  # stages of the root dvc.yaml
    "data": ("check_params", "prepare_scenes", "prepare_photos", "prepare_captioned_pictures"),
    "nerfs": ("start_nerfs", "fit_nerfs", "render_nerfs"),
    "nf2vec": ("train_nf2vec", "embed_nerfs"),
    "clip": ("provide_clip", "embed_views", "embed_photos", "embed_texts"),
    "report": ("measure_speed", "evaluate_claims", "build_report"),
}
TITLES = {
    "data": "Objects, photos, captions",
    "nerfs": "One NeRF per object",
    "nf2vec": "nf2vec: weights to vectors",
    "clip": "CLIP: pictures and texts to vectors",
    "report": "Conclusions and page",
}


def node(address: str) -> str:
    """The study of a stage in pipelines/, or the step of a stage of the backbone; raises `StopIteration` for none."""
    if address.startswith("pipelines/"):
        return address.split("/")[1]
    return next(step for step, names in STEPS.items() if address in names)


def dependencies() -> nx.DiGraph:
    """An edge from what is made to what reads it, none that follows from others."""
    stages = pipeline.stages()
    makers = {out.def_path: node(name) for name, stage in stages.items() for out in stage.outs}
    graph = nx.DiGraph()
    for name, stage in stages.items():
        reads = [dep.def_path for dep in stage.deps]
        sources = {maker for path, maker in makers.items() if any(within(path, read) for read in reads)}
        graph.add_edges_from((source, node(name)) for source in sources - {node(name)})
    return nx.transitive_reduction(graph)


def within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def label(name: str) -> str:
    """A step with its stages; or a study's title, its tables on a line of their own."""
    if name in STEPS:
        return f"<b>{TITLES[name]}</b><br/>{'<br/>'.join(STEPS[name])}"
    first = (pipeline.ROOT / "pipelines" / name / "README.md").read_text(encoding="utf-8").splitlines()[0]
    return f"<b>{name}</b><br/>{first.removeprefix('# ').replace(' (', '<br/>(')}"


def mermaid() -> str:
    """The graph as a fenced block; raises `networkx.NetworkXError` if steps and studies depend on each other."""
    graph = dependencies()
    order = list(nx.lexicographical_topological_sort(graph))
    lines = [f'  {name}["{label(name)}"]' for name in order]
    lines += [f"  {first} --> {second}" for first in order for second in sorted(graph.successors(first))]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```"])


if __name__ == "__main__":
    README.write_text(BLOCK.sub(lambda _: mermaid(), README.read_text(encoding="utf-8")), encoding="utf-8")
