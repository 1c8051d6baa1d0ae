import tensorflow as tf

from .model import Model, bernoulli_loss


class MlpVae(Model):
    def loss(self, inputs, outside):
        x = inputs["images"]
        z, kl = latent(self, tf.nn.relu(self.dense("encoder.hidden", x)), outside["epsilon"])
        return bernoulli_loss(self.dense("decoder.logits", tf.nn.relu(self.dense("decoder.hidden", z))), x) + kl


class ConvVae(Model):
    def loss(self, inputs, outside):
        x = inputs["images"]
        y = tf.nn.relu(self.convolution("encoder.convolution.0", x, 2))
        y = tf.nn.relu(self.convolution("encoder.convolution.1", y, 2))
        z, kl = latent(self, tf.reshape(y, [x.shape[0], -1]), outside["epsilon"])
        y = tf.reshape(tf.nn.relu(self.dense("decoder.projection", z)), [x.shape[0], 7, 7, 64])
        y = tf.nn.relu(self.transposed("decoder.convolution.0", y))
        return bernoulli_loss(self.transposed("decoder.logits", y), x) + kl


def latent(model, hidden, epsilon):
    mean, log_variance = model.dense("encoder.mean", hidden), model.dense("encoder.log_variance", hidden)
    terms = tf.square(mean) + tf.exp(log_variance) - 1 - log_variance
    kl = 0.5 * tf.reduce_mean(tf.reduce_sum(terms, 1))
    return mean + tf.exp(0.5 * log_variance) * epsilon, kl
