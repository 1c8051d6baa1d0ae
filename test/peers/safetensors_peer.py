"""Reads or writes a safetensors file with the reference implementation.

safetensors_peer.py read FILE      prints tensors and metadata as JSON
safetensors_peer.py write FILE     writes a tensor of every type that NumPy has, and prints them likewise
safetensors_peer.py low FILE       writes types that NumPy lacks, through the library's own serializer
safetensors_peer.py check FILE…    prints for each file whether the library accepts it
"""

import base64
import json
import sys

import numpy as np
import safetensors
from safetensors.numpy import load_file, save_file


def plain(array):
    shape = list(array.shape)
    return {"dtype": str(array.dtype), "shape": shape, "data": base64.b64encode(array.tobytes()).decode()}


def read(path):
    with safetensors.safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    return {"metadata": metadata, "tensors": {name: plain(array) for name, array in load_file(path).items()}}


def write(path):
    random = np.random.default_rng(1)
    tensors = {}
    for name in "float64 float32 float16 int64 int32 int16 int8 uint64 uint32 uint16 uint8 bool".split():
        data = random.integers(0, 2 if name == "bool" else 120, (3, 5))
        tensors[f"layer.{name}"] = data.astype(name)
    tensors["complex"] = (random.normal(size=3) + 1j).astype(np.complex64)
    tensors["scalar"] = np.array(2.5, dtype=np.float32)
    tensors["empty"] = np.zeros((0, 4), dtype=np.float32)
    tensors["ключ"] = np.arange(3, dtype=np.uint8)
    save_file(tensors, path, metadata={"format": "np"})
    return {"metadata": {"format": "np"}, "tensors": {name: plain(array) for name, array in tensors.items()}}


def low(path):
    widths = {"bfloat16": 2, "float16": 2, "uint16": 2, "int16": 2, "float32": 4, "uint32": 4, "int64": 8, "bool": 1}
    widths |= {"uint8": 1, "int8": 1, "float64": 8, "uint64": 8, "complex64": 8, "int32": 4}
    widths |= {f"float8_{kind}": 1 for kind in ["e4m3fn", "e5m2", "e8m0fnu", "e4m3fnuz", "e5m2fnuz"]}
    buffers = {name: np.arange(3 * width, dtype=np.uint8) for name, width in widths.items()}
    tensors = {
        name: safetensors.TensorSpec(dtype=name, shape=[3], data_ptr=buffer.ctypes.data, data_len=buffer.nbytes)
        for name, buffer in buffers.items()
    }
    safetensors.serialize_file(tensors, path, {"only": "one"})
    return sorted(tensors)


def check(paths):
    def problem(path):
        try:
            with open(path, "rb") as file:
                safetensors.deserialize(file.read())
        except Exception as error:
            return str(error)

    return [problem(path) for path in paths]


mode, paths = sys.argv[1], sys.argv[2:]
actions = {"read": read, "write": write, "low": low}
print(json.dumps(check(paths) if mode == "check" else actions[mode](paths[0])))
