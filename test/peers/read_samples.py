"""Reads samples as their users do, from an archive with NumPy and from a table with the module csv, and prints as JSON the type and
shape of each array, the table's first columns, how many of its numbers differ from the archive's as float32, and some rows.

    read_samples.py FILE.npz FILE.csv
"""

import csv
import json
import sys

import numpy as np

with np.load(sys.argv[1], allow_pickle=False) as archive:
    arrays = {name: archive[name] for name in archive.files}
with open(sys.argv[2], newline="") as file:
    head, *rows = list(csv.reader(file))

samples = arrays["samples"].reshape(len(arrays["samples"]), -1)
table = np.array(rows, dtype=np.float64)
labeled = head[0] == "label"
numbers = table[:, 1:] if labeled else table
print(
    json.dumps(
        {
            "arrays": {name: [str(array.dtype), array.shape] for name, array in arrays.items()},
            "head": head[:3],
            "columns": len(head),
            "rows": len(rows),
            "different": int(np.sum(numbers.astype(np.float32) != samples)),
            "labelsDiffer": bool(labeled and np.any(table[:, 0] != arrays["labels"])),
            "labels": np.unique(arrays["labels"], return_counts=True)[0].tolist() if labeled else None,
            "range": [float(samples.min()), float(samples.max())],
            "last": samples[-1].tolist(),
            "z": arrays["z"][-1].tolist() if "z" in arrays else None,
            "step": arrays["step"].tolist(),
        }
    )
)
