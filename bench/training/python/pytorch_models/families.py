"""Whole steps of the families of two players: what src/models computes, phase by phase."""

import torch
import torch.nn.functional as F

from .model import Model, images


class Game(Model):
    """`turns` lists the updates of a step: (player, loss(examples, drawn, optimizers)), each after the one before."""

    judge = "discriminator"

    def turns(self, settings):
        self.settings = settings
        judge = (self.judge, self.judge_loss)
        return [judge] * int(settings["judgeTurns"]) + [("generator", self.generator_loss)]

    def after(self, player, values):
        pass

    def fixed(self, drawn):
        with torch.no_grad():
            return self.generate(drawn["z"], update=False)

    def judge_loss(self, examples, drawn, optimizers):
        fake = self.fixed(drawn)
        return F.softplus(-self.output(self.real(examples))).mean() + F.softplus(self.output(fake)).mean()

    def generator_loss(self, examples, drawn, optimizers):
        return F.softplus(-self.output(self.generate(drawn["z"], update=True))).mean()

    def real(self, examples):
        return examples.flatten(1)

    def averages(self, name, update):
        if not update:
            return None, None
        return self.of(f"{name}.mean"), self.of(f"{name}.variance")

    def batch_norm(self, name, x, update):
        mean, variance = self.averages(name, update)
        return F.batch_norm(x, mean, variance, self.of(f"{name}.scale"), self.of(f"{name}.offset"), True, 0.1, 1e-3)


class GanStep(Game):
    def generate(self, z, update):
        for index in range(2):
            name = f"generator.hidden.{index}"
            z = F.relu(self.batch_norm(name, self.dense(name, z), update))
        return torch.tanh(self.dense("generator.output", z))

    def output(self, x):
        for index in range(2):
            x = F.leaky_relu(self.dense(f"{self.judge}.hidden.{index}", x), 0.2)
        return self.dense(f"{self.judge}.output", x).squeeze(1)


class Plain(GanStep):
    """A generator without batch normalization against a critic."""

    judge = "critic"

    def generate(self, z, update):
        for index in range(2):
            z = F.relu(self.dense(f"generator.hidden.{index}", z))
        return torch.tanh(self.dense("generator.output", z))

    def judge_loss(self, examples, drawn, optimizers):
        return self.output(self.fixed(drawn)).mean() - self.output(self.real(examples)).mean()

    def generator_loss(self, examples, drawn, optimizers):
        return -self.output(self.generate(drawn["z"], update=True)).mean()


class WganStep(Plain):
    def after(self, player, values):
        if player == "critic":
            clip = self.settings["clip"]
            for value in values:
                value.clamp_(-clip, clip)


class WganGpStep(Plain):
    def judge_loss(self, examples, drawn, optimizers):
        fake, real = self.fixed(drawn), self.real(examples)
        between = (fake + drawn["mixture"].flatten(1) * (real - fake)).requires_grad_(True)
        (slope,) = torch.autograd.grad(self.output(between).sum(), between, create_graph=True)
        norm = (slope.square().sum(1) + 1e-12).sqrt()
        penalty = self.settings["penalty"] * (norm - 1).square().mean()
        return self.output(fake).mean() - self.output(real).mean() + penalty


class UnrolledStep(Game):
    layers = ["discriminator.hidden.0", "discriminator.hidden.1", "discriminator.output"]
    names = [f"{layer}.{part}" for layer in layers for part in ("kernel", "bias")]

    def generate(self, z, update):
        for index in range(2):
            z = torch.tanh(self.dense(f"generator.hidden.{index}", z))
        return self.dense("generator.output", z)

    def output(self, x, weights=None):
        weights = weights or [self.of(name) for name in self.names]
        for index in range(0, 4, 2):
            x = torch.tanh(F.linear(x, weights[index], weights[index + 1]))
        return F.linear(x, weights[4], weights[5]).squeeze(1)

    def verdict(self, real, fake, weights):
        return F.softplus(-self.output(real, weights)).mean() + F.softplus(self.output(fake, weights)).mean()

    def generator_loss(self, examples, drawn, optimizers):
        """Minus the discriminator's loss after further updates of its Adam, from its moments as they are."""
        fake = self.generate(drawn["z"], update=True)
        weights = [self.of(name) for name in self.names]
        discriminator = optimizers["discriminator"]
        group = discriminator.param_groups[0]
        (b1, b2), rate, eps = group["betas"], group["lr"], group["eps"]
        state = [discriminator.state[weight] for weight in weights]
        count = int(state[0]["step"])
        first, second = [each["exp_avg"] for each in state], [each["exp_avg_sq"] for each in state]
        for update in range(count + 1, count + 1 + int(self.settings["unrolling"])):
            gradients = torch.autograd.grad(self.verdict(examples, fake, weights), weights, create_graph=True)
            first = [b1 * m + (1 - b1) * g for m, g in zip(first, gradients)]
            second = [b2 * v + (1 - b2) * g.square() for v, g in zip(second, gradients)]
            c1, c2 = 1 - b1**update, 1 - b2**update
            weights = [w - rate * (m / c1) / ((v / c2).sqrt() + eps) for w, m, v in zip(weights, first, second)]
        return -self.verdict(examples, fake, weights)


class DcganStep(Game):
    reads = {"discriminator.output": (7, 7, 64)}
    writes = {"generator.projection": (7, 7, 64)}

    def converted(self, name, value):
        # Its normalization has a number for each channel, not for each output of the dense layer.
        if name.startswith("generator.projection.") and value.dim() == 1:
            return value.clone()
        return super().converted(name, value)

    def real(self, examples):
        return images(examples)

    def generate(self, z, update):
        y = self.dense("generator.projection", z).view(-1, 64, 7, 7)
        y = F.relu(self.batch_norm("generator.projection", y, update))
        y = self.transposed("generator.convolution.0", y)
        y = F.relu(self.batch_norm("generator.convolution.0", y, update))
        return torch.tanh(self.transposed("generator.output", y))

    def judge_loss(self, examples, drawn, optimizers):
        fake, real = self.fixed(drawn), self.real(examples)
        return F.softplus(-self.output(real, update=True)).mean() + F.softplus(self.output(fake)).mean()

    def output(self, x, update=False):
        x = F.leaky_relu(self.convolution("discriminator.convolution.0", x, 2, 1), 0.2)
        x = self.convolution("discriminator.convolution.1", x, 2, 1)
        x = F.leaky_relu(self.batch_norm("discriminator.convolution.1", x, update), 0.2)
        return self.dense("discriminator.output", x.flatten(1)).squeeze(1)
