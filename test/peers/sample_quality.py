"""The distances between data and samples, written down from their papers with NumPy alone.

Takes an .npz with `data` and `samples` [n, size], `probabilities` [n, classes] of the samples and `ofData` of the data, and
`p` and `q` [runs, clusters]; prints the metrics as JSON.
"""

import json
import sys

import numpy as np


def frechet(a, b):
    first, second = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    # The eigenvalues of a product of two positive semi-definite matrices are those of its symmetric form.
    roots = np.sqrt(np.maximum(np.linalg.eigvals(first @ second).real, 0))
    shift = a.mean(axis=0) - b.mean(axis=0)
    return shift @ shift + np.trace(first) + np.trace(second) - 2 * roots.sum()


def nearest_neighbor_accuracy(a, b):
    every = np.concatenate([a, b])
    kind = np.array([0] * len(a) + [1] * len(b))
    distances = ((every[:, None, :] - every[None, :, :]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    return (kind[distances.argmin(axis=1)] == kind).mean()


def score(probabilities):
    mean = probabilities.mean(axis=0)
    return np.exp((probabilities * np.log(probabilities / mean)).sum(axis=1).mean())


def histogram_kl(data, samples):
    classes = data.shape[1]
    p = np.bincount(data.argmax(axis=1), minlength=classes) / len(data)
    q = np.bincount(samples.argmax(axis=1), minlength=classes) / len(samples)
    found = q > 0
    return (q[found] * np.log(q[found] / p[found])).sum()


def precision_recall(p, q):
    slopes = np.tan(np.linspace(1e-6, np.pi / 2 - 1e-6, 1001))
    curves = [np.minimum(slopes[:, None] * one[None], other[None]).sum(axis=1) for one, other in zip(p, q)]
    precision = np.minimum(np.mean(curves, axis=0), 1)
    recall = np.minimum(precision / slopes, 1)

    def largest(beta):
        return ((1 + beta**2) * precision * recall / (beta**2 * precision + recall)).max()

    return largest(1 / 8), largest(8)


given = {name: array.astype(np.float64) for name, array in np.load(sys.argv[1]).items()}
precision, recall = precision_recall(given["p"], given["q"])
print(
    json.dumps(
        {
            "frechet": frechet(given["data"], given["samples"]),
            "nearestNeighbor": nearest_neighbor_accuracy(given["data"], given["samples"]),
            "score": score(given["probabilities"]),
            "histogramKl": histogram_kl(given["ofData"], given["probabilities"]),
            "precision": precision,
            "recall": recall,
        }
    )
)
