import type { HistogramValue, ImageValue, WritableEvent, WritableValue } from './event';
import { frameRecord } from './record';
import { WireWriter } from '../../common/wireWriter';
import { assertNever } from '../../common/assertNever';

/** `tensorflow.SessionLog.START` */
const SESSION_START = 1;
/** `tensorflow.DT_STRING` */
const STRING_TENSOR = 7;

/** One for all events: its buffer stays as large as the largest. */
const writer = new WireWriter();

/**
 * Encodes an event as one framed record, ready to be appended to a log.
 *
 * Scalars, images and histograms are written in the older style (`simple_value`, `image`, `histo`), as PyTorch does, and
 * not as tensors: every reader of TensorBoard accepts both, but a tensor's metadata are only with its tag's first value,
 * so that one damaged record or a reader that starts later would lose the whole series; and it is a third larger.
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
    default:
      assertNever(value);
  }
  writeMetadata(value);
}

/** Text exists in the newer style only, and needs its plugin's name. */
function writeMetadata({ kind, description }: WritableValue): void {
  if (kind !== 'text' && description === undefined) return;
  writer.message(9, () => {
    if (kind === 'text') writer.message(1, () => writer.string(1, 'text'));
    if (description !== undefined) writer.string(3, description);
  });
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
