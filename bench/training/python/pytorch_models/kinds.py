"""Twins of the kinds of models that appear once: unrolled, quantized, sequential, normalizing, …"""

import math

import torch
import torch.nn.functional as F

from .gan import RingGan, adversarial_loss
from .model import Model, bernoulli_loss, images

LOG_TWO_PI = math.log(2 * math.pi)


class RingInside(RingGan):
    def loss(self, inputs, noise):
        angle = (noise["mode"] * 8).floor() * (math.pi / 4)
        points = torch.cat([angle.cos(), angle.sin()], 1) + 0.02 * noise["spread"]
        return self.discriminate(points, self.network("generator", noise["z"]))


class Unrolled(RingGan):
    weights = [f"discriminator.{layer}.{part}" for layer in range(3) for part in ("kernel", "bias")]

    def loss(self, inputs, noise):
        generated = self.network("generator", noise["z"])
        own = {name: self.parameters[name] for name in self.weights}
        states = [(value.requires_grad_(True),) for value in own.values()]
        for step in range(1, 6):
            self.parameters.update(zip(self.weights, (state[0] for state in states)))
            loss = self.discriminate(inputs["points"], generated)
            gradients = torch.autograd.grad(loss, [state[0] for state in states], create_graph=True)
            states = [self.update(state, gradient, step) for state, gradient in zip(states, gradients)]
        self.parameters.update(zip(self.weights, (state[0] for state in states)))
        result = adversarial_loss(self.network("discriminator", generated), True)
        self.parameters.update(own)
        return result


class UnrolledDescent(Unrolled):
    def update(self, state, gradient, step):
        return (state[0] - 0.1 * gradient,)


class UnrolledAdam(Unrolled):
    def update(self, state, gradient, step):
        value, m, v = state if len(state) == 3 else (state[0], 0.0, 0.0)
        m, v = 0.5 * m + 0.5 * gradient, 0.999 * v + 0.001 * gradient**2
        direction = m / (1 - 0.5**step) / (v / (1 - 0.999**step) + 1e-8).sqrt()
        return value - 1e-3 * direction, m, v


class SnGan(Model):
    reads = {"critic.value": (7, 7, 64)}
    layers = ["critic.convolution.0", "critic.convolution.1", "critic.value"]

    def normalized_kernel(self, name):
        kernel = self.of(f"{name}.kernel")
        matrix = kernel.flatten(1)
        with torch.no_grad():
            v = F.normalize(matrix.T @ self.of(f"{name}.u"), dim=0, eps=1e-12)
            u = F.normalize(matrix @ v, dim=0, eps=1e-12)
        self.assigned[f"{name}.u"] = u
        return kernel / torch.dot(u, matrix @ v)

    def critic(self, x, kernels):
        first, second, last = kernels
        y = F.leaky_relu(F.conv2d(x, first, self.of("critic.convolution.0.bias"), 2, 1), 0.2)
        y = F.leaky_relu(F.conv2d(y, second, self.of("critic.convolution.1.bias"), 2, 1), 0.2)
        return F.linear(y.flatten(1), last, self.of("critic.value.bias"))

    def loss(self, inputs, noise):
        kernels = [self.normalized_kernel(name) for name in self.layers]
        real = self.critic(images(inputs["images"]), kernels)
        return F.relu(1 - real).mean() + F.relu(1 + self.critic(images(inputs["generated"]), kernels)).mean()


class AlphaGan(Model):
    def perceptron(self, name, x):
        return self.dense(f"{name}.1", F.leaky_relu(self.dense(f"{name}.0", x), 0.2))

    def judge(self, name, x, real):
        return adversarial_loss(self.perceptron(name, x), real)

    def losses(self, inputs, noise):
        x, z = inputs["images"], noise["z"]
        code = self.perceptron("autoencoder.encoder", x)
        again, sampled = (torch.sigmoid(self.perceptron("autoencoder.generator", y)) for y in (code, z))
        fooled = self.judge("images", again, True) + self.judge("images", sampled, True) + self.judge("codes", code, True)
        code, fixed, fixed_sampled = code.detach(), again.detach(), sampled.detach()
        told = 2 * self.judge("images", x, True) + self.judge("images", fixed, False)
        return {
            "autoencoder": 10 * (x - again).abs().mean() + fooled,
            "images": told + self.judge("images", fixed_sampled, False),
            "codes": self.judge("codes", z, True) + self.judge("codes", code, False),
        }


class WganGp64(Model):
    reads = {"critic.value": (8, 8, 256)}
    writes = {"generator.projection": (8, 8, 256)}

    def active(self, index, x):
        return F.relu(x)

    def generate(self, z):
        y = self.active(0, self.dense("generator.projection", z).view(-1, 256, 8, 8))
        for index in range(2):
            y = self.active(index + 1, self.transposed(f"generator.convolution.{index}", y))
        return torch.tanh(self.transposed("generator.convolution.2", y))

    def critic(self, x):
        for index in range(3):
            x = F.leaky_relu(self.convolution(f"critic.convolution.{index}", x, 2, 1), 0.2)
        return self.dense("critic.value", x.flatten(1))

    def loss(self, inputs, noise):
        real = images(inputs["images"])
        with torch.no_grad():
            generated = self.generate(noise["z"])
        between = (real + noise["mixture"] * (generated - real)).requires_grad_(True)
        (slope,) = torch.autograd.grad(self.critic(between).sum(), between, create_graph=True)
        norm = (slope.square().sum((1, 2, 3)) + 1e-12).sqrt()
        return self.critic(generated).mean() - self.critic(real).mean() + 10 * (norm - 1).square().mean()


class WganGp64Norm(WganGp64):
    def active(self, index, x):
        return F.relu(self.normalized(f"generator.normalization.{index}", x))


class VqVae(Model):
    def quantized(self, z):
        """z [n, size]; two-dimensional state is stored the other way round, like kernels."""
        total, count = self.of("codebook.sum").T, self.of("codebook.count").T
        codes = total / count
        chosen = F.one_hot((codes.square().sum(1) - 2 * z @ codes.T).argmin(1), 512).float()
        self.assigned["codebook.sum"] = (0.99 * total + 0.01 * chosen.T @ z).T
        self.assigned["codebook.count"] = (0.99 * count + 0.01 * chosen.sum(0)[:, None]).T
        return chosen @ codes

    def loss(self, inputs, noise):
        x = images(inputs["images"])
        y = F.relu(self.convolution("encoder.convolution.0", x, 2, 1))
        y = F.relu(self.convolution("encoder.convolution.1", y, 2, 1))
        z = self.convolution("encoder.codes", y)
        with torch.no_grad():
            rows = z.permute(0, 2, 3, 1)
            code = self.quantized(rows.reshape(-1, 64)).view(rows.shape).permute(0, 3, 1, 2)
        y = F.relu(self.transposed("decoder.convolution.0", z + (code - z).detach()))
        return F.mse_loss(self.transposed("decoder.mean", y), x) + 0.25 * F.mse_loss(z, code)


class Iwae(Model):
    def hidden(self, name, x):
        return torch.tanh(self.dense(f"{name}.1", torch.tanh(self.dense(f"{name}.0", x))))

    def loss(self, inputs, noise):
        x, epsilon = inputs["images"], noise["epsilon"]
        seen = self.hidden("encoder", x)
        mean, log_variance = self.dense("encoder.mean", seen), self.dense("encoder.log_variance", seen)
        z = mean + (0.5 * log_variance).exp() * epsilon
        logits = self.dense("decoder.logits", self.hidden("decoder", z))
        log_likelihood = -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(2)
        log_prior = -0.5 * (z.square() + LOG_TWO_PI).sum(2)
        log_posterior = -0.5 * ((z - mean).square() / log_variance.exp() + log_variance + LOG_TWO_PI).sum(2)
        return math.log(50) - (log_likelihood + log_prior - log_posterior).logsumexp(0).mean()


class RealNvp(Model):
    def loss(self, inputs, noise):
        kept, changed = inputs["images"].chunk(2, 1)
        log_determinant = 0
        for index in range(4):
            hidden = F.relu(self.dense(f"coupling.{index}.hidden", kept))
            log_scale = torch.tanh(self.dense(f"coupling.{index}.log_scale", hidden))
            shift = self.dense(f"coupling.{index}.shift", hidden)
            kept, changed = changed * log_scale.exp() + shift, kept
            log_determinant = log_determinant + log_scale.sum(1)
        log_prior = -0.5 * (torch.cat([kept, changed], 1).square() + LOG_TWO_PI).sum(1)
        return -(log_prior + log_determinant).mean()


class GatedPixelCnn(Model):
    def __init__(self, weights):
        super().__init__(weights)
        place = torch.arange(9)
        self.above = [(place < last).float().view(1, 1, 3, 3) for last in (3, 6, 6, 6)]
        self.before = [torch.tensor(mask).view(1, 1, 1, 3) for mask in [[1.0, 0, 0]] + 3 * [[1.0, 1, 0]]]

    def loss(self, inputs, noise):
        x = images(inputs["images"])
        vertical = horizontal = x / 255
        for layer in range(4):
            name = f"layer.{layer}"
            down = self.convolution(f"{name}.vertical", vertical, 1, 1, self.above[layer])
            across = self.convolution(f"{name}.horizontal", horizontal, 1, (0, 1), self.before[layer])
            joined = across + self.convolution(f"{name}.between", down)
            out = self.convolution(f"{name}.out", gated(joined))
            horizontal = horizontal + out if layer > 0 else out
            vertical = gated(down)
        return F.cross_entropy(self.convolution("logits", F.relu(horizontal)), x[:, 0].long())


def gated(x):
    content, gate = x.chunk(2, 1)
    return torch.tanh(content) * torch.sigmoid(gate)


class Transformer(Model):
    def norm(self, name, x):
        return F.layer_norm(x, [64], self.of(f"{name}.scale"), self.of(f"{name}.offset"), 1e-5)

    def attention(self, name, x):
        query, key, value = (
            part.unflatten(2, (4, 16)).transpose(1, 2) for part in self.dense(f"{name}.in", x).chunk(3, 2)
        )
        heads = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.dense(f"{name}.out", heads.transpose(1, 2).flatten(2))

    def loss(self, inputs, noise):
        tokens = inputs["tokens"].long()
        # Two-dimensional variables are stored the other way round, like kernels.
        x = F.embedding(tokens[:, :-1], self.of("tokens.table").T) + self.of("places").T
        for block in ("block.0", "block.1"):
            x = x + self.attention(f"{block}.attention", self.norm(f"{block}.norm.0", x))
            wide = F.relu(self.dense(f"{block}.wide", self.norm(f"{block}.norm.1", x)))
            x = x + self.dense(f"{block}.narrow", wide)
        logits = self.dense("logits", self.norm("norm", x))
        return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())


class Lstm(Model):
    def loss(self, inputs, noise):
        rows = inputs["rows"]
        hidden = cell = torch.zeros(rows.shape[0], 128)
        logits = []
        for row in rows.unbind(1):
            logits.append(self.dense("logits", hidden))
            enter, forget, content, output = self.dense("gates", torch.cat([row, hidden], 1)).chunk(4, 1)
            cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(content)
            hidden = torch.sigmoid(output) * torch.tanh(cell)
        return bernoulli_loss(torch.stack(logits, 1), rows)


class Nade(Model):
    def loss(self, inputs, noise):
        x = inputs["images"]
        terms = x[:, :, None] * self.of("into.kernel").T
        hidden = torch.sigmoid(terms.cumsum(1) - terms + self.of("into.bias"))
        return bernoulli_loss((hidden * self.of("out.kernel").T).sum(2) + self.of("out.bias"), x)


class NadeUnrolled(Model):
    def loss(self, inputs, noise):
        x = inputs["images"]
        total = self.of("into.bias").expand(x.shape[0], -1)
        logits = []
        for pixel, row, column in zip(x.split(1, 1), self.of("into.kernel").unbind(1), self.of("out.kernel").unbind(1)):
            logits.append(torch.sigmoid(total) @ column)
            total = total + pixel * row
        return bernoulli_loss(torch.stack(logits, 1) + self.of("out.bias"), x)


class Zoo(Model):
    def loss(self, inputs, noise):
        padded = F.pad(images(inputs["images"]), (1, 1, 1, 1), mode="reflect")
        features = F.max_pool2d(F.elu(self.convolution("convolution", padded)), 2)
        rows = features.permute(0, 2, 3, 1).flatten(1, 2)
        sums = rows.cumsum(1) / 8
        weights = torch.softmax(torch.einsum("bid,bjd->bij", rows, sums) / 3, 2)
        chosen = torch.einsum("bij,bjd->bid", weights, sums)[:, [0, 5, 9, 63, 5]]
        bent = torch.where(chosen > 0.5, F.softplus(chosen), chosen.square())
        parts = [bent.amax(1).tile(1, 2), bent.logsumexp(1), (bent + 0.5).prod(1), bent.amin(1).flip(1)]
        joined = torch.cat(parts, 1)
        first = F.log_softmax(self.dense("logits", joined), 1)[:, 0]
        return joined.clamp(-1, 1).square().mean() - first.mean()
