"""PyTorch's contenders: python pytorch_contender.py FOLDER THREADS (eager | fused | compile)"""

import sys

import torch

from exchange import Exchange
from pytorch_models import MODELS
from serve import serve


class Trainee:
    def __init__(self, folder, threads, mode):
        torch.set_num_threads(threads)
        # TensorFlow lets convolutions and products on a GPU round to TF32; so may PyTorch here.
        torch.set_float32_matmul_precision("high")
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.set_default_device(self.device)
        exchange = Exchange(folder)
        self.model = MODELS[exchange.name](exchange.weights)
        self.parameters = self.model.parameters
        self.trained = {loss: [self.parameters[name] for name in names] for loss, names in exchange.trained.items()}
        for values in self.trained.values():
            for value in values:
                value.requires_grad_(True)
        self.first = {name: value.detach().clone() for name, value in self.parameters.items()}
        settings = exchange.optimizer
        self.optimizers = [
            optimizer(values, settings, fused=None if mode == "eager" else True) for values in self.trained.values()
        ]
        self.turns = self.model.turns(exchange.settings) if exchange.settings is not None else None
        if self.turns is not None and mode == "compile":
            raise RuntimeError("not available: the step of a family is several losses, one after the other")
        if self.turns is None:
            compute = self.model.loss if list(self.trained) == ["loss"] else self.model.losses
            self.compute = torch.compile(compute) if mode == "compile" else compute
        self.draws = exchange.draws
        self.inputs, self.noise = (
            {name: torch.from_numpy(array) for name, array in arrays.items()}
            for arrays in (exchange.inputs, exchange.noise)
        )
        self.count = exchange.batches()
        self.description = f"PyTorch {torch.__version__}, {self.device}"

    def reset(self):
        with torch.no_grad():
            for name, value in self.first.items():
                self.parameters[name].copy_(value)
        for optimizer in self.optimizers:
            optimizer.state.clear()

    def step(self, index):
        drawn = {
            name: (torch.randn if draw["kind"] == "normal" else torch.rand)(draw["shape"])
            for name, draw in self.draws.items()
        }
        return self.update(index, drawn)

    def check(self, index):
        return self.update(index, {name: steps[index].to(self.device) for name, steps in self.noise.items()})

    def batch(self, index):
        return {name: batches[index % self.count].to(self.device, non_blocking=True) for name, batches in self.inputs.items()}

    def update(self, index, noise):
        if self.turns is not None:
            return self.in_turns(index, noise)
        batch = self.batch(index)
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss = self.several(batch, noise) if len(self.optimizers) > 1 else self.single(batch, noise)
        for optimizer in self.optimizers:
            optimizer.step()
        # State that is not trained: new values take effect after the step.
        with torch.no_grad():
            for name, value in self.model.assigned.items():
                self.parameters[name].copy_(value)
        return loss.item()

    def in_turns(self, index, noise):
        """The players of a family, each after the update of the one before; the sum of the last loss of each."""
        by_name = dict(zip(self.trained, self.optimizers))
        losses = {}
        for call, (player, compute) in enumerate(self.turns):
            drawn = {name.rpartition(".")[0]: value for name, value in noise.items() if name.endswith(f".{call}")}
            optimizer = by_name[player]
            loss = compute(self.batch(index + call)["examples"], drawn, by_name)
            values = self.trained[player]
            for value, gradient in zip(values, torch.autograd.grad(loss, values, allow_unused=True)):
                value.grad = torch.zeros_like(value) if gradient is None else gradient
            optimizer.step()
            with torch.no_grad():
                self.model.after(player, values)
            losses[player] = loss
        return sum(loss.item() for loss in losses.values())

    def single(self, batch, noise):
        loss = self.compute(batch, noise)
        loss.backward()
        return loss

    def several(self, batch, noise):
        """Each loss trains its own variables, all of them from the values before the step."""
        losses = self.compute(batch, noise)
        for name, values in self.trained.items():
            gradients = torch.autograd.grad(losses[name], values, retain_graph=True)
            for value, gradient in zip(values, gradients):
                value.grad = gradient
        return sum(losses.values())


def optimizer(values, settings, fused):
    if "decay" in settings:
        rate, alpha, eps = settings["learningRate"], settings["decay"], settings["epsilon"]
        return torch.optim.RMSprop(values, lr=rate, alpha=alpha, eps=eps)
    betas = float(settings["beta1"]), float(settings["beta2"])
    return torch.optim.Adam(values, lr=settings["learningRate"], betas=betas, eps=settings["epsilon"], fused=fused)


if __name__ == "__main__":
    folder, threads, mode = sys.argv[1:]
    serve(lambda: Trainee(folder, int(threads), mode))
