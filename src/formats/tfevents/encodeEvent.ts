import type { HistogramValue, ImageValue, TensorValue, WritableEvent, WritableValue } from './event';
import { checkTensorSize } from './tensor';
import { frameRecord } from './record';
import { WireWriter } from '../../common/wireWriter';
import { assertNever } from '../../common/assertNever';

/** `tensorflow.SessionLog.START` */
const SESSION_START = 1;
/** `tensorflow.DT_STRING` */
const STRING_TENSOR = 7;
/** `tensorflow.DT_FLOAT` */
const FLOAT_TENSOR = 1;
/** `tensorboard.DATA_CLASS_TENSOR`: without it TensorBoard's data server leaves a tag out. */
const TENSOR_CLASS = 2;

/** One for all events: its buffer stays as large as the largest. */
const writer = new WireWriter();

/**
 * Encodes an event as one framed record, ready to be appended to a log.
 *
 * Scalars, images and histograms are written in the older style (`simple_value`, `image`, `histo`), as PyTorch does, and
 * not as tensors: every reader of TensorBoard accepts both, but a tensor's metadata are only with its tag's first value,
 * so that one damaged record or a reader that starts later would lose the whole series; and it is a third larger.
 * What only the newer style can say (texts, tensors) carries its metadata with each value, for the same reason. Throws a
 * RangeError for a tensor whose shape and values disagree or that readers would refuse.
 */
export function encodeEventRecord(event: WritableEvent): Uint8Array {
  writer.clear();
  writer.double(1, event.wallTime);
  if (event.step !== 0) writer.integer(2, event.step);
  switch (event.kind) {
    case 'fileVersion':
      writer.string(3, event.version);
      break;
    case 'summary':
      writer.message(5, () => {
        for (const value of event.values) writer.message(1, () => writeValue(value));
      });
      break;
    case 'sessionStart':
      writer.message(7, () => writer.integer(1, SESSION_START));
      break;
    case 'other':
      break;
    default:
      assertNever(event);
  }
  return frameRecord(writer.written());
}

function writeValue(value: WritableValue): void {
  writer.string(1, value.tag);
  switch (value.kind) {
    case 'scalar':
      writer.float(2, value.value);
      break;
    case 'image':
      writer.message(4, () => writeImage(value));
      break;
    case 'histogram':
      writer.message(5, () => writeHistogram(value));
      break;
    case 'text':
      writer.message(8, () => {
        writer.integer(1, STRING_TENSOR);
        // A shape without axes, written out: a reader may tell a scalar from a tensor of unknown shape by it.
        writer.message(2, () => undefined);
        writer.string(8, value.text);
      });
      break;
    case 'tensor':
      writer.message(8, () => writeTensor(value));
      break;
    default:
      assertNever(value);
  }
  writeMetadata(value);
}

/** Texts and tensors exist in the newer style only, whose readers need a plugin's name and the class of the data. */
function writeMetadata(value: WritableValue): void {
  const { kind, description } = value;
  const plugin = kind === 'text' ? 'text' : kind === 'tensor' ? value.plugin : undefined;
  if (plugin === undefined && description === undefined && kind !== 'tensor') return;
  writer.message(9, () => {
    if (plugin !== undefined) writer.message(1, () => writer.string(1, plugin));
    if (description !== undefined) writer.string(3, description);
    if (kind === 'tensor') writer.integer(4, TENSOR_CLASS);
  });
}

function writeTensor({ shape, values }: TensorValue): void {
  checkTensorSize(shape, values.length);
  writer.integer(1, FLOAT_TENSOR);
  writer.message(2, () => {
    for (const size of shape) writer.message(2, () => writer.integer(1, size));
  });
  writer.data(4, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writeImage(image: ImageValue): void {
  writer.integer(1, image.height);
  writer.integer(2, image.width);
  writer.integer(3, image.colorspace);
  writer.data(4, image.bytes);
}

function writeHistogram({ limits, counts, min, max, sum, sumSquares, count }: HistogramValue): void {
  writer.double(1, min);
  writer.double(2, max);
  writer.double(3, count);
  writer.double(4, sum);
  writer.double(5, sumSquares);
  // Only right edges are stored; readers take `min` for the first bucket's left edge.
  writer.doubles(6, limits.subarray(1));
  writer.doubles(7, counts);
}
