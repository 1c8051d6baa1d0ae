import torch
import torch.nn.functional as F

from .model import Model, bernoulli_loss, images


class MlpVae(Model):
    def loss(self, inputs, noise):
        x = inputs["images"]
        hidden = F.relu(self.dense("encoder.hidden", x))
        z, kl = latent(self, hidden, noise["epsilon"])
        return bernoulli_loss(self.dense("decoder.logits", F.relu(self.dense("decoder.hidden", z))), x) + kl


class ConvVae(Model):
    reads = {"encoder.mean": (7, 7, 64), "encoder.log_variance": (7, 7, 64)}
    writes = {"decoder.projection": (7, 7, 64)}

    def loss(self, inputs, noise):
        x = images(inputs["images"])
        y = F.relu(self.convolution("encoder.convolution.0", x, 2, 1))
        y = F.relu(self.convolution("encoder.convolution.1", y, 2, 1))
        z, kl = latent(self, y.flatten(1), noise["epsilon"])
        y = F.relu(self.dense("decoder.projection", z)).view(-1, 64, 7, 7)
        y = F.relu(self.transposed("decoder.convolution.0", y))
        return bernoulli_loss(self.transposed("decoder.logits", y), x) + kl


def latent(model, hidden, epsilon):
    mean, log_variance = model.dense("encoder.mean", hidden), model.dense("encoder.log_variance", hidden)
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()
    return mean + (0.5 * log_variance).exp() * epsilon, kl
