"""The VAE in NumPy, in double precision, from what docs/tensor-names.md says and nothing else.

    numpy_vae.py CHECKPOINT IMAGES NOISE HEIGHT WIDTH CHANNELS CLASSES

IMAGES: float32 [batch, height, width, channels]; NOISE: float32 [samples, batch, latent]; both without a header.
A conditional VAE is given the labels 0, 1, ... CLASSES - 1, and from the start again, as one-hot vectors.
Prints the means over the batch of the terms of the negative ELBO, as JSON.
"""

import json
import sys

import numpy as np
from safetensors import safe_open

ACTIVATIONS = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "softplus": lambda x: np.logaddexp(0, x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
}


def load(path):
    with safe_open(path, framework="np") as file:
        specification = json.loads(file.metadata()["specification"])
        return specification, {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}


class Twin:
    def __init__(self, specification, weights, image_shape, labels):
        self.model = specification["model"]
        self.labels = labels
        self.network = self.model["network"]
        self.weights = weights
        self.activation = ACTIVATIONS[self.network["activation"]]
        self.image_shape = image_shape

    def dense(self, name, x):
        return x @ self.weights[f"{name}.kernel"] + self.weights[f"{name}.bias"] + self.condition(name, x)

    def condition(self, name, x):
        """What the label adds to each unit or channel, in the layers that are given it."""
        if f"{name}.condition" not in self.weights:
            return 0
        added = self.labels @ self.weights[f"{name}.condition"]
        return added.reshape(len(x), *([1] * (x.ndim - 2)), -1)

    def convolution(self, name, x):
        kernel = self.weights[f"{name}.kernel"]
        out = windows(x) @ kernel.reshape(-1, kernel.shape[-1]) + self.weights[f"{name}.bias"]
        return out + self.condition(name, x)

    def transposed_convolution(self, name, y, size):
        """By definition: what each input position spreads over the window that a convolution would have read."""
        kernel = self.weights[f"{name}.kernel"]
        (before_h, after_h), (before_w, after_w) = padding(size[0]), padding(size[1])
        height, width = size[0] + before_h + after_h, size[1] + before_w + after_w
        out = np.zeros((len(y), height, width, kernel.shape[2]))
        for i in range(y.shape[1]):
            for j in range(y.shape[2]):
                spread = np.einsum("bi,hwoi->bhwo", y[:, i, j], kernel)
                out[:, 2 * i : 2 * i + 4, 2 * j : 2 * j + 4] += spread
        return out[:, before_h : before_h + size[0], before_w : before_w + size[1]] + self.weights[f"{name}.bias"]

    def encode(self, images):
        if self.network["kind"] == "mlp":
            hidden = images.reshape(len(images), -1)
            for i in range(len(self.network["hidden"])):
                hidden = self.activation(self.dense(f"encoder.hidden.{i}", hidden))
        else:
            hidden = images
            for i in range(len(self.network["channels"])):
                hidden = self.activation(self.convolution(f"encoder.convolution.{i}", hidden))
            hidden = hidden.reshape(len(images), -1)
        return self.dense("encoder.mean", hidden), self.dense("encoder.log_variance", hidden)

    def decoder_trunk(self, z):
        if self.network["kind"] == "mlp":
            for i in range(len(self.network["hidden"])):
                z = self.activation(self.dense(f"decoder.hidden.{i}", z))
            return z
        sizes = self.sizes()
        hidden = self.activation(self.dense("decoder.projection", z))
        hidden = hidden.reshape(len(z), *sizes[-1], self.network["channels"][-1])
        for i, size in enumerate(sizes[-2:0:-1]):
            hidden = self.activation(self.transposed_convolution(f"decoder.convolution.{i}", hidden, size))
        return hidden

    def head(self, name, hidden):
        if self.network["kind"] == "mlp":
            return self.dense(f"decoder.{name}", hidden)
        return self.transposed_convolution(f"decoder.{name}", hidden, self.image_shape[:2]).reshape(len(hidden), -1)

    def sizes(self):
        sizes = [tuple(self.image_shape[:2])]
        for _ in self.network["channels"]:
            sizes.append(tuple((n + 1) // 2 for n in sizes[-1]))
        return sizes

    def log_likelihood(self, x, z):
        hidden = self.decoder_trunk(z)
        decoder = self.model["decoder"]
        if decoder["likelihood"] == "bernoulli":
            logits = self.head("logits", hidden)
            p = 1 / (1 + np.exp(-logits))
            return (x * np.log(p) + (1 - x) * np.log1p(-p)).sum(-1)
        low, high = decoder["minimumLogSigma"], decoder["maximumLogSigma"]
        raw = self.head("log_sigma", hidden) if decoder["sigma"] == "pixel" else self.weights["decoder.log_sigma"]
        log_sigma = (low + high) / 2 + (high - low) / 2 * np.tanh((raw - (low + high) / 2) / ((high - low) / 2))
        deviation = (x - self.head("mean", hidden)) / np.exp(log_sigma)
        return (-0.5 * deviation**2 - log_sigma - 0.5 * np.log(2 * np.pi)).sum(-1)

    def negative_elbo(self, images, noise):
        mean, log_variance = self.encode(images)
        x = images.reshape(len(images), -1)
        reconstruction = -np.mean([self.log_likelihood(x, mean + np.exp(log_variance / 2) * e) for e in noise])
        kl = (0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance)).mean(0)
        return {
            "negative_elbo": reconstruction + kl.sum(),
            "reconstruction": reconstruction,
            "kl": kl.sum(),
            "klPerDimension": kl.tolist(),
        }


def padding(n):
    total = max(0, 2 * ((n + 1) // 2 - 1) + 4 - n)
    return total // 2, total - total // 2


def windows(x):
    """[batch, h, w, c] -> [batch, ceil(h/2), ceil(w/2), 4 * 4 * c]"""
    x = np.pad(x, ((0, 0), padding(x.shape[1]), padding(x.shape[2]), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(x, (4, 4), axis=(1, 2))[:, ::2, ::2]
    view = view.transpose(0, 1, 2, 4, 5, 3)
    return view.reshape(*view.shape[:3], -1)


def main():
    checkpoint, images, noise = sys.argv[1:4]
    image_shape = tuple(int(size) for size in sys.argv[4:7])
    specification, weights = load(checkpoint)
    images = np.fromfile(images, "<f4").astype(np.float64).reshape(-1, *image_shape)
    labels = np.eye(int(sys.argv[7]))[np.arange(len(images)) % int(sys.argv[7])]
    twin = Twin(specification, weights, image_shape, labels)
    noise = np.fromfile(noise, "<f4").astype(np.float64).reshape(-1, len(images), specification["model"]["latent"])
    print(json.dumps(twin.negative_elbo(images, noise)))


if __name__ == "__main__":
    main()
