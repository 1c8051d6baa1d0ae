"""What all contenders start from: model.json and the arrays beside it, as bench/training/exchange.ts writes them."""

import json
import os

import numpy


class Exchange:
    """weights: name → array. inputs, noise: name → array whose first axis counts batches."""

    def __init__(self, folder):
        with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
            description = json.load(file)
        self.name = description["name"]
        # The name of a loss → the variables that it trains.
        self.trained = description["trained"]
        self.optimizer = description["optimizer"]
        # Of a family's step: penalty, clip, …
        self.settings = description.get("settings")
        # name → {"kind": "normal" or "uniform", "shape": [batch, …]}
        self.draws = description["noise"]

        def load(part, names):
            return {name: numpy.load(os.path.join(folder, part, name + ".npy")) for name in names}

        self.weights = load("weights", [variable["name"] for variable in description["weights"]])
        self.inputs = load("inputs", description["inputs"])
        self.noise = load("noise", self.draws)

    def batches(self):
        """How many batches the inputs hold; a model without inputs has one that is empty."""
        return min((len(batches) for batches in self.inputs.values()), default=1)
