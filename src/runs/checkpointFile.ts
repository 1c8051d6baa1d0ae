import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { RunError } from './error';
import { printable } from './printable';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '../formats/safetensors';
import { capabilitiesSchema, type Capabilities } from '../protocol/capabilities';
import { runIdSchema } from '../protocol/run';
import { parseSpecification, type Specification } from '../protocol/specification';

/** Everything that training needs to continue exactly; random numbers follow from seed and step. */
export interface Checkpoint {
  /** Finished optimizer updates. */
  readonly step: number;
  /** Passes over the data, with a fraction. */
  readonly epoch: number;
  /** Weights and optimizer slots by the names of the program's variables. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  readonly specification: Specification;
  /** Absent from checkpoints of version 0.1.0. */
  readonly capabilities?: Capabilities;
  readonly runId: string;
  readonly seed: number;
  /** Latest metrics, by tag ("test/negative_elbo"). */
  readonly metrics: Readonly<Record<string, number>>;
  /** Requested by the user, so the keep rule never removes it. */
  readonly requested?: boolean;
}

export interface CheckpointTensor {
  readonly dtype: 'F32' | 'I32';
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** What a checkpoint says of itself before its tensors are read. */
export interface CheckpointHead {
  readonly step: number;
  readonly epoch: number;
  readonly runId: string;
  readonly seed: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly capabilities?: Capabilities;
  /** Requested by the user, so the keep rule never removes it. */
  readonly requested: boolean;
}

/** Value of `format` in the metadata; a reader refuses other versions. */
const FORMAT = 'latent-studio/1';

const number = z.string().max(40).transform(Number);
/** safetensors' metadata is string → string, so numbers are in decimal and the rest is JSON. */
const metadataSchema = z.object({
  format: z.literal(FORMAT),
  step: number.pipe(z.int().min(0)),
  epoch: number.pipe(z.number().min(0)),
  seed: number.pipe(
    z
      .int()
      .min(0)
      .max(2 ** 32 - 1),
  ),
  run: runIdSchema,
  crc32: z.string().regex(/^[0-9a-f]{8}$/),
  metrics: z.string().max(1_000_000),
  specification: z.string().max(1_000_000),
  capabilities: z.string().max(10_000).optional(),
  /**
   * Present if the user requested the checkpoint. It is stored in the file itself, so that the mark is on disk in the same
   * rename as the checkpoint and travels with every copy.
   */
  requested: z.literal('true').optional(),
});
type Metadata = z.output<typeof metadataSchema>;
const NOT_FINITE: ReadonlySet<unknown> = new Set(['NaN', 'Infinity', '-Infinity']);

/** The bytes of a checkpoint file, in chunks that share memory with the tensors. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array[] {
  const tensors = new Map<string, TensorData>();
  for (const [name, { dtype, shape, data }] of checkpoint.tensors) {
    tensors.set(name, { dtype, shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
  }
  const metrics = Object.entries(checkpoint.metrics).map(
    ([tag, value]) => [tag, Number.isFinite(value) ? value : String(value)] as const,
  );
  return encodeSafetensors(tensors, {
    format: FORMAT,
    step: String(checkpoint.step),
    epoch: String(checkpoint.epoch),
    seed: String(checkpoint.seed),
    run: checkpoint.runId,
    crc32: checksum(tensors),
    metrics: JSON.stringify(Object.fromEntries(metrics)),
    specification: JSON.stringify(checkpoint.specification),
    ...(checkpoint.capabilities && { capabilities: JSON.stringify(checkpoint.capabilities) }),
    ...(checkpoint.requested ? { requested: 'true' } : {}),
  });
}

/** Whether a file's metadata claim to be a checkpoint of ours, of whatever version. */
function isCheckpointMetadata(metadata: Readonly<Record<string, string>>): boolean {
  return metadata['format']?.startsWith('latent-studio/') ?? false;
}

/** Throws {@link RunError} for metadata that are not those of a checkpoint of ours. */
export function decodeCheckpointHead(metadata: Readonly<Record<string, string>>): CheckpointHead {
  const { step, epoch, seed, run, metrics, capabilities, requested } = parseMetadata(metadata);
  return {
    ...{ step, epoch, seed, runId: run, metrics: parseMetrics(metrics), requested: requested !== undefined },
    ...(capabilities !== undefined && { capabilities: parseCapabilities(capabilities) }),
  };
}

/** The specification that its run began with. Throws {@link RunError}. */
export function decodeCheckpointSpecification(metadata: Readonly<Record<string, string>>): Specification {
  return parseSpecification(parseJson(parseMetadata(metadata).specification, 'specification'));
}

/**
 * Reads a whole file. Throws FormatError for one that is not safetensors, {@link RunError} for one that is not a
 * checkpoint of ours or whose tensors are not those that were written.
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (checksum(tensors) !== readChecksum(metadata)) throw damaged();
  const own = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of tensors) own.set(name, toCheckpointTensor(name, tensor));
  return {
    ...decodeCheckpointHead(metadata),
    tensors: own,
    specification: decodeCheckpointSpecification(metadata),
  };
}

function toCheckpointTensor(name: string, { dtype, shape, data }: TensorData): CheckpointTensor {
  // Copied, since the file's bytes need not be aligned to four.
  const { buffer } = data.slice();
  if (dtype === 'F32') return { dtype, shape, data: new Float32Array(buffer) };
  if (dtype === 'I32') return { dtype, shape, data: new Int32Array(buffer) };
  throw wrongType(name, dtype);
}

/** Types of the tensors of a checkpoint of ours. */
export function isCheckpointType(dtype: string): dtype is CheckpointTensor['dtype'] {
  return dtype === 'F32' || dtype === 'I32';
}

export function wrongType(name: string, dtype: string): RunError {
  return new RunError(`its tensor “${printable(name, 100)}” is of type ${dtype}, not F32 or I32`);
}

/** The CRC-32 of all data, as the metadata say it. Throws {@link RunError}. */
export function readChecksum(metadata: Readonly<Record<string, string>>): string {
  return parseMetadata(metadata).crc32;
}

export function writtenChecksum(sum: number): string {
  return sum.toString(16).padStart(8, '0');
}

export function damaged(): RunError {
  return new RunError('its tensors are damaged (the checksum differs)');
}

/** Data are summed in the order of names, so that it does not depend on how a writer lays tensors out. */
export function inChecksumOrder<T>(tensors: ReadonlyMap<string, T>): [string, T][] {
  // Not `localeCompare`: sort()'s own order of names, which no machine's language changes.
  return [...tensors.keys()].sort().map((name) => [name, tensors.get(name)!]);
}

function checksum(tensors: ReadonlyMap<string, TensorData>): string {
  let sum = 0;
  for (const [, { data }] of inChecksumOrder(tensors)) {
    // zlib starts again at 0 when it is handed an empty array without memory behind it.
    if (data.length > 0) sum = crc32(data, sum);
  }
  return writtenChecksum(sum);
}

function parseMetadata(metadata: Readonly<Record<string, string>>): Metadata {
  const result = metadataSchema.safeParse(metadata);
  if (result.success) return result.data;
  if (!isCheckpointMetadata(metadata)) throw new RunError('it was not written by Latent Studio');
  if (metadata['format'] !== FORMAT) {
    throw new RunError(`it has format “${printable(metadata['format'] ?? '', 40)}”, and this version reads ${FORMAT}`);
  }
  throw new RunError(`its metadata are not valid (${result.error.issues[0]?.path.map(String).join('.') ?? ''})`);
}

/** JSON has no NaN and no infinity: these are strings. Not by a schema, which takes long for a megabyte of numbers. */
function parseMetrics(text: string): Record<string, number> {
  const found = parseJson(text, 'metrics');
  if (typeof found !== 'object' || found === null || Array.isArray(found)) throw noNumbers();
  return Object.fromEntries(
    Object.entries(found).map(([tag, value]) => {
      if (typeof value !== 'number' && !NOT_FINITE.has(value)) throw noNumbers();
      return [tag, Number(value)];
    }),
  );
}

function parseCapabilities(text: string): Capabilities {
  const result = capabilitiesSchema.safeParse(parseJson(text, 'capabilities'));
  if (result.success) return result.data;
  throw new RunError('its capabilities are not valid');
}

function noNumbers(): RunError {
  return new RunError('its metrics are not numbers');
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RunError(`its ${what} is not JSON`);
  }
}
