import { FormatError } from '../error';
import type { HistogramValue, ImageMime, ImageValue, SummaryValue, TagMetadata, TensorValue } from './event';
import { fromRightEdges } from './histogram';
import { tensorFloats, tensorNumbers, type WireTensor } from './tensor';
import { BYTES, FIXED64, VARINT } from '../../common/wireWriter';
import type { WireReader } from './wireReader';

type Untagged<T> = Omit<T, 'tag' | 'description'>;
type Described = Pick<SummaryValue, 'tag' | 'description'>;

/** `SummaryMetadata.DATA_CLASS_SCALAR` */
const SCALAR_CLASS = 1;
/** TensorBoard's writers put three at most; each costs an object. */
const MAXIMUM_IMAGES = 256;
const MAXIMUM_BUCKETS = 1 << 18;
const utf8 = new TextDecoder();

/** Reads the older style's `Summary.Image` at the reader's position. */
export function readImage(reader: WireReader): Untagged<ImageValue> {
  let height = 0;
  let width = 0;
  let colorspace = 0;
  let bytes: Uint8Array = new Uint8Array(0);
  const outer = reader.enter();
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    if (tag === 8 + VARINT) height = reader.varint();
    else if (tag === 16 + VARINT) width = reader.varint();
    else if (tag === 24 + VARINT) colorspace = reader.varint();
    else if (tag === 32 + BYTES) bytes = reader.range().slice();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { kind: 'image', width, height, colorspace, bytes, mime: mimeOf(bytes) };
}

/** Reads the older style's `HistogramProto` at the reader's position. */
export function readHistogram(reader: WireReader): Untagged<HistogramValue> {
  // By field number: min, max, num, sum, sum_squares.
  const totals = [0, 0, 0, 0, 0, 0];
  const edges: number[] = [];
  const counts: number[] = [];
  const outer = reader.enter();
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    const field = tag >>> 3;
    if (field <= 5 && (tag & 7) === FIXED64) totals[field] = reader.double();
    else if (field === 6 || field === 7) readDoubles(reader, tag, field === 6 ? edges : counts);
    else reader.skip(tag);
  }
  reader.leave(outer);
  const [, min = 0, max = 0, count = 0, sum = 0, sumSquares = 0] = totals;
  const buckets = fromRightEdges(Float64Array.from(edges), Float64Array.from(counts), min, max);
  return { kind: 'histogram', ...buckets, min, max, sum, sumSquares, count };
}

function readDoubles(reader: WireReader, tag: number, into: number[]): void {
  if ((tag & 7) === FIXED64) {
    into.push(reader.double());
  } else if ((tag & 7) === BYTES) {
    const outer = reader.enter();
    while (!reader.done && into.length <= MAXIMUM_BUCKETS) into.push(reader.double());
    reader.leave(outer);
  } else {
    reader.skip(tag);
  }
  if (into.length > MAXIMUM_BUCKETS) throw new FormatError(`a histogram has more than ${MAXIMUM_BUCKETS} buckets`);
}

/** What a tensor of the newer style means, by its tag's metadata; adds the value, or several for several images. */
export function valueOfTensor(
  described: Described,
  tensor: WireTensor,
  metadata: TagMetadata | undefined,
  into: SummaryValue[],
): void {
  const plugin = metadata?.plugin;
  if (plugin === 'images') {
    into.push(...imagesOf(described, tensor));
  } else if (plugin === 'text') {
    into.push({ ...described, kind: 'text', text: tensor.strings.map((bytes) => utf8.decode(bytes)).join('\n') });
  } else if (plugin === 'histograms') {
    into.push({ ...described, ...histogramOfTensor(tensor) });
  } else {
    const scalar = plugin === 'scalars' || metadata?.dataClass === SCALAR_CLASS ? tensorNumbers(tensor) : undefined;
    if (scalar?.length === 1) into.push({ ...described, kind: 'scalar', value: scalar[0]! });
    else into.push({ ...described, plugin, ...tensorOf(tensor) });
  }
}

/** Of any plugin: one that cannot be read is no reason to lose the other values of its record. */
function tensorOf(tensor: WireTensor): Untagged<TensorValue> | { kind: 'unread'; problem?: string } {
  try {
    const values = tensorFloats(tensor);
    return values === undefined ? { kind: 'unread' } : { kind: 'tensor', shape: tensor.shape, values };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { kind: 'unread', problem: error.message };
  }
}

/** Strings [width, height, image, image …], where the sizes are decimal text. */
function imagesOf({ tag, description }: Described, { strings }: WireTensor): ImageValue[] {
  const [width, height, ...images] = strings;
  if (width === undefined || height === undefined || images.length > MAXIMUM_IMAGES) {
    throw new FormatError('a list of images is not in TensorBoard’s format');
  }
  const size = { width: Number(utf8.decode(width)), height: Number(utf8.decode(height)) };
  if (!Number.isSafeInteger(size.width) || !Number.isSafeInteger(size.height)) {
    throw new FormatError('the size of an image is not a number');
  }
  return images.map((view, index) => {
    const bytes = view.slice();
    // Several images get names as TensorFlow 1 gave them.
    const name = images.length === 1 ? tag : `${tag}/${index}`;
    return { tag: name, description, kind: 'image', ...size, colorspace: 0, bytes, mime: mimeOf(bytes) };
  });
}

/** Numbers [bucket, (left, right, count)]. */
function histogramOfTensor(tensor: WireTensor): Untagged<HistogramValue> {
  const numbers = tensorNumbers(tensor);
  if (numbers === undefined || numbers.length % 3 !== 0) {
    throw new FormatError('a histogram is not in TensorBoard’s format');
  }
  const buckets = numbers.length / 3;
  const limits = new Float64Array(buckets === 0 ? 0 : buckets + 1);
  const counts = new Float64Array(buckets);
  let count = 0;
  for (let i = 0; i < buckets; i++) {
    limits[i] = numbers[3 * i]!;
    limits[i + 1] = numbers[3 * i + 1]!;
    counts[i] = numbers[3 * i + 2]!;
    count += counts[i]!;
  }
  const [min, max] = [limits[0] ?? 0, limits[buckets] ?? 0];
  return { kind: 'histogram', limits, counts, min, max, sum: NaN, sumSquares: NaN, count };
}

const SIGNATURES: readonly (readonly [ImageMime, string])[] = [
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8'],
  ['image/bmp', 'BM'],
];

/** The kind of an encoded image, by its first bytes. */
export function mimeOf(bytes: Uint8Array): ImageMime {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (/^RIFF[^]{4}WEBP/.test(start)) return 'image/webp';
  return SIGNATURES.find(([, signature]) => start.startsWith(signature))?.[0] ?? 'application/octet-stream';
}
