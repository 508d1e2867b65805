"""Registry of the translators of views into photo-like pictures, by their names in `syn2real.translator`.

A translator is loaded once and translates the views of one object at a time. Its module is imported only when it is
loaded, so that the procedural one needs no torch.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from fieldlink.core import registry
from fieldlink.core.params import ControlNetParams, Params, StrictModel
from fieldlink.syn2real.loaded_translator import LoadedTranslator


@dataclass(frozen=True, kw_only=True)
class TranslatorEntry:
    """A translator as a member of the registry. No field has a default: a new translator has to say each."""

    title: str  # on the page and in README's table
    params: type[StrictModel] | None  # its section of syn2real
    parameters: tuple[str, ...]  # keys of params.yaml that this translator reads
    load: Callable[[Params, Collection[str], str], LoadedTranslator]  # from parameters, classes and a device
    one_process: bool  # it is too large to be loaded by every worker


def _procedural(params: Params, class_names: Collection[str], device: str) -> LoadedTranslator:
    from fieldlink.syn2real.procedural import ProceduralTranslator

    return ProceduralTranslator()


def _controlnet(params: Params, class_names: Collection[str], device: str) -> LoadedTranslator:
    from fieldlink.syn2real.controlnet import ControlNetTranslator

    return ControlNetTranslator.load(params.syn2real.controlnet, class_names, device)


TRANSLATORS: dict[str, TranslatorEntry] = {
    "procedural": TranslatorEntry(
        title="procedural",
        params=None,
        parameters=("syn2real.translator",),
        load=_procedural,
        one_process=False,
    ),
    "controlnet": TranslatorEntry(
        title="Stable Diffusion",
        params=ControlNetParams,
        parameters=tuple(f"syn2real.controlnet.{name}" for name in ControlNetParams.model_fields),
        load=_controlnet,
        one_process=True,
    ),
}


def translator_entry(name: str) -> TranslatorEntry:
    """The entry of a name in `syn2real.translator`."""
    return registry.member(TRANSLATORS, name, "syn2real.translator", "fieldlink/syn2real/translators.py")
