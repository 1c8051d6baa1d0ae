import tensorflow as tf

from .model import Model, bernoulli_loss


class MlpVae(Model):
    def loss(self, inputs, outside):
        x = inputs["images"]
        z, kl = latent(self, tf.nn.relu(self.dense("encoder.hidden", x)), outside["epsilon"])
        return bernoulli_loss(self.dense("decoder.logits", tf.nn.relu(self.dense("decoder.hidden", z))), x) + kl


class ConvVae(Model):
    channels = [32, 64]
    top = [7, 7, 64]

    def loss(self, inputs, outside):
        x = inputs["images"]
        y = x
        for index in range(len(self.channels)):
            y = tf.nn.relu(self.convolution(f"encoder.convolution.{index}", y, 2))
        z, kl = latent(self, tf.reshape(y, [x.shape[0], -1]), outside["epsilon"])
        y = tf.reshape(tf.nn.relu(self.dense("decoder.projection", z)), [x.shape[0], *self.top])
        for index in range(len(self.channels) - 1):
            y = tf.nn.relu(self.transposed(f"decoder.convolution.{index}", y))
        return bernoulli_loss(self.transposed("decoder.logits", y), x) + kl


class ConvVae64(ConvVae):
    channels = [64, 128, 256, 512]
    top = [4, 4, 512]


def latent(model, hidden, epsilon):
    mean, log_variance = model.dense("encoder.mean", hidden), model.dense("encoder.log_variance", hidden)
    terms = tf.square(mean) + tf.exp(log_variance) - 1 - log_variance
    kl = 0.5 * tf.reduce_mean(tf.reduce_sum(terms, 1))
    return mean + tf.exp(0.5 * log_variance) * epsilon, kl
