"""Layers by the names of their variables, in PyTorch's own layouts: images [batch, channel, height, width]."""

import torch
import torch.nn.functional as F


class Model:
    """`loss(inputs, noise)` of a subclass is what a step minimizes; both are dictionaries of tensors, images NHWC.

    Where several optimizers take part, `losses` returns one loss by the name of each. A loss may leave new values of state in
    `assigned`.
    """

    # Features of a convolution that a dense layer reads or writes, by the layer's name: PyTorch counts channels first.
    reads = {}
    writes = {}

    def __init__(self, weights):
        self.assigned = {}
        self.parameters = {name: self.converted(name, torch.from_numpy(array).to(torch.get_default_device())) for name, array in weights.items()}

    def converted(self, name, value):
        """[inputs, outputs] → [outputs, inputs]; [h, w, i, o] → [o, i, h, w]; transposed [h, w, o, i] → [i, o, h, w]"""
        layer = name.rpartition(".")[0]
        if layer in self.reads:
            value = channels_first(value, self.reads[layer]) if value.dim() == 2 else value
        if layer in self.writes:
            value = channels_first(value.T, self.writes[layer]).T if value.dim() == 2 else channels_first(value, self.writes[layer])
        if value.dim() == 2:
            value = value.T
        elif value.dim() == 4:
            value = value.permute(3, 2, 0, 1)
        return value.contiguous().clone()

    def of(self, name):
        return self.parameters[name]

    def dense(self, name, x):
        return F.linear(x, self.of(f"{name}.kernel"), self.parameters.get(f"{name}.bias"))

    def convolution(self, name, x, stride=1, padding=0, mask=None):
        kernel = self.of(f"{name}.kernel")
        if mask is not None:
            kernel = kernel * mask
        return F.conv2d(x, kernel, self.parameters.get(f"{name}.bias"), stride, padding)

    def transposed(self, name, x):
        return F.conv_transpose2d(x, self.of(f"{name}.kernel"), self.parameters.get(f"{name}.bias"), 2, 1)

    def normalized(self, name, x):
        return F.batch_norm(x, None, None, self.of(f"{name}.scale"), self.of(f"{name}.offset"), training=True, eps=1e-3)


def channels_first(value, shape):
    """Reorders the first axis from (height, width, channel) to (channel, height, width)."""
    return value.reshape(*shape, *value.shape[1:]).movedim(2, 0).reshape(value.shape)


def images(batch):
    """[batch, 28, 28, 1] → [batch, 1, 28, 28]: no copy, since there is one channel."""
    return batch.permute(0, 3, 1, 2)


def bernoulli_loss(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / x.shape[0]
