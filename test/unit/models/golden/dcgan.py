"""Writes dcgan.json: two steps of a small DCGAN in PyTorch, for test/unit/models/dcgan.test.ts.

    python dcgan.py > dcgan.json; npx prettier --write dcgan.json           (made with PyTorch 2.14, in double precision)

Weights start from numbers that the test makes in the same way, in Latent Studio's names and layouts (golden/layers.py). A step is
one of the discriminator, on data and samples in batches of their own, and one of the generator, each by Adam(2e-4, 0.5).
"""

import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
BATCH, LATENT, STEPS = 6, 5, 2
# Name, shape, what the numbers are multiplied by, and what is added to them.
WEIGHTS = [
    ("generator.projection.kernel", (5, 16), 0.3, 0),
    ("generator.projection.scale", (4,), 0.2, 1),
    ("generator.projection.offset", (4,), 0.2, 0),
    ("generator.convolution.0.kernel", (4, 4, 3, 4), 0.3, 0),
    ("generator.convolution.0.scale", (3,), 0.2, 1),
    ("generator.convolution.0.offset", (3,), 0.2, 0),
    ("generator.output.kernel", (4, 4, 1, 3), 0.3, 0),
    ("generator.output.bias", (1,), 0.2, 0),
    ("discriminator.convolution.0.kernel", (4, 4, 1, 3), 0.3, 0),
    ("discriminator.convolution.0.bias", (3,), 0.2, 0),
    ("discriminator.convolution.1.kernel", (4, 4, 3, 4), 0.3, 0),
    ("discriminator.convolution.1.scale", (4,), 0.2, 1),
    ("discriminator.convolution.1.offset", (4,), 0.2, 0),
    ("discriminator.output.kernel", (16, 1), 0.3, 0),
    ("discriminator.output.bias", (1,), 0.2, 0),
]


def values(*shape, stream):
    count = torch.Size(shape).numel()
    index = torch.arange(count, dtype=torch.float64)
    return torch.sin(0.7 * index * (1 + 0.13 * stream) + stream).reshape(shape)


weights = {
    name: (factor * values(*shape, stream=stream) + shift).requires_grad_(True)
    for stream, (name, shape, factor, shift) in enumerate(WEIGHTS)
}
moving = {}
for name, shape, *_ in WEIGHTS:
    if name.endswith(".scale"):
        layer = name.removesuffix(".scale")
        moving[f"{layer}.mean"], moving[f"{layer}.variance"] = torch.zeros(shape), torch.ones(shape)


def normalized(x, layer, statistics):
    """x [batch, channel, height, width]"""
    averages = (None, None) if statistics == "batch" else (moving[f"{layer}.mean"], moving[f"{layer}.variance"])
    scale, offset = weights[f"{layer}.scale"], weights[f"{layer}.offset"]
    return F.batch_norm(x, *averages, scale, offset, statistics != "moving", momentum=0.1, eps=1e-3)


def generator(z, statistics):
    x = (z @ weights["generator.projection.kernel"]).reshape(-1, 2, 2, 4).permute(0, 3, 1, 2)
    x = F.relu(normalized(x, "generator.projection", statistics))
    x = F.conv_transpose2d(x, weights["generator.convolution.0.kernel"].permute(3, 2, 0, 1), None, 2, 1)
    x = F.relu(normalized(x, "generator.convolution.0", statistics))
    kernel = weights["generator.output.kernel"].permute(3, 2, 0, 1)
    return torch.tanh(F.conv_transpose2d(x, kernel, weights["generator.output.bias"], 2, 1))


def discriminator(x, statistics):
    kernel = weights["discriminator.convolution.0.kernel"].permute(3, 2, 0, 1)
    x = F.leaky_relu(F.conv2d(x, kernel, weights["discriminator.convolution.0.bias"], 2, 1), 0.2)
    x = F.conv2d(x, weights["discriminator.convolution.1.kernel"].permute(3, 2, 0, 1), None, 2, 1)
    x = F.leaky_relu(normalized(x, "discriminator.convolution.1", statistics), 0.2)
    flat = x.permute(0, 2, 3, 1).reshape(-1, 16)
    return (flat @ weights["discriminator.output.kernel"] + weights["discriminator.output.bias"]).squeeze(1)


def cross_entropy(logits, target):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))


players = {who: [name for name in weights if name.startswith(who)] for who in ("discriminator", "generator")}
optimizers = {
    who: torch.optim.Adam([weights[name] for name in names], lr=2e-4, betas=(0.5, 0.999))
    for who, names in players.items()
}


def minimize(who, loss):
    for weight in weights.values():
        weight.grad = None
    loss.backward()
    optimizers[who].step()
    return loss.item()


losses = []
for step in range(STEPS):
    real = values(BATCH, 8, 8, 1, stream=20 + step).permute(0, 3, 1, 2)
    fake = generator(values(BATCH, LATENT, stream=30 + step), "batch").detach()
    loss = cross_entropy(discriminator(real, "update"), 1) + cross_entropy(discriminator(fake, "batch"), 0)
    losses.append({"discriminator": minimize("discriminator", loss)})
    fake = generator(values(BATCH, LATENT, stream=40 + step), "update")
    losses[-1]["generator"] = minimize("generator", cross_entropy(discriminator(fake, "batch"), 1))


def listed(tensor):
    return [float(f"{x:.8g}") for x in tensor.detach().flatten().tolist()]


state = {name: listed(tensor) for name, tensor in {**weights, **moving}.items()}
for who, names in players.items():
    for name in names:
        slots = optimizers[who].state[weights[name]]
        state[f"optimizer.{who}.m.{name}"] = listed(slots["exp_avg"])
        state[f"optimizer.{who}.v.{name}"] = listed(slots["exp_avg_sq"])
decoded = generator(values(16, LATENT, stream=50), "moving").permute(0, 2, 3, 1)
starts = [{"name": name, "factor": factor, "shift": shift} for name, _, factor, shift in WEIGHTS]
print(json.dumps({"starts": starts, "losses": losses, "state": state, "decoded": listed(decoded[:2])}))
