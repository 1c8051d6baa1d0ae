import numpy
import tensorflow as tf

from .model import Model, bernoulli_loss


class Made(Model):
    def __init__(self, variables):
        super().__init__(variables)
        pixel, hidden = numpy.arange(1, 785), 1 + numpy.arange(500) % 783
        self.hidden_mask = tf.constant(hidden[None, :] >= pixel[:, None], tf.float32)
        self.logits_mask = tf.constant(pixel[None, :] > hidden[:, None], tf.float32)

    def loss(self, inputs, outside):
        x = inputs["images"]
        hidden = tf.nn.relu(self.masked("hidden", x, self.hidden_mask))
        return bernoulli_loss(self.masked("logits", hidden, self.logits_mask), x)

    def masked(self, name, x, mask):
        return self.biased(name, tf.matmul(x, self.of(f"{name}.kernel") * mask))


class PixelCnn(Model):
    def __init__(self, variables):
        super().__init__(variables)
        self.mask_a, self.mask_b = raster_mask(7, 7, False), raster_mask(3, 3, True)

    def loss(self, inputs, outside):
        x = inputs["images"]
        y = self.convolution("first", x, 1, self.mask_a)
        for block in range(7):
            inside = self.convolution(f"block.{block}.in", tf.nn.relu(y))
            seen = self.convolution(f"block.{block}.masked", tf.nn.relu(inside), 1, self.mask_b)
            y = y + self.convolution(f"block.{block}.out", tf.nn.relu(seen))
        y = tf.nn.relu(self.convolution("head", tf.nn.relu(y)))
        return bernoulli_loss(self.convolution("logits", y), x)


class RowLstm(Model):
    def __init__(self, variables):
        super().__init__(variables)
        self.mask_a, self.mask_b = raster_mask(7, 7, False), raster_mask(1, 3, True)

    def loss(self, inputs, outside):
        x = inputs["images"]
        y = self.convolution("first", x, 1, self.mask_a)
        gates = self.convolution("input_to_state", y, 1, self.mask_b)
        hidden = cell = tf.zeros([x.shape[0], 1, 28, 32])
        states = []
        for from_input in tf.split(gates, 28, 1):
            row = from_input + self.convolution("state_to_state", hidden)
            output, forget, enter, content = tf.split(row, 4, 3)
            cell = tf.sigmoid(forget) * cell + tf.sigmoid(enter) * tf.tanh(content)
            hidden = tf.sigmoid(output) * tf.tanh(cell)
            states.append(hidden)
        y = tf.nn.relu(self.convolution("head", tf.nn.relu(tf.concat(states, 1))))
        return bernoulli_loss(self.convolution("logits", y), x)


def raster_mask(height, width, center):
    """Ones above and to the left of the center; mask B has the center, too."""
    last = height // 2 * width + width // 2
    return tf.constant((numpy.arange(height * width) < last + center).reshape(height, width, 1, 1), tf.float32)
