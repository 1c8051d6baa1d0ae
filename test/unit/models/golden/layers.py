"""Writes layers.json: what PyTorch's layers give for numbers that test/unit/models/layers.test.ts makes in the same way.

    python layers.py > layers.json; npx prettier --write layers.json        (made with PyTorch 2.13, in double precision)

Layouts are those of Latent Studio: images [batch, height, width, channel], kernels [height, width, inputs, outputs], of transposed
convolutions [height, width, outputs, inputs]. Gradients are of the sum of the output times the numbers of stream 9.
"""

import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def values(*shape, stream):
    count = torch.Size(shape).numel()
    index = torch.arange(count, dtype=torch.float64)
    return torch.sin(0.7 * index * (1 + 0.13 * stream) + stream).reshape(shape)


def listed(tensor):
    return {"shape": list(tensor.shape), "values": [round(value, 7) for value in tensor.flatten().tolist()]}


def with_gradients(output, **inputs):
    weights = values(*output.shape, stream=9)
    gradients = torch.autograd.grad((output * weights).sum(), list(inputs.values()))
    return {
        "output": listed(output.detach()),
        "gradients": {name: listed(gradient) for name, gradient in zip(inputs, gradients)},
    }


def images(x):
    return x.permute(0, 3, 1, 2)


def back(x):
    return x.permute(0, 2, 3, 1)


def convolution(stride, padding, kernel_size):
    x = values(2, 5, 6, 3, stream=1).requires_grad_(True)
    kernel = values(*kernel_size, 3, 4, stream=2).requires_grad_(True)
    bias = values(4, stream=3).requires_grad_(True)
    padded = images(x)
    if padding == "same":
        # TensorFlow pads what ⌈n / stride⌉ outputs need, the odd one out at the end.
        pads = []
        for length, size in zip((6, 5), reversed(kernel_size)):
            needed = max(0, (-(-length // stride) - 1) * stride + size - length)
            pads += [needed // 2, needed - needed // 2]
        padded = F.pad(padded, pads)
    return with_gradients(back(F.conv2d(padded, kernel.permute(3, 2, 0, 1), bias, stride)), x=x, kernel=kernel, bias=bias)


def transposed(stride, padding):
    """4×4 kernels, for which SAME of stride 2 is PyTorch's padding of 1."""
    x = values(2, 3, 2, 3, stream=1).requires_grad_(True)
    kernel = values(4, 4, 2, 3, stream=2).requires_grad_(True)
    bias = values(2, stream=3).requires_grad_(True)
    output = F.conv_transpose2d(images(x), kernel.permute(3, 2, 0, 1), bias, stride, padding)
    return with_gradients(back(output), x=x, kernel=kernel, bias=bias)


def batch_norm(*shape):
    channels = shape[-1]
    layer = torch.nn.BatchNorm2d(channels, eps=1e-3) if len(shape) == 4 else torch.nn.BatchNorm1d(channels, eps=1e-3)
    with torch.no_grad():
        layer.weight.copy_(values(channels, stream=2))
        layer.bias.copy_(values(channels, stream=3))
    x = values(*shape, stream=1).requires_grad_(True)
    arrange, restore = (images, back) if len(shape) == 4 else ((lambda y: y), (lambda y: y))
    result = with_gradients(restore(layer(arrange(x))), x=x, scale=layer.weight, offset=layer.bias)
    layer(arrange(values(*shape, stream=4)))
    result["mean"], result["variance"] = listed(layer.running_mean), listed(layer.running_var)
    layer.eval()
    moving = with_gradients(restore(layer(arrange(x))), x=x, scale=layer.weight, offset=layer.bias)
    result["moving"], result["movingGradients"] = moving["output"], moving["gradients"]
    return result


def layer_norm():
    x = values(3, 5, stream=1).requires_grad_(True)
    scale, offset = values(5, stream=2).requires_grad_(True), values(5, stream=3).requires_grad_(True)
    return with_gradients(F.layer_norm(x, [5], scale, offset, 1e-5), x=x, scale=scale, offset=offset)


def embedding():
    table = values(4, 3, stream=2).requires_grad_(True)
    return with_gradients(F.embedding(torch.tensor([2, 0, 2, 3]), table), table=table)


def spectral_norm():
    """Ten steps of power iteration in training, then the gradient of the eleventh; σ by singular value decomposition."""
    kernel = values(3, 3, 2, 4, stream=2)
    layer = torch.nn.utils.spectral_norm(torch.nn.Conv2d(2, 4, 3, bias=False))
    with torch.no_grad():
        layer.weight_orig.copy_(kernel.permute(3, 2, 0, 1))
        layer.weight_u.copy_(F.normalize(values(4, stream=3), dim=0))
    x = values(1, 4, 4, 2, stream=1)
    for _ in range(10):
        layer(images(x))
    output = back(layer(images(x)))
    weights = values(*output.shape, stream=9)
    (gradient,) = torch.autograd.grad((output * weights).sum(), layer.weight_orig)
    return {
        "output": listed(output.detach()),
        "gradients": {"kernel": listed(gradient.permute(2, 3, 1, 0))},
        "u": listed(layer.weight_u),
        "sigma": torch.linalg.svdvals(kernel.reshape(18, 4))[0].item(),
    }


RESULTS = {
    "convolution of stride 1": convolution(1, "same", (3, 3)),
    "convolution of stride 2": convolution(2, "same", (4, 4)),
    "convolution with a wide kernel": convolution(1, "same", (1, 3)),
    "convolution without padding": convolution(2, "valid", (3, 2)),
    "transposed convolution": transposed(2, 1),
    "transposed convolution without padding": transposed(2, 0),
    "batch normalization of images": batch_norm(2, 3, 2, 4),
    "batch normalization of vectors": batch_norm(6, 3),
    "layer normalization": layer_norm(),
    "embedding": embedding(),
    "spectral normalization": spectral_norm(),
}
print(json.dumps(RESULTS))
