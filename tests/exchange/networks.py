"""The official nf2vec's networks, small, with the names and shapes of its checkpoints (protocol 3)."""

from pathlib import Path

import torch
from exchange.folders import FIELD
from torch import nn

UNITS, HIDDEN, EMBEDDING, WIDTH = FIELD.units, (12, 16), 20, 24
ENCODING = 6 * FIELD.octaves
CHANGES = {
    "encoder": list(HIDDEN),
    "embedding": EMBEDDING,
    "decoder": WIDTH,
    "layout": "official",
    "row_embedding": False,
}


class OfficialEncoder(nn.Module):
    """Convolutions of width 1 over the rows, as the official class lays them out (protocol 3)."""

    def __init__(self) -> None:
        super().__init__()
        widths, layers = (UNITS, *HIDDEN), []
        for before, after in zip(widths, HIDDEN, strict=False):
            layers += [nn.Conv1d(before, after, 1), nn.BatchNorm1d(after), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Conv1d(widths[-1], EMBEDDING, 1))

    def forward(self, rows):
        return self.layers(rows.transpose(2, 1)).max(2).values


class OfficialDecoder(nn.Module):
    """One vector and one encoded point a row; names of the official class."""

    def __init__(self) -> None:
        super().__init__()
        joint = EMBEDDING + ENCODING
        self.in_layer = nn.Sequential(nn.Linear(joint, WIDTH), nn.ReLU())
        self.skip_proj = nn.Sequential(nn.Linear(joint, WIDTH), nn.ReLU())
        self.before_skip = nn.Sequential(*[nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU()) for _ in range(2)])
        self.after_skip = nn.Sequential(
            *[nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU()) for _ in range(2)], nn.Linear(WIDTH, 4)
        )

    def forward(self, joint):
        return self.after_skip(self.before_skip(self.in_layer(joint)) + self.skip_proj(joint))


def saved(path: Path, encoder: nn.Module, decoder: nn.Module) -> Path:
    optimizer = torch.optim.AdamW([*encoder.parameters(), *decoder.parameters()])
    state = {"encoder": encoder.state_dict(), "decoder": decoder.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save({"epoch": 500, **state, "best_psnr": 25.4}, path)
    return path
