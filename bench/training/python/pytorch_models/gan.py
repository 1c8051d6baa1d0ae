import torch
import torch.nn.functional as F

from .model import Model, images


def adversarial_loss(logits, real):
    labels = torch.ones_like(logits) if real else torch.zeros_like(logits)
    return F.binary_cross_entropy_with_logits(logits, labels)


class RingGan(Model):
    def network(self, name, x):
        hidden = F.relu(self.dense(f"{name}.1", F.relu(self.dense(f"{name}.0", x))))
        return self.dense(f"{name}.2", hidden)

    def loss(self, inputs, noise):
        return self.discriminate(inputs["points"], self.network("generator", noise["z"]))

    def discriminate(self, points, generated):
        real = adversarial_loss(self.network("discriminator", points), True)
        return real + adversarial_loss(self.network("discriminator", generated), False)


class Dcgan(Model):
    reads = {"discriminator.logit": (7, 7, 64)}
    writes = {"generator.projection": (7, 7, 64)}

    def generate(self, z):
        y = self.dense("generator.projection", z).view(-1, 64, 7, 7)
        y = F.relu(self.normalized("generator.normalization.0", y))
        y = F.relu(self.normalized("generator.normalization.1", self.transposed("generator.convolution.0", y)))
        return torch.tanh(self.transposed("generator.convolution.1", y))

    def discriminate(self, x):
        y = F.leaky_relu(self.convolution("discriminator.convolution.0", x, 2, 1), 0.2)
        y = self.normalized("discriminator.normalization.1", self.convolution("discriminator.convolution.1", y, 2, 1))
        return self.dense("discriminator.logit", F.leaky_relu(y, 0.2).flatten(1))


class DcganDiscriminator(Dcgan):
    def loss(self, inputs, noise):
        generated = self.generate(noise["z"])
        real = adversarial_loss(self.discriminate(images(inputs["images"])), True)
        return real + adversarial_loss(self.discriminate(generated), False)


class DcganGenerator(Dcgan):
    def loss(self, inputs, noise):
        return adversarial_loss(self.discriminate(self.generate(noise["z"])), True)


class WganGp(Model):
    reads = {"critic.value": (7, 7, 64)}

    def critic(self, x):
        y = F.leaky_relu(self.convolution("critic.convolution.0", x, 2, 1), 0.2)
        y = F.leaky_relu(self.convolution("critic.convolution.1", y, 2, 1), 0.2)
        return self.dense("critic.value", y.flatten(1))

    def loss(self, inputs, noise):
        real, generated = images(inputs["images"]), images(inputs["generated"])
        between = (real + noise["mixture"] * (generated - real)).requires_grad_(True)
        (slope,) = torch.autograd.grad(self.critic(between).sum(), between, create_graph=True)
        norm = (slope.square().sum((1, 2, 3)) + 1e-12).sqrt()
        return self.critic(generated).mean() - self.critic(real).mean() + 10 * (norm - 1).square().mean()
