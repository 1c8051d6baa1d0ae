import tensorflow as tf

from .model import Model


def adversarial_loss(logits, real):
    labels = tf.ones_like(logits) if real else tf.zeros_like(logits)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))


class RingGan(Model):
    def network(self, name, x):
        hidden = tf.nn.relu(self.dense(f"{name}.1", tf.nn.relu(self.dense(f"{name}.0", x))))
        return self.dense(f"{name}.2", hidden)

    def outside(self, inputs, noise):
        return self.network("generator", noise["z"])

    def loss(self, inputs, outside):
        real = adversarial_loss(self.network("discriminator", inputs["points"]), True)
        return real + adversarial_loss(self.network("discriminator", outside), False)


class Dcgan(Model):
    def generate(self, z):
        y = tf.reshape(tf.matmul(z, self.of("generator.projection.kernel")), [z.shape[0], 7, 7, 64])
        y = tf.nn.relu(self.normalized("generator.normalization.0", y))
        y = tf.nn.relu(self.normalized("generator.normalization.1", self.transposed("generator.convolution.0", y)))
        return tf.tanh(self.transposed("generator.convolution.1", y))

    def discriminate(self, x):
        y = tf.nn.leaky_relu(self.convolution("discriminator.convolution.0", x, 2), 0.2)
        y = self.normalized("discriminator.normalization.1", self.convolution("discriminator.convolution.1", y, 2))
        return self.dense("discriminator.logit", tf.reshape(tf.nn.leaky_relu(y, 0.2), [x.shape[0], -1]))


class DcganDiscriminator(Dcgan):
    def outside(self, inputs, noise):
        return self.generate(noise["z"])

    def loss(self, inputs, outside):
        real = adversarial_loss(self.discriminate(inputs["images"]), True)
        return real + adversarial_loss(self.discriminate(outside), False)


class DcganGenerator(Dcgan):
    def loss(self, inputs, outside):
        return adversarial_loss(self.discriminate(self.generate(outside["z"])), True)


class WganGp(Model):
    def critic(self, x):
        y = tf.nn.leaky_relu(self.convolution("critic.convolution.0", x, 2), 0.2)
        y = tf.nn.leaky_relu(self.convolution("critic.convolution.1", y, 2), 0.2)
        return self.dense("critic.value", tf.reshape(y, [x.shape[0], -1]))

    def outside(self, inputs, noise):
        real, generated = inputs["images"], inputs["generated"]
        return real + noise["mixture"] * (generated - real)

    def loss(self, inputs, outside):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(outside)
            value = tf.reduce_sum(self.critic(outside))
        slope = tape.gradient(value, outside)
        norm = tf.sqrt(tf.reduce_sum(tf.square(slope), [1, 2, 3]) + 1e-12)
        penalty = 10 * tf.reduce_mean(tf.square(norm - 1))
        generated, real = self.critic(inputs["generated"]), self.critic(inputs["images"])
        return tf.reduce_mean(generated) - tf.reduce_mean(real) + penalty
