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
    channels = [32, 64]
    top = (7, 7, 64)

    def __init__(self, weights):
        self.reads = {"encoder.mean": self.top, "encoder.log_variance": self.top}
        self.writes = {"decoder.projection": self.top}
        super().__init__(weights)

    def loss(self, inputs, noise):
        x = images(inputs["images"])
        y = x
        for index in range(len(self.channels)):
            y = F.relu(self.convolution(f"encoder.convolution.{index}", y, 2, 1))
        z, kl = latent(self, y.flatten(1), noise["epsilon"])
        height, width, channels = self.top
        y = F.relu(self.dense("decoder.projection", z)).view(-1, channels, height, width)
        for index in range(len(self.channels) - 1):
            y = F.relu(self.transposed(f"decoder.convolution.{index}", y))
        return bernoulli_loss(self.transposed("decoder.logits", y), x) + kl


class ConvVae64(ConvVae):
    channels = [64, 128, 256, 512]
    top = (4, 4, 512)


def latent(model, hidden, epsilon):
    mean, log_variance = model.dense("encoder.mean", hidden), model.dense("encoder.log_variance", hidden)
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()
    return mean + (0.5 * log_variance).exp() * epsilon, kl
