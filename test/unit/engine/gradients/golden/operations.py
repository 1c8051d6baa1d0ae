"""Writes operations.json: what PyTorch, in double precision, gives for operations and their first and second order gradients.

    python operations.py > operations.json        (made with PyTorch 2.13)

Of each operation y = f(x, ...): y itself; the gradients of sum(w y) + sum(y^2) / 4 for fixed weights w; and the gradients of half
the squared norm of those, which contain every second derivative. The inputs and w are sines of the index, see values().
"""

import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def values(shape, stream, scale=1.0, offset=0.0):
    index = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
    return (offset + scale * torch.sin(0.7 * index * (1 + 0.13 * stream) + stream)).reshape(shape)


def channels_first(x):
    return x.permute(0, 3, 1, 2)


def channels_last(x):
    return x.permute(0, 2, 3, 1)


def filter_of(w):
    """[height, width, in, out] -> [out, in, height, width]"""
    return w.permute(3, 2, 0, 1)


def cross_entropy(labels, logits):
    return -(labels * F.log_softmax(logits, -1)).sum(-1)


MATRIX = ([3, 4], 1.0, 0.0)
POSITIVE = ([3, 4], 0.6, 1.2)
IMAGES = ([2, 4, 4, 3], 1.0, 0.0)
FILTER = ([3, 3, 3, 2], 0.5, 0.0)
INDICES = torch.tensor([2, 0, 2, 1])

# By name: the function, and shape, scale and offset of each of its inputs.
OPERATIONS = {
    "mul": (torch.mul, [MATRIX, ([4], 1.0, 0.0)]),
    "div": (torch.div, [MATRIX, POSITIVE]),
    "pow": (torch.pow, [POSITIVE, ([4], 0.5, 1.5)]),
    "maximum": (torch.maximum, [MATRIX, ([4], 0.3, 0.1)]),
    "exp": (torch.exp, [MATRIX]),
    "log": (torch.log, [POSITIVE]),
    "rsqrt": (torch.rsqrt, [POSITIVE]),
    "sigmoid": (torch.sigmoid, [MATRIX]),
    "tanh": (torch.tanh, [MATRIX]),
    "softplus": (F.softplus, [MATRIX]),
    "elu": (F.elu, [MATRIX]),
    "gelu": (F.gelu, [MATRIX]),
    "leakyRelu": (lambda x: F.leaky_relu(x, 0.2), [MATRIX]),
    "clipByValue": (lambda x: torch.clamp(x, -0.5, 0.6), [MATRIX]),
    "where": (lambda x, y: torch.where(x > 0, x * y, y * y), [MATRIX, MATRIX]),
    "softmax": (lambda x: F.softmax(x, -1), [MATRIX]),
    "logSoftmax": (lambda x: F.log_softmax(x, -1), [MATRIX]),
    "logSumExp": (lambda x: torch.logsumexp(x, 0), [MATRIX]),
    "mean": (lambda x: (x * x).mean(1), [MATRIX]),
    "prod": (lambda x: x.prod(1), [POSITIVE]),
    "max": (lambda x: x.amax(1), [MATRIX]),
    "norm": (lambda x: x.norm(dim=1), [MATRIX]),
    "cumsum": (lambda x: (x * x).cumsum(1), [MATRIX]),
    "matMul": (torch.matmul, [MATRIX, ([4, 2], 1.0, 0.0)]),
    "batched matMul": (torch.matmul, [([2, 3, 4], 1.0, 0.0), ([2, 4, 2], 1.0, 0.0)]),
    "einsum": (lambda a, b: torch.einsum("bthd,bshd->bhts", a, b), [([2, 3, 2, 2], 1.0, 0.0), ([2, 4, 2, 2], 1.0, 0.0)]),
    "conv2d": (
        lambda x, w: channels_last(F.conv2d(channels_first(x), filter_of(w), padding=1)),
        [IMAGES, FILTER],
    ),
    "conv2d of stride 2": (
        lambda x, w: channels_last(F.conv2d(channels_first(x), filter_of(w), stride=2)),
        [IMAGES, FILTER],
    ),
    "conv2dTranspose": (
        lambda x, w: channels_last(F.conv_transpose2d(channels_first(x), filter_of(w), stride=2, padding=1)),
        [([2, 2, 2, 2], 1.0, 0.0), ([4, 4, 3, 2], 0.5, 0.0)],
    ),
    "avgPool": (lambda x: channels_last(F.avg_pool2d(channels_first(x * x), 2)), [IMAGES]),
    "maxPool": (lambda x: channels_last(F.max_pool2d(channels_first(x * x * x), 2)), [IMAGES]),
    "resizeBilinear": (
        lambda x: channels_last(
            F.interpolate(channels_first(x * x), size=(7, 6), mode="bilinear", align_corners=True)
        ),
        [IMAGES],
    ),
    "gather": (lambda x: (x * x)[INDICES], [MATRIX]),
    "tile": (lambda x: (x * x).repeat(2, 3), [MATRIX]),
    "concat": (lambda a, b: torch.cat([a * a, a * b], 1), [MATRIX, MATRIX]),
    "mirrorPad": (lambda x: F.pad((x * x)[None], (1, 2), mode="reflect")[0], [MATRIX]),
    "layerNormalization": (
        lambda x, s, o: F.layer_norm(x, (4,), s, o, 1e-3),
        [MATRIX, ([4], 0.4, 1.0), ([4], 1.0, 0.0)],
    ),
    "batchNormalization": (
        lambda x, s, o: F.batch_norm(x, None, None, s, o, True, 0.1, 1e-3),
        [([6, 3], 1.0, 0.0), ([3], 0.4, 1.0), ([3], 1.0, 0.0)],
    ),
    "softmaxCrossEntropy": (lambda a, x: cross_entropy(F.softmax(a, -1), x), [MATRIX, ([3, 4], 2.0, 0.0)]),
    "sigmoidCrossEntropy": (
        lambda a, x: F.binary_cross_entropy_with_logits(x, torch.sigmoid(a), reduction="none"),
        [MATRIX, ([3, 4], 2.0, 0.0)],
    ),
}


def compute(function, inputs):
    xs = [values(shape, 1 + place, scale, offset).requires_grad_() for place, (shape, scale, offset) in enumerate(inputs)]
    y = function(*xs)
    loss = (values(y.shape, 9, 0.5, 1.0) * y).sum() + (y * y).sum() / 4
    first = torch.autograd.grad(loss, xs, create_graph=True)
    penalty = sum((gradient**2).sum() for gradient in first) / 2
    second = torch.autograd.grad(penalty, xs)
    return y, first, second


def numbers(tensors):
    return [float(f"{value:.8g}") for tensor in tensors for value in tensor.reshape(-1).tolist()]


result = {}
for name, (function, inputs) in OPERATIONS.items():
    y, first, second = compute(function, inputs)
    result[name] = {
        "inputs": [{"shape": shape, "scale": scale, "offset": offset} for shape, scale, offset in inputs],
        "output": numbers([y]),
        "gradients": numbers(first),
        "secondGradients": numbers(second),
    }
print("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in result.items()) + "\n}")
