"""Layers by the names of their variables, in TensorFlow's layouts: images [batch, height, width, channel]."""

import tensorflow as tf


class Model:
    """A step minimizes `loss(inputs, outside)` of a subclass; no gradients flow through `outside`."""

    def __init__(self, variables):
        self.variables = variables

    def outside(self, inputs, noise):
        return noise

    def of(self, name):
        return self.variables[name]

    def dense(self, name, x):
        return tf.nn.bias_add(tf.matmul(x, self.of(f"{name}.kernel")), self.of(f"{name}.bias"))

    def convolution(self, name, x, stride=1, mask=None):
        kernel = self.of(f"{name}.kernel")
        if mask is not None:
            kernel = kernel * mask
        return self.biased(name, tf.nn.conv2d(x, kernel, stride, "SAME"))

    def transposed(self, name, x):
        kernel = self.of(f"{name}.kernel")
        batch, height, width, _ = x.shape
        shape = [batch, 2 * height, 2 * width, kernel.shape[2]]
        return self.biased(name, tf.nn.conv2d_transpose(x, kernel, shape, 2, "SAME"))

    def biased(self, name, x):
        bias = self.variables.get(f"{name}.bias")
        return x if bias is None else tf.nn.bias_add(x, bias)

    def normalized(self, name, x):
        output, _, _ = tf.compat.v1.nn.fused_batch_norm(
            x, self.of(f"{name}.scale"), self.of(f"{name}.offset"), epsilon=1e-3, is_training=True
        )
        return output


def bernoulli_loss(logits, x):
    terms = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
    return tf.reduce_sum(terms) / x.shape[0]
