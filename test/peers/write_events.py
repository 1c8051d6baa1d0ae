"""Writes logs as TensorBoard's and PyTorch's writers do, and prints what they hold as JSON: write_events.py FOLDER

Every value is made by TensorBoard's own functions or, where these need TensorFlow, by its protocol buffers. The folder gets
one log file for each kind of writer; the JSON maps the kind to its file name and to the expected values.
"""

import base64
import json
import os
import struct
import sys

import numpy as np

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
from tensorboard.plugins.histogram import summary_v2 as histogram_summary
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.plugins.scalar import metadata as scalar_metadata
from tensorboard.plugins.scalar import summary_v2 as scalar_summary
from tensorboard.plugins.text import summary_v2 as text_summary
from tensorboard.summary import Writer
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
JPEG = b"\xff\xd8\xff\xe0 not decoded by this test"


def log(folder, kind, events):
    writer = EventFileWriter(os.path.join(folder, kind))
    for step, content in events:
        writer.add_event(event_pb2.Event(wall_time=1000 + step / 4, step=step, **content))
    writer.close()
    return os.path.join(kind, os.path.basename(writer._file_name))


def value(**fields):
    return {"summary": summary_pb2.Summary(value=[summary_pb2.Summary.Value(**fields)])}


def new_style(folder):
    """Tensors with metadata; from a tag's second value on without, as TensorFlow's writer strips them."""
    first = scalar_summary.scalar_pb("loss", 0.5, description="what is minimized")
    second = scalar_summary.scalar_pb("loss", 0.25)
    second.value[0].ClearField("metadata")
    images = tensor_util.make_tensor_proto([b"1", b"1", PNG], dtype=np.object_)
    several = tensor_util.make_tensor_proto([b"2", b"3", PNG, JPEG], dtype=np.object_)
    metadata = image_metadata.create_summary_metadata(None, None)
    sample = np.array([1.0, 2.0, 2.0, 2.5, 9.0, -3.0])
    histogram = histogram_summary.histogram_pb("weights", sample)
    constant = histogram_summary.histogram_pb("bias", [4.0, 4.0])
    empty = histogram_summary.histogram_pb("nothing", [])
    file = log(
        folder,
        "new",
        [
            (0, {"summary": first}),
            (1, {"summary": second}),
            (1, {"log_message": event_pb2.LogMessage(message="a message")}),
            (2, value(tag="one", tensor=images, metadata=metadata)),
            (2, value(tag="two", tensor=several, metadata=metadata)),
            (3, {"summary": histogram}),
            (3, {"summary": constant}),
            (3, {"summary": empty}),
            (4, {"summary": text_summary.text_pb("note", "Grüße, <b>TensorBoard</b>")}),
            (2**40, {"summary": second}),
            (-3, {"summary": second}),
        ],
    )
    buckets = tensor_util.make_ndarray(histogram.value[0].tensor)
    return file, {
        "loss": [[0, 0.5], [1, 0.25], [2**40, 0.25], [-3, 0.25]],
        "weights": {"buckets": buckets.tolist(), "sample": sample.tolist()},
        "bias": tensor_util.make_ndarray(constant.value[0].tensor).tolist(),
        "png": base64.b64encode(PNG).decode(),
        "jpeg": base64.b64encode(JPEG).decode(),
    }


def old_style(folder):
    """As PyTorch writes, and as TensorFlow 1 did: histograms with limits far outside the data."""
    wide = summary_pb2.HistogramProto(
        min=-1.5,
        max=2.5,
        num=6,
        sum=4.5,
        sum_squares=11.25,
        bucket_limit=[-1.7e308, -1.0, 0.5, 2.0, 1.7976931348623157e308],
        bucket=[0, 2, 1, 2, 1],
    )
    image = summary_pb2.Summary.Image(height=1, width=1, colorspace=1, encoded_image_string=PNG)
    file = log(
        folder,
        "old",
        [
            (5, value(tag="loss", simple_value=0.1)),
            (6, value(tag="loss", simple_value=float("nan"))),
            (7, value(tag="loss", simple_value=float("-inf"))),
            (8, value(tag="sample/image/0", image=image)),
            (9, value(tag="weights", histo=wide)),
            (10, {"session_log": event_pb2.SessionLog(status=event_pb2.SessionLog.START)}),
            (11, {"session_log": event_pb2.SessionLog(status=event_pb2.SessionLog.CHECKPOINT)}),
        ],
    )
    return file, {"loss": [[5, float(np.float32(0.1))], [6, "nan"], [7, "-inf"]]}


def types(folder):
    """One scalar of every type that a tensor can have, once in its field and once as raw content."""
    events, expected = [], {}
    metadata = scalar_metadata.create_summary_metadata(None, None)

    def add(name, tensor, number):
        events.append((0, value(tag=name, tensor=tensor, metadata=metadata)))
        expected[name] = number

    numbers = {
        "float16": [1.5, -6.1e-05, 6e-08],
        "float32": [0.1],
        "float64": [0.1],
        "int8": [-7],
        "uint8": [200],
        "int16": [-3000],
        "uint16": [60000],
        "int32": [-5],
        "uint32": [4_000_000_000],
        "int64": [-(2**40), 2**53],
        "uint64": [2**63],
        "bool": [True],
    }
    for name, samples in numbers.items():
        for index, sample in enumerate(samples):
            array = np.array(sample, dtype=name)
            field = tensor_util.make_tensor_proto(array)
            content = tensor_pb2.TensorProto(dtype=field.dtype, tensor_content=array.tobytes())
            add(f"{name}/{index}/field", field, float(array))
            add(f"{name}/{index}/content", content, float(array))
    bits = struct.unpack("<I", struct.pack("<f", -2.25))[0] >> 16
    add("bfloat16/field", tensor_pb2.TensorProto(dtype=types_pb2.DT_BFLOAT16, half_val=[bits]), -2.25)
    raw = struct.pack("<H", bits)
    add("bfloat16/content", tensor_pb2.TensorProto(dtype=types_pb2.DT_BFLOAT16, tensor_content=raw), -2.25)
    shape = tensor_shape_pb2.TensorShapeProto(dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=1)])
    add("of rank 1", tensor_pb2.TensorProto(dtype=types_pb2.DT_FLOAT, tensor_shape=shape, float_val=[3.0]), 3.0)
    add("zero", tensor_pb2.TensorProto(dtype=types_pb2.DT_DOUBLE), 0.0)
    return log(folder, "types", events), expected


def writer_class(folder):
    """TensorBoard's own writer for people without TensorFlow."""
    place = os.path.join(folder, "writer")
    writer = Writer(place)
    for step in range(20):
        writer.add_scalar("loss", 1 / (step + 1), step, wall_time=2000.5 + step)
    writer.close()
    [name] = os.listdir(place)
    return os.path.join("writer", name), [[step, float(np.float32(1 / (step + 1)))] for step in range(20)]


made = {"new": new_style, "old": old_style, "types": types, "writer": writer_class}
result = {}
for kind, make in made.items():
    file, expected = make(sys.argv[1])
    result[kind] = {"file": file, "expected": expected}
print(json.dumps(result))
