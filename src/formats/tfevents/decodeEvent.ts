import { FormatError } from '../error';
import type { LogEvent, SummaryValue, TagMetadata } from './event';
import { readTensor, type WireTensor } from './tensor';
import { readHistogram, readImage, valueOfTensor } from './values';
import { BYTES, FIXED32, FIXED64, VARINT } from '../../common/wireWriter';
import { WireReader } from './wireReader';

/** `tensorflow.SessionLog.START` */
const SESSION_START = 1;
/** An empty value takes seven bytes in a log and ten times that in memory. */
const MAXIMUM_VALUES = 1 << 17;

/**
 * Decodes the events of one log, in order: a tag's metadata are only with its first value and are kept.
 */
export class EventDecoder {
  private readonly reader = new WireReader();
  private readonly metadata = new Map<string, TagMetadata>();

  /**
   * Decodes the event in `[start, end)`. The result does not reference `bytes`. Throws a `FormatError` with the reason for
   * bytes that are not an event.
   */
  decode(bytes: Uint8Array, view: DataView, start: number, end: number): LogEvent {
    const reader = this.reader;
    reader.reset(bytes, view, start, end);
    let wallTime = 0;
    let step = 0;
    let version: string | undefined;
    let values: SummaryValue[] | undefined;
    let session = false;
    for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
      switch (tag) {
        case 8 + FIXED64:
          wallTime = reader.double();
          break;
        case 16 + VARINT:
          step = reader.varint();
          break;
        case 24 + BYTES:
          version = reader.string();
          break;
        case 40 + BYTES:
          values = this.readSummary();
          break;
        case 56 + BYTES:
          session = readSessionLog(reader);
          break;
        default:
          reader.skip(tag);
      }
    }
    if (values !== undefined) return { wallTime, step, kind: 'summary', values };
    if (version !== undefined) return { wallTime, step, kind: 'fileVersion', version };
    return { wallTime, step, kind: session ? 'sessionStart' : 'other' };
  }

  private readSummary(): SummaryValue[] {
    const reader = this.reader;
    const values: SummaryValue[] = [];
    const outer = reader.enter();
    for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
      if (tag === 8 + BYTES) this.readValue(values);
      else reader.skip(tag);
      if (values.length > MAXIMUM_VALUES) throw new FormatError(`it holds more than ${MAXIMUM_VALUES} values`);
    }
    reader.leave(outer);
    return values;
  }

  private readValue(into: SummaryValue[]): void {
    const reader = this.reader;
    let name = '';
    let scalar: number | undefined;
    let image: ReturnType<typeof readImage> | undefined;
    let histogram: ReturnType<typeof readHistogram> | undefined;
    let tensor: WireTensor | undefined;
    let metadata: TagMetadata | undefined;
    const outer = reader.enter();
    for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
      switch (tag) {
        case 8 + BYTES:
          name = reader.recurringString();
          break;
        case 16 + FIXED32:
          scalar = reader.float();
          break;
        case 32 + BYTES:
          image = readImage(reader);
          break;
        case 40 + BYTES:
          histogram = readHistogram(reader);
          break;
        case 64 + BYTES:
          tensor = readTensor(reader);
          break;
        case 72 + BYTES:
          metadata = readMetadata(reader);
          break;
        default:
          reader.skip(tag);
      }
    }
    reader.leave(outer);
    if (metadata !== undefined && !this.metadata.has(name)) this.metadata.set(name, metadata);
    const known = this.metadata.size > 0 ? this.metadata.get(name) : undefined;
    const description = known?.description;
    if (scalar !== undefined) into.push({ tag: name, description, kind: 'scalar', value: scalar });
    else if (image !== undefined) into.push({ tag: name, description, ...image });
    else if (histogram !== undefined) into.push({ tag: name, description, ...histogram });
    else if (tensor !== undefined) valueOfTensor({ tag: name, description }, tensor, known, into);
  }
}

function readSessionLog(reader: WireReader): boolean {
  let started = false;
  const outer = reader.enter();
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    if (tag === 8 + VARINT) started = reader.varint() === SESSION_START;
    else reader.skip(tag);
  }
  reader.leave(outer);
  return started;
}

function readMetadata(reader: WireReader): TagMetadata {
  let plugin: string | undefined;
  let description: string | undefined;
  let dataClass = 0;
  const outer = reader.enter();
  for (let tag = reader.next(); tag !== 0; tag = reader.next()) {
    if (tag === 8 + BYTES) {
      const outerOfPlugin = reader.enter();
      for (let inner = reader.next(); inner !== 0; inner = reader.next()) {
        if (inner === 8 + BYTES) plugin = reader.string();
        else reader.skip(inner);
      }
      reader.leave(outerOfPlugin);
    } else if (tag === 24 + BYTES) description = reader.string();
    else if (tag === 32 + VARINT) dataClass = reader.varint();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { plugin, description, dataClass };
}
