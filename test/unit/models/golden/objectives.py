"""Writes objectives.json: losses of two players and their gradients as PyTorch has them, for test/unit/models/objectives.test.ts.

    python objectives.py > objectives.json; npx prettier --write objectives.json    (made with PyTorch 2.14, in double precision)
"""

import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
LOGITS = [-30.0, -4.0, -1.5, -0.3, 0.0, 0.2, 0.7, 1.0, 2.5, 6.0, 30.0]


def cross_entropy(target):
    return lambda l: F.binary_cross_entropy_with_logits(l, torch.full_like(l, target), reduction="none")


def squared(target):
    return lambda l: F.mse_loss(l, torch.full_like(l, target), reduction="none") / 2


LOSSES = {
    "nonSaturating": {"real": cross_entropy(1), "fake": cross_entropy(0), "generator": cross_entropy(1)},
    "minimax": {"real": cross_entropy(1), "fake": cross_entropy(0), "generator": lambda l: F.logsigmoid(-l)},
    "halved": {
        "real": lambda l: cross_entropy(1)(l) / 2,
        "fake": lambda l: cross_entropy(0)(l) / 2,
        "generator": lambda l: F.logsigmoid(-l) / 2,
    },
    "hinge": {"real": lambda l: F.relu(1 - l), "fake": lambda l: F.relu(1 + l), "generator": lambda l: -l},
    "leastSquares": {"real": squared(1), "fake": squared(0), "generator": squared(1)},
    "wasserstein": {"real": lambda l: -l, "fake": lambda l: l, "generator": lambda l: -l},
    # Of the target 0.9 for data, as one-sided smoothing teaches, and of the same for a sample whose label is flipped.
    "smoothed": {"real": cross_entropy(0.9), "fake": cross_entropy(0.9)},
}


def both(loss):
    logits = torch.tensor(LOGITS, requires_grad=True)
    values = loss(logits)
    (gradients,) = torch.autograd.grad(values.sum(), logits)
    return {name: [float(f"{x:.9g}") for x in t.tolist()] for name, t in (("values", values), ("gradients", gradients))}


results = {name: {who: both(loss) for who, loss in losses.items()} for name, losses in LOSSES.items()}
print(json.dumps({"logits": LOGITS, **results}))
