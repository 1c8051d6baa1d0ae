"""Prints what TensorBoard reads from a log folder, as JSON: read_events.py FOLDER python|rust|accumulator

`python` is the reader behind `tensorboard --load_fast false`, `rust` the data server that `tensorboard` starts by default;
both turn the older style of values into the newer one. `accumulator` is the class that people's scripts use, which gives
values as they were written.
"""

import base64
import json
import os
import sys
import time

import numpy as np


def python_reader(folder):
    from tensorboard.backend.event_processing import plugin_event_accumulator
    from tensorboard.util import tensor_util

    everything = {plugin_event_accumulator.TENSORS: 0}
    log = plugin_event_accumulator.EventAccumulator(folder, size_guidance=everything)
    log.Reload()
    for tag in log.Tags()["tensors"]:
        plugin = log.SummaryMetadata(tag).plugin_data.plugin_name
        for event in log.Tensors(tag):
            yield plugin, tag, event.step, event.wall_time, tensor_util.make_ndarray(event.tensor_proto)


def accumulator_reader(folder):
    from tensorboard.backend.event_processing import event_accumulator

    log = event_accumulator.EventAccumulator(folder, size_guidance=event_accumulator.STORE_EVERYTHING_SIZE_GUIDANCE)
    log.Reload()
    for tag in log.Tags()["scalars"]:
        for event in log.Scalars(tag):
            yield "scalars", tag, event.step, event.wall_time, np.float64(event.value)
    for tag in log.Tags()["images"]:
        for event in log.Images(tag):
            yield "images", tag, event.step, event.wall_time, np.array(
                [event.width, event.height, event.encoded_image_string], dtype=object
            )
    for tag in log.Tags()["histograms"]:
        for event in log.Histograms(tag):
            h = event.histogram_value
            fields = [h.min, h.max, h.num, h.sum, h.sum_squares, list(h.bucket_limit), list(h.bucket)]
            yield "histograms", tag, event.step, event.wall_time, np.array(fields, dtype=object)


def rust_reader(folder):
    from tensorboard.data import server_ingester
    from tensorboard.util import grpc_util

    everything = {"scalars": 0, "images": 0, "histograms": 0, "text": 0, "latent_studio": 0}
    ingester = server_ingester.SubprocessServerDataIngester(
        server_binary=server_ingester.get_server_binary(),
        logdir=os.path.abspath(folder),
        reload_interval=1,
        channel_creds_type=grpc_util.ChannelCredsType.LOCAL,
        samples_per_plugin=everything,
    )
    ingester.start()
    provider = ingester.data_provider
    return settle(lambda: list(rust_values(provider)))


def settle(read):
    """The data server loads in the background and does not say when it is done: reads until nothing changes."""
    before, still = None, 0
    for _ in range(100):
        values = read()
        shape = len(values)
        still = still + 1 if shape > 0 and shape == before else 0
        if still >= 4:
            return values
        before = shape
        time.sleep(0.15)
    raise TimeoutError(f"the data server still reads after 15 s ({before} values)")


def rust_values(provider):
    ask = {"experiment_id": "", "downsample": 10_000_000}
    for run in provider.read_scalars(None, plugin_name="scalars", **ask).values():
        for tag, points in run.items():
            for point in points:
                yield "scalars", tag, point.step, point.wall_time, np.float64(point.value)
    for plugin in ("histograms", "text", "latent_studio"):
        for run in provider.read_tensors(None, plugin_name=plugin, **ask).values():
            for tag, points in run.items():
                for point in points:
                    yield plugin, tag, point.step, point.wall_time, point.numpy
    for run in provider.read_blob_sequences(None, plugin_name="images", **ask).values():
        for tag, points in run.items():
            for point in points:
                blobs = [provider.read_blob(None, blob_key=value.blob_key) for value in point.values]
                yield "images", tag, point.step, point.wall_time, np.array(blobs, dtype=object)


def plain(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, list):
        return [plain(each) for each in value]
    # JSON has neither NaN nor infinity.
    return value if isinstance(value, (int, str)) or np.isfinite(value) else repr(value)


reader = {"python": python_reader, "rust": rust_reader, "accumulator": accumulator_reader}[sys.argv[2]]
found = {}
for plugin, tag, step, wall, array in reader(sys.argv[1]):
    point = {"step": int(step), "wall": float(wall), "value": plain(array.tolist())}
    found.setdefault(plugin, {}).setdefault(tag, []).append(point)
print(json.dumps(found))
