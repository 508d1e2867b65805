"""Timing, memory and precision of a device."""

import time

import pytest
import torch

from fieldlink.core.devices import has_bfloat16_products, map_in_batches, precision, timed_run


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_device_is_waited_for_before_the_clock_is_read(device, monkeypatch):
    """A device that works only while it is waited for; the work itself takes no time."""
    now, pending = [0.0], [1.0]  # a second of other work was asked for before

    def wait() -> None:
        now[0], pending[0] = now[0] + pending[0], 0.0

    def work() -> str:
        pending[0] += 2.0
        return "done"

    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(torch.cuda, "synchronize", wait)
    assert timed_run(work, device) == (2.0 if device == "cuda" else 0.0, "done")


@pytest.mark.thesis
def test_where_memory_runs_out_half_as_many_are_done_at_once_and_none_twice(capsys):
    tried = []

    def work(items: list[int]) -> list[int]:
        tried.append(len(items))
        if len(items) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return [10 * item for item in items]

    batches = list(map_in_batches(work, list(range(11)), 8))
    assert [item for part in batches for item in part] == [10 * item for item in range(11)]
    assert tried == [8, 4, 2, 2, 2, 2, 2, 1]
    assert "out of memory: going on with 2 at once" in capsys.readouterr().err


@pytest.mark.thesis
@pytest.mark.parametrize("error", [MemoryError("host"), torch.OutOfMemoryError("device")])
def test_a_single_item_that_does_not_fit_is_an_error_and_so_is_any_other(error):
    def work(_):
        raise error

    with pytest.raises(type(error), match=str(error)):
        list(map_in_batches(work, [1, 2], 2))

    def wrong(_):
        raise ValueError("not of memory")

    with pytest.raises(ValueError, match="not of memory"):
        list(map_in_batches(wrong, [1, 2], 2))


@pytest.mark.thesis
def test_products_are_computed_in_the_precision_asked_for():
    a = torch.randn(8, 8, generator=torch.Generator().manual_seed(0))
    with precision("float32", "cpu"):
        assert torch.equal(a @ a, torch.mm(a, a))
    with precision("bfloat16", "cpu"):
        assert (a @ a).dtype == (torch.bfloat16 if has_bfloat16_products() else torch.float32)
    with precision("float16", "cpu"):
        assert (a @ a).dtype == torch.float16


def test_a_processor_without_products_of_bfloat16_computes_in_float32(monkeypatch: pytest.MonkeyPatch):
    a = torch.randn(8, 8)
    for capability, dtype in (("avx512_bf16", torch.bfloat16), ("avx512_f", torch.float32)):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda name=capability: {name: True})
        with precision("bfloat16", "cpu"):
            assert (a @ a).dtype == dtype
