import { FormatError } from '../formats/error';
import type { ByteSource } from './byteSource';
import { attributesOf } from './hdf5/attributes';
import { isDataset, tensorOf } from './hdf5/dataset';
import type { FileBytes } from './hdf5/fileBytes';
import { isGroup, linksOf, type Link } from './hdf5/group';
import { MESSAGE, ObjectHeader } from './hdf5/objectHeader';
import { readSuperblock } from './hdf5/superblock';
import type { Opening } from './opening';
import { checkTensorCount, type StoredTensor, type TensorFile } from './tensorFile';

const MOST_OBJECTS = 1_000_000;
/** Of characters of a path: groups inside of groups make it longer with each. */
const LONGEST_PATH = 10_000;
/** Objects visited before the thread handles its next message. */
const OBJECTS_A_TURN = 500;

/**
 * Opens an HDF5 file, such as Keras's weights: its structure alone, by ranges. Links to other files are not followed. What
 * cannot be read is listed with the reason. Throws {@link FormatError} where not even the root group can be read.
 */
export async function openHdf5(source: ByteSource, opening: Opening): Promise<TensorFile> {
  opening.tell('Looking for its data sets');
  try {
    const { file, root } = await readSuperblock(source);
    const header = await ObjectHeader.read(file, root);
    const walk = new Walk(file, opening);
    await walk.group(root, header);
    checkTensorCount(walk.tensors.length);
    const metadata = await attributesOf(header, file);
    return { format: 'HDF5', tensors: walk.tensors, metadata, sources: [source] };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(`This HDF5 file is damaged, or of an unsupported kind: ${error.message.replace(/\.$/, '')}.`);
  }
}

interface Group {
  readonly path: string;
  readonly links: readonly Link[];
  next: number;
}

class Walk {
  readonly tensors: StoredTensor[] = [];
  /** Addresses of groups that were gone through: one may be inside itself, or in many places. */
  private readonly seen = new Set<number>();
  private objects = 0;

  constructor(
    private readonly file: FileBytes,
    private readonly opening: Opening,
  ) {}

  /** Without recursion, since groups may be nested as deeply as the file is long. */
  async group(address: number, header: ObjectHeader): Promise<void> {
    this.seen.add(address);
    const stack: Group[] = [{ path: '', links: await linksOf(this.file, header), next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const link = top.links[top.next++];
      if (link === undefined) {
        stack.pop();
        continue;
      }
      if (++this.objects > MOST_OBJECTS) throw new FormatError(`it holds more than ${MOST_OBJECTS} objects`);
      this.opening.throwIfAborted();
      // Cancelling and pings come as messages.
      if (this.objects % OBJECTS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      const inside = await this.visit(`${top.path}${link.name}`, link);
      if (inside !== undefined) stack.push(inside);
    }
  }

  /** Lists the target of a link; returns a group, to be visited next. */
  private async visit(name: string, link: Link): Promise<Group | undefined> {
    if (name.length > LONGEST_PATH) {
      this.list(`${name.slice(0, 200)}…`, 'object', `its name has more than ${LONGEST_PATH} characters`);
      return undefined;
    }
    if (link.address === undefined) {
      this.list(name, 'link', link.problem ?? 'its target does not exist');
      return undefined;
    }
    try {
      return await this.object(name, link.address);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.list(name, '?', `it cannot be read (${error.message.replace(/\.$/, '')})`);
      return undefined;
    }
  }

  private async object(name: string, address: number): Promise<Group | undefined> {
    if (this.seen.has(address)) return undefined;
    const header = await ObjectHeader.read(this.file, address);
    if (isDataset(header)) {
      this.tensors.push(await tensorOf(name, header, this.file));
      return undefined;
    }
    if (isGroup(header)) {
      this.seen.add(address);
      return { path: `${name}/`, links: await linksOf(this.file, header), next: 0 };
    }
    // A type that data sets share has a name, too, and no values.
    if (!header.has(MESSAGE.datatype)) this.list(name, '?', 'it is neither a group nor a data set');
    return undefined;
  }

  private list(name: string, type: string, problem: string): void {
    this.tensors.push({ name, type, shape: [0], elements: 0, bytes: 0, problem });
  }
}
