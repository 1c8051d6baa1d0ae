"""Prints what numpy.load finds in an archive, as JSON: type, shape and values of each array.

    read_npz.py FILE
"""

import json
import sys

import numpy as np

with np.load(sys.argv[1]) as archive:
    print(json.dumps({name: [str(a.dtype), a.shape, a.ravel().tolist()] for name, a in archive.items()}))
