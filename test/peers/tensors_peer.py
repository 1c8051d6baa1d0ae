"""What NumPy makes of files of tensors.

tensors_peer.py write FOLDER    writes arrays of many types and orders as .npy, .npz and packed .npz, and prints what
                                NumPy says of each: type, shape, a window of values, statistics, histogram
tensors_peer.py read FILE.npz   prints the arrays of an archive
tensors_peer.py sizes TYPES     prints for each of the types (a JSON list of Python literals) the bytes of an element, or null
"""

import ast
import json
import os
import sys

import numpy as np


def facts(array):
    numbers = array.astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    return {
        "shape": list(array.shape),
        "window": np.nan_to_num(numbers[tuple(0 for _ in array.shape[:-2])][:3, :3], posinf=0).ravel().tolist(),
        "minimum": finite.min(),
        "maximum": finite.max(),
        "mean": finite.mean(),
        "deviation": finite.std(),
        "norm": float(np.linalg.norm(finite)),
        "zeros": int((finite == 0).sum()),
        "nan": int(np.isnan(numbers).sum()),
        "infinite": int(np.isinf(numbers).sum()),
        "counts": np.histogram(finite, bins=64)[0].tolist(),
    }


def write(folder):
    random = np.random.default_rng(7)
    arrays = {}
    for name in "float64 float32 float16 int64 int32 int16 int8 uint64 uint32 uint16 uint8".split():
        values = random.normal(0, 40, (5, 7)) if name.startswith("f") else random.integers(0, 100, (5, 7))
        arrays[name] = values.astype(name)
    arrays["bool"] = random.integers(0, 2, (4, 4)).astype(bool)
    arrays["fortran"] = np.asfortranarray(random.normal(size=(6, 5)).astype(np.float32))
    arrays["fortran3"] = np.asfortranarray(random.normal(size=(3, 6, 5)))
    arrays["big"] = random.normal(size=(4, 4)).astype(">f4")
    arrays["large"] = random.normal(3, 0.5, (1200, 1000)).astype(np.float32)
    arrays["large"][0, :3] = [np.nan, np.inf, 0]
    for name, array in arrays.items():
        np.save(os.path.join(folder, f"{name}.npy"), array)
    np.savez(os.path.join(folder, "stored.npz"), **arrays)
    np.savez_compressed(os.path.join(folder, "packed.npz"), **arrays)
    return {name: facts(array) for name, array in arrays.items()}


def read(path):
    with np.load(path, allow_pickle=False) as archive:
        return {
            name: {"dtype": str(array.dtype), "shape": list(array.shape), "values": array.ravel().tolist()}
            for name, array in archive.items()
        }


def size_of(literal):
    try:
        return np.lib.format.descr_to_dtype(ast.literal_eval(literal)).itemsize
    except (TypeError, ValueError):
        return None


def sizes(literals):
    return [size_of(literal) for literal in json.loads(literals)]


mode, argument = sys.argv[1:]
print(json.dumps({"write": write, "read": read, "sizes": sizes}[mode](argument)))
