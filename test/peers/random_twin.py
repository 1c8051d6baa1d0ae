"""docs/randomness.md in Python: prints the indices of batches and random numbers for the cases in the file that is named.

The file holds JSON: {"batches": [{seed, count, batch, step}], "numbers": [{kind, length, seed, stream, counter}]}.
"""

import json
import math
import sys

import numpy

MASK = 0xFFFFFFFF


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        first, second = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (second >> 32) ^ c1 ^ k0, second & MASK, (first >> 32) ^ c3 ^ k1, first & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return [c0, c1, c2, c3]


def words(length, seed, stream, counter, domain):
    out = []
    for block in range(math.ceil(length / 4)):
        out += philox((block, counter, 0, domain), (seed, stream & MASK))
    return out


def uniform(length, seed, stream, counter):
    return [(word >> 8) * 2.0**-24 for word in words(length, seed, stream, counter, 0)[:length]]


def normal(length, seed, stream, counter):
    drawn = words(length, seed, stream, counter, 0)
    out = []
    for i in range(0, length, 2):
        radius = math.sqrt(-2 * math.log((drawn[i] + 0.5) * 2.0**-32))
        angle = 2 * math.pi * drawn[i + 1] * 2.0**-32
        out += [radius * math.cos(angle), radius * math.sin(angle)]
    return [float(numpy.float32(number)) for number in out[:length]]


def order(count, seed, epoch):
    out = list(range(count))
    drawn = words(2 * count, seed, 0, epoch, 1)
    for i in range(count - 1, 0, -1):
        u = ((drawn[2 * i] >> 5) * 2**26 + (drawn[2 * i + 1] >> 6)) * 2.0**-53
        j = math.floor(u * (i + 1))
        out[i], out[j] = out[j], out[i]
    return out


def batch(seed, count, batch, step):
    steps = math.ceil(count / batch)
    places = order(count, seed, step // steps)
    return [places[(step % steps * batch + row) % count] for row in range(batch)]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    kinds = {"uniform": uniform, "normal": normal}
    numbers = [kinds[case.pop("kind")](**case) for case in cases["numbers"]]
    print(json.dumps({"batches": [batch(**case) for case in cases["batches"]], "numbers": numbers}))


main()
