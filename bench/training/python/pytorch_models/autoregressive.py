import torch
import torch.nn.functional as F

from .model import Model, bernoulli_loss, images


class Made(Model):
    def __init__(self, weights):
        super().__init__(weights)
        pixel, hidden = torch.arange(1, 785), 1 + torch.arange(500) % 783
        self.hidden_mask = (hidden[:, None] >= pixel[None, :]).float()
        self.logits_mask = (pixel[:, None] > hidden[None, :]).float()

    def loss(self, inputs, noise):
        x = inputs["images"]
        hidden = F.relu(F.linear(x, self.of("hidden.kernel") * self.hidden_mask, self.of("hidden.bias")))
        logits = F.linear(hidden, self.of("logits.kernel") * self.logits_mask, self.of("logits.bias"))
        return bernoulli_loss(logits, x)


class PixelCnn(Model):
    def __init__(self, weights):
        super().__init__(weights)
        self.mask_a, self.mask_b = raster_mask(7, 7, False), raster_mask(3, 3, True)

    def loss(self, inputs, noise):
        x = images(inputs["images"])
        y = self.convolution("first", x, 1, 3, self.mask_a)
        for block in range(7):
            inside = self.convolution(f"block.{block}.in", F.relu(y))
            seen = self.convolution(f"block.{block}.masked", F.relu(inside), 1, 1, self.mask_b)
            y = y + self.convolution(f"block.{block}.out", F.relu(seen))
        y = F.relu(self.convolution("head", F.relu(y)))
        return bernoulli_loss(self.convolution("logits", y), x)


class RowLstm(Model):
    def __init__(self, weights):
        super().__init__(weights)
        self.mask_a, self.mask_b = raster_mask(7, 7, False), raster_mask(1, 3, True)

    def loss(self, inputs, noise):
        x = images(inputs["images"])
        y = self.convolution("first", x, 1, 3, self.mask_a)
        gates = self.convolution("input_to_state", y, 1, (0, 1), self.mask_b)
        hidden = cell = torch.zeros(x.shape[0], 32, 1, 28)
        states = []
        for from_input in gates.split(1, 2):
            row = from_input + self.convolution("state_to_state", hidden, 1, (0, 1))
            output, forget, enter, content = row.chunk(4, 1)
            cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(content)
            hidden = torch.sigmoid(output) * torch.tanh(cell)
            states.append(hidden)
        y = F.relu(self.convolution("head", F.relu(torch.cat(states, 2))))
        return bernoulli_loss(self.convolution("logits", y), x)


def raster_mask(height, width, center):
    """Ones above and to the left of the center; mask B has the center, too."""
    last = height // 2 * width + width // 2
    return (torch.arange(height * width) < last + center).float().view(1, 1, height, width)
