"""torch's optimizers without the import of torch's compiler, which takes a second when the first one is made.

torch wraps these methods in a decorator that imports the compiler. Here they are the unwrapped methods; nothing is
compiled.
"""

from inspect import unwrap

import torch


class _Unwrapped(torch.optim.Optimizer):
    add_param_group = unwrap(torch.optim.Optimizer.add_param_group)
    zero_grad = unwrap(torch.optim.Optimizer.zero_grad)
    state_dict = unwrap(torch.optim.Optimizer.state_dict)
    load_state_dict = unwrap(torch.optim.Optimizer.load_state_dict)


class Adam(_Unwrapped, torch.optim.Adam):
    step = torch.no_grad()(unwrap(torch.optim.Adam.step))


class AdamW(_Unwrapped, torch.optim.AdamW):
    step = torch.no_grad()(unwrap(torch.optim.AdamW.step))
