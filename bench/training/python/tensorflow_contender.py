"""TensorFlow's contenders: python tensorflow_contender.py FOLDER THREADS (function | xla); oneDNN by the environment"""

import os
import sys

import tensorflow as tf

from exchange import Exchange
from serve import serve
from tensorflow_models import MODELS


class Trainee:
    def __init__(self, folder, threads, mode):
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        exchange = Exchange(folder)
        self.first = exchange.weights
        self.variables = {name: tf.Variable(array) for name, array in exchange.weights.items()}
        self.trained = [self.variables[name] for name in exchange.trained["loss"]]
        self.moments = [[tf.Variable(tf.zeros_like(value)) for _ in range(2)] for value in self.trained]
        self.count = tf.Variable(0.0)
        self.settings = exchange.optimizer
        self.model = MODELS[exchange.name](self.variables)
        self.draws = exchange.draws
        self.inputs = cut(exchange.inputs)
        self.noise = cut(exchange.noise)
        self.batches = exchange.batches()
        self.given = tf.function(self.update, jit_compile=mode == "xla")
        self.drawn = tf.function(self.draw_and_update, jit_compile=mode == "xla")
        self.description = f"TensorFlow {tf.__version__}, oneDNN {os.environ.get('TF_ENABLE_ONEDNN_OPTS', 'as it starts')}"

    def draw_and_update(self, batch):
        noise = {
            name: (tf.random.normal if draw["kind"] == "normal" else tf.random.uniform)(draw["shape"])
            for name, draw in self.draws.items()
        }
        return self.update(batch, noise)

    def update(self, batch, noise):
        outside = self.model.outside(batch, noise)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self.trained)
            loss = self.model.loss(batch, outside)
        gradients = tape.gradient(loss, self.trained)
        self.adam(gradients)
        return loss

    def adam(self, gradients):
        """TensorFlow's own fused update, which Keras' optimizer takes apart."""
        settings = self.settings
        self.count.assign_add(1.0)
        powers = settings["beta1"] ** self.count, settings["beta2"] ** self.count
        for value, gradient, (first, second) in zip(self.trained, gradients, self.moments):
            tf.raw_ops.ResourceApplyAdam(
                var=value.handle,
                m=first.handle,
                v=second.handle,
                beta1_power=powers[0],
                beta2_power=powers[1],
                lr=settings["learningRate"],
                beta1=settings["beta1"],
                beta2=settings["beta2"],
                epsilon=settings["epsilon"],
                grad=gradient,
            )

    def reset(self):
        for name, array in self.first.items():
            self.variables[name].assign(array)
        for moment in (moment for pair in self.moments for moment in pair):
            moment.assign(tf.zeros_like(moment))
        self.count.assign(0.0)

    def batch(self, index):
        return {name: batches[index % self.batches] for name, batches in self.inputs.items()}

    def step(self, index):
        return float(self.drawn(self.batch(index)))

    def check(self, index):
        return float(self.given(self.batch(index), {name: steps[index] for name, steps in self.noise.items()}))


def cut(arrays):
    return {name: [tf.constant(part) for part in array] for name, array in arrays.items()}


if __name__ == "__main__":
    folder, threads, mode = sys.argv[1:]
    serve(lambda: Trainee(folder, int(threads), mode))
