"""torch's optimizers without the compiler that they import when one is first used, a second of every short stage.

The methods are torch's own, as they were before a decorator hid them from that compiler; nothing here is compiled.
"""

from inspect import unwrap

import torch


class _Plain(torch.optim.Optimizer):
    add_param_group = unwrap(torch.optim.Optimizer.add_param_group)
    zero_grad = unwrap(torch.optim.Optimizer.zero_grad)
    state_dict = unwrap(torch.optim.Optimizer.state_dict)
    load_state_dict = unwrap(torch.optim.Optimizer.load_state_dict)


class Adam(_Plain, torch.optim.Adam):
    step = torch.no_grad()(unwrap(torch.optim.Adam.step))


class AdamW(_Plain, torch.optim.AdamW):
    step = torch.no_grad()(unwrap(torch.optim.AdamW.step))
