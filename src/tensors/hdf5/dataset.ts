import { FormatError } from '../../formats/error';
import { quote } from '../../formats/strictJson';
import { MemorySource, PartSource, type ByteSource } from '../byteSource';
import { encodingOf } from '../encoding';
import { checkNameAndRank, type Location, type StoredTensor } from '../tensorFile';
import { attributesOf } from './attributes';
import { ChunkedSource } from './chunkedSource';
import { readChunkIndex } from './chunkIndex';
import { datatypeOf, type Datatype } from './datatype';
import type { FileBytes } from './fileBytes';
import { filterProblem, filtersOf } from './filters';
import { dataspaceOf, fillValueOf, gridOf, layoutOf, type Dataspace } from './layout';
import { describe, numericOf, type Numeric } from './numbers';
import { MESSAGE, type ObjectHeader } from './objectHeader';
import { ConvertedSource, FillSource } from './valueSources';

/** A chunk is unpacked whole, into memory. */
const LARGEST_CHUNK = 256 * 1024 * 1024;

export function isDataset(header: ObjectHeader): boolean {
  return header.has(MESSAGE.dataspace) && header.has(MESSAGE.datatype);
}

/** The row of a data set. Throws {@link FormatError} if not even its shape can be determined. */
export async function tensorOf(name: string, header: ObjectHeader, file: FileBytes): Promise<StoredTensor> {
  const space = await dataspaceOf(header);
  const outer = await typeOrProblem(header);
  if ('problem' in outer) return { name, type: '?', ...sizesOf(name, space, []), bytes: 0, problem: outer.problem };
  // Arrays as elements are further dimensions.
  const [element, inner] = flattened(outer);
  const sizes = sizesOf(name, space, inner);
  const bytes = sizes.elements * element.size;
  if (!Number.isSafeInteger(bytes)) throw new FormatError('it has an impossible shape');
  const numeric =
    numericOf(element) ?? (element.kind === 'opaque' ? await namedType(header, file, element.size) : undefined);
  const row = { name, type: numeric?.type ?? describe(element), ...sizes, bytes };
  if (space.isNull) return { ...row, problem: 'it has a null data space, which holds no values' };
  if (numeric === undefined) return { ...row, problem: `values of type ${row.type} are not decoded` };
  try {
    const outerBytes = outer.size;
    const open = await opener(header, file, { space, elementBytes: outerBytes, bytes });
    return 'problem' in open
      ? { ...row, problem: open.problem }
      : { ...row, at: locationOf(numeric, element, open.open) };
  } catch (error) {
    if (error instanceof FormatError) return { ...row, problem: error.message };
    throw error;
  }
}

/** Types that NumPy has from ml_dtypes; HDF5 gets their bytes, and Keras writes the name beside them. */
const NAMED: Readonly<Record<string, string>> = {
  bfloat16: 'BF16',
  float8_e4m3fn: 'F8_E4M3',
  float8_e4m3fnuz: 'F8_E4M3FNUZ',
  float8_e5m2: 'F8_E5M2',
  float8_e5m2fnuz: 'F8_E5M2FNUZ',
  float8_e8m0fnu: 'F8_E8M0',
};

/** The type that the attribute `dtype` gives to elements that are opaque for HDF5. */
async function namedType(header: ObjectHeader, file: FileBytes, bytes: number): Promise<Numeric | undefined> {
  const { dtype = '' } = await attributesOf(header, file);
  const type = Object.hasOwn(NAMED, dtype) ? NAMED[dtype]! : '';
  return encodingOf(type)?.bytes === bytes ? { type, stored: type, bigEndian: false } : undefined;
}

async function typeOrProblem(header: ObjectHeader): Promise<Datatype | { readonly problem: string }> {
  try {
    return await datatypeOf(header);
  } catch (error) {
    if (error instanceof FormatError) return { problem: error.message };
    throw error;
  }
}

function flattened(type: Datatype): readonly [Datatype, readonly number[]] {
  if (type.kind !== 'array') return [type, []];
  const [element, inner] = flattened(type.of);
  // A size that does not follow from its parts would put every value at a wrong place.
  const elements = type.shape.reduce((product, extent) => product * extent, 1);
  return type.size === elements * type.of.size ? [element, [...type.shape, ...inner]] : [type, []];
}

function sizesOf(name: string, space: Dataspace, inner: readonly number[]): Pick<StoredTensor, 'shape' | 'elements'> {
  // A data set without values has no extents: zero takes their place.
  const shape = space.isNull ? [0] : [...space.shape, ...inner];
  checkNameAndRank(name, shape);
  const elements = shape.reduce((product, extent) => product * extent, 1);
  if (!Number.isSafeInteger(elements)) throw new FormatError(`the data set ${quote(name)} has an impossible shape`);
  return { shape, elements };
}

interface Extent {
  readonly space: Dataspace;
  /** Bytes of an element of the data space. */
  readonly elementBytes: number;
  /** Size of all values. */
  readonly bytes: number;
}

type Opener = { readonly open: () => Promise<ByteSource> } | { readonly problem: string };

/** Returns a source of the bytes of all elements, as if they were contiguous. */
async function opener(header: ObjectHeader, file: FileBytes, { space, elementBytes, bytes }: Extent): Promise<Opener> {
  if (header.has(MESSAGE.externalFiles)) {
    return { problem: 'its values are in other files, which are not followed' };
  }
  const layout = await layoutOf(header, file);
  if (layout.kind === 'virtual') {
    return { problem: 'its values come from other data sets (a virtual data set), which are not followed' };
  }
  const always = (source: ByteSource): Opener => ({ open: () => Promise.resolve(source) });
  if (bytes === 0) return always(new MemorySource(new Uint8Array(0)));
  if (layout.kind === 'compact') {
    if (layout.bytes.length < bytes) return { problem: 'it has fewer values than its shape says' };
    return always(new MemorySource(layout.bytes));
  }
  if (layout.kind === 'contiguous' && layout.address !== undefined) {
    if (layout.address + bytes > file.size) return { problem: 'its values reach beyond the end of the file' };
    return always(new PartSource(file.source, file.base + layout.address, bytes));
  }
  const fill = await fillValueOf(header, elementBytes);
  if (layout.kind === 'contiguous') return always(new FillSource(fill, bytes));
  const filters = await filtersOf(header);
  const problem = filterProblem(filters);
  if (problem !== undefined) return { problem };
  const grid = gridOf(layout, space, elementBytes);
  if (grid.chunkBytes > LARGEST_CHUNK) return { problem: `its chunks are larger than ${LARGEST_CHUNK / 2 ** 20} MB` };
  const open = once(async () => {
    const chunks = await readChunkIndex(file, layout.index, grid);
    return new ChunkedSource(file, grid, chunks, filters, fill);
  });
  return { open };
}

/** The index of chunks is read on first access to the values, and retried after a failure. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

function locationOf(
  { stored, bigEndian, convert }: Numeric,
  element: Datatype,
  open: () => Promise<ByteSource>,
): Location {
  const encoding = encodingOf(stored);
  if (convert === undefined || encoding === undefined) return { source: open, offset: 0, bigEndian, stored };
  const to = encoding.bytes * encoding.numbers;
  const source = once(async () => new ConvertedSource(await open(), convert, element.size, to));
  return { source, offset: 0, stored };
}
