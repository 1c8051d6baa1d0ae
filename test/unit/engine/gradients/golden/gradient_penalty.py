"""Writes gradient_penalty.json: second-order gradients of a small critic by PyTorch in double precision.

    python gradient_penalty.py > gradient_penalty.json        (made with PyTorch 2.13)

The loss is mean(D(x)) + 10 mean((|dD/dx| - 1)^2) (Gulrajani et al. 2017) for a critic of two 4x4 convolutions of stride 2, each
followed by a normalization and an activation, and a dense layer. Of each gradient: its norm and two projections.
"""

import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def values(shape, stream, scale, offset=0.0):
    count = torch.Size(shape).numel()
    index = torch.arange(count, dtype=torch.float64)
    return (offset + scale * torch.sin(0.7 * index * (1 + 0.13 * stream) + stream)).reshape(shape)


ACTIVATIONS = {
    "relu": F.relu,
    "leakyRelu": lambda x: F.leaky_relu(x, 0.2),
    "relu6": lambda x: F.relu6(4 * x),
    "elu": F.elu,
    "selu": F.selu,
    "softplus": F.softplus,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "swish": F.silu,
    "gelu": F.gelu,
}


def normalize(kind, x, scale, offset):
    """x [batch, height, width, channel]"""
    axes = {"batch": (0, 1, 2), "instance": (1, 2), "layer": (3,)}.get(kind)
    if axes is None:
        return x * scale + offset
    mean = x.mean(axes, keepdim=True)
    variance = x.var(axes, unbiased=False, keepdim=True)
    return (x - mean) / torch.sqrt(variance + 1e-3) * scale + offset


def convolution(x, kernel):
    """NHWC, with a kernel [height, width, in, out]"""
    y = F.conv2d(x.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), stride=2, padding=1)
    return y.permute(0, 2, 3, 1)


def gradients(activation, normalization):
    x = values([3, 8, 8, 1], 0, 1.0).requires_grad_()
    shapes = [[4, 4, 1, 3], [3], [3], [4, 4, 3, 4], [4], [4], [16, 1], [1]]
    offsets = [0, 1, 0, 0, 1, 0, 0, 0]
    scales = [0.5, 0.3, 0.2, 0.4, 0.3, 0.2, 0.5, 0.1]
    parameters = [
        values(shape, 1 + index, scales[index], offsets[index]).requires_grad_() for index, shape in enumerate(shapes)
    ]
    k1, s1, o1, k2, s2, o2, w, b = parameters
    act = ACTIVATIONS[activation]
    h = act(normalize(normalization, convolution(x, k1), s1, o1))
    h = act(normalize(normalization, convolution(h, k2), s2, o2))
    d = h.reshape(3, 16) @ w + b
    (slope,) = torch.autograd.grad(d.sum(), x, create_graph=True)
    norms = torch.sqrt((slope**2).sum((1, 2, 3)))
    loss = d.mean() + 10 * ((norms - 1) ** 2).mean()
    found = torch.autograd.grad(loss, [x, *parameters], allow_unused=True)
    return loss.item(), [torch.zeros_like(t) if g is None else g for g, t in zip(found, [x, *parameters])]


def summary(gradient):
    flat = gradient.reshape(-1)
    index = torch.arange(flat.numel(), dtype=torch.float64)
    projections = [(flat * torch.cos(index + 1)).sum(), (flat * torch.sin(2 * index + 1)).sum()]
    return [float(f"{value.item():.9g}") for value in [flat.norm(), *projections]]


cases = [(activation, "none") for activation in ACTIVATIONS]
cases += [(activation, kind) for kind in ("batch", "layer", "instance") for activation in ("tanh", "leakyRelu")]
result = []
for activation, normalization in cases:
    loss, found = gradients(activation, normalization)
    result.append(
        {
            "activation": activation,
            "normalization": normalization,
            "loss": float(f"{loss:.9g}"),
            "gradients": [summary(gradient) for gradient in found],
        }
    )
print(json.dumps(result))
