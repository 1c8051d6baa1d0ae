"""Writes data sets as NumPy does, and prints the images of each as bytes.

    write_data_sets.py FOLDER

Files are named after what is special about them. The images are 6 training and 4 test images of 3x2 pixels, where the file is
divided, else all 10.
"""

import json
import os
import sys

import numpy as np

folder = sys.argv[1]
rng = np.random.default_rng(7)
gray = rng.integers(0, 256, (10, 3, 2)).astype(np.uint8)
gray[0, 0, 0] = 255
color = rng.integers(0, 256, (10, 3, 2, 3)).astype(np.uint8)
bits = rng.integers(0, 2, (10, 3, 2)).astype(bool)
labels = np.arange(10) % 4
expected = {}


def divided(name, images, as_bytes, save=np.savez, labels=labels):
    save(
        os.path.join(folder, name),
        x_train=images[:6],
        y_train=labels[:6],
        x_test=images[6:],
        y_test=labels[6:],
    )
    expected[name] = {"shape": list(as_bytes.shape[1:]), "bytes": as_bytes.ravel().tolist()}


divided("bytes.npz", gray, gray)
divided("deflated.npz", gray, gray, np.savez_compressed)
divided("color.npz", color, color)
divided("channels-first.npz", color.transpose(0, 3, 1, 2), color)
divided("fortran.npz", np.asfortranarray(color), color)
divided("fortran-channels-first.npz", np.asfortranarray(color.transpose(0, 3, 1, 2)), color)
divided("bool.npz", bits, bits.astype(np.uint8) * 255)
divided("zero-and-one.npz", bits.astype(np.int64), bits.astype(np.uint8) * 255)
divided("labels-in-a-column.npz", gray, gray, labels=labels[:, None].astype(np.uint8))
for code in ["i2", "u4", "i4", "i8", "u8", "f4", "f8"]:
    divided(f"little-{code}.npz", gray.astype("<" + code), gray)
    divided(f"big-{code}.npz", gray.astype(">" + code), gray)
for code in ["<f2", ">f2", "<f4", ">f8"]:
    divided(f"unit-{code[1:]}-{'big' if code[0] == '>' else 'little'}.npz", (gray / 255).astype(code), gray)
divided("signed.npz", (gray / 127.5 - 1).astype(np.float32), gray)
divided("sixteen-bits.npz", gray.astype(np.uint16) * 257, gray)
# Beyond 64 KB, so that it is read and unpacked in several pieces, and its own header of the ZIP archive is one of 64 bits.
large = rng.integers(0, 256, (10, 300, 400)).astype(np.uint8)
divided("large.npz", large, large)
divided("large-deflated.npz", large.astype(np.float32), large, np.savez_compressed)

np.save(os.path.join(folder, "whole.npy"), gray)
np.save(os.path.join(folder, "flat.npy"), gray.reshape(10, 6))
np.savez(os.path.join(folder, "unnamed.npz"), gray, labels)
np.savez(os.path.join(folder, "images.npz"), images=gray, labels=labels.astype(np.float64))
points = rng.normal(size=(50, 2))
np.save(os.path.join(folder, "points.npy"), points)
np.save(os.path.join(folder, "points-fortran.npy"), np.asfortranarray(points.astype(">f4")))
np.savez_compressed(os.path.join(folder, "points.npz"), x=points, y=np.arange(50))
np.savetxt(os.path.join(folder, "points.csv"), points, delimiter=",", header="x,y")
np.savetxt(os.path.join(folder, "points.txt"), np.c_[points, np.arange(50)])

np.save(os.path.join(folder, "objects.npy"), np.array([{}, []], dtype=object), allow_pickle=True)
np.save(os.path.join(folder, "words.npy"), np.array(["a", "b"]))
np.save(os.path.join(folder, "complex.npy"), np.zeros((3, 2, 2), np.complex64))
np.savez(os.path.join(folder, "strange.npz"), first=gray, second=labels)
np.save(os.path.join(folder, "wild.npy"), gray.astype(np.float32) * 10)
np.save(os.path.join(folder, "nan.npy"), np.where(gray == 255, np.nan, gray / 255))

print(
    json.dumps(
        {
            "divided": expected,
            "labels": labels.tolist(),
            "whole": gray.reshape(10, 6).tolist(),
            "points": points.astype(np.float32).tolist(),
        }
    )
)
