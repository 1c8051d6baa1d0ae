import { WireReader } from '../../src/formats/tfevents/wireReader';

/** An input or output: of a fixed type, of the type of an attribute, a number of one type, or a list of types. */
interface Argument {
  type?: number;
  typeAttribute?: string;
  countAttribute?: string;
  typesAttribute?: string;
}

interface Operation {
  inputs: Argument[];
  /** Attribute → its type, with "?" where the operation has a default. */
  attributes: Record<string, string>;
}

interface Definition extends Operation {
  name: string;
  stateful: boolean;
  outputs: Argument[];
}

/** Element types that a program can hold: float, double, int32, uint8, int64, bool, half, bfloat16. */
const NUMERIC = new Set([1, 2, 3, 4, 9, 10, 14, 19]);
/** Families that none of our programs uses: they would only make the table long. */
const LEFT_OUT =
  /^_|Quant|Uniform[A-Z]|Sparse(?!SoftmaxCross|ToDense)|Ragged|Dataset|Iterator|Tensor(Array|List|Map)|Lookup|Batch(Cholesky|Matrix|Self|Svd|FFT|IFFT)|XLA|Xla|Collective|Nccl|Tpu|TPU|Boosted|Image|Jpeg|Png|Gif|Bmp|Audio|Wav|Mfcc|String|Debug|Fake|Ref[A-Z]|Dummy|Test|Composite|Case$|If$|While$|Partitioned|Remote|Symbolic|RiscV?|Risc[A-Z]|Adjust[A-Z]/;
/** The shapes of their results depend on values, which a trace would treat as fixed. */
const SHAPED_BY_VALUES =
  /^(?:Where|Unique|ListDiff|NonMaxSuppression|CombinedNonMax|GenerateBoundingBox|DynamicPartition|(?:Parallel)?DynamicStitch|Segment|Kmeans|KMC2|CTC\w*Decoder)/;
/** They change a variable by reference, or control which others run. */
const NO_FUNCTIONS =
  /^(?:Apply|Assign|Scatter(?!Nd$|NdNon)|Inplace|CountUpTo|StridedSliceAssign|DestroyTemporary|IsVariableInit|Sdca|Enter$|Exit$|Merge$|Switch$|NextIteration|LoopCond|Abort|PyFunc|Placeholder)/;

/** TensorFlow's OpList, reduced to stateless operations on numeric tensors with statically known shapes. */
export function operationsOf(bytes: Uint8Array): Record<string, Operation> {
  const wire = new WireReader();
  wire.reset(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length);
  const kept: Definition[] = [];
  for (let tag = wire.next(); tag !== 0; tag = wire.next()) {
    if (tag >> 3 !== 1) wire.skip(tag);
    else {
      const outer = wire.enter();
      const definition = readDefinition(wire);
      wire.leave(outer);
      if (isTraceable(definition)) kept.push(definition);
    }
  }
  kept.sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(kept.map(({ name, inputs, attributes }) => [name, { inputs, attributes }]));
}

function isTraceable({ name, stateful, inputs, outputs, attributes }: Definition): boolean {
  const numeric = ({ type }: Argument) => type === undefined || NUMERIC.has(type);
  const functional = Object.values(attributes).some((type) => type.startsWith('func') || type.startsWith('list(func'));
  const left = [LEFT_OUT, SHAPED_BY_VALUES, NO_FUNCTIONS].some((pattern) => pattern.test(name));
  return !stateful && !functional && !left && [...inputs, ...outputs].every(numeric);
}

function readDefinition(wire: WireReader): Definition {
  const definition: Definition = { name: '', stateful: false, inputs: [], outputs: [], attributes: {} };
  for (let tag = wire.next(); tag !== 0; tag = wire.next()) {
    switch (tag >> 3) {
      case 1:
        definition.name = wire.string();
        break;
      case 2:
        definition.inputs.push(readArgument(wire));
        break;
      case 3:
        definition.outputs.push(readArgument(wire));
        break;
      case 4:
        Object.assign(definition.attributes, readAttribute(wire));
        break;
      case 17:
        definition.stateful = wire.varint() !== 0;
        break;
      default:
        wire.skip(tag);
    }
  }
  return definition;
}

function readArgument(wire: WireReader): Argument {
  const outer = wire.enter();
  const argument: Argument = {};
  for (let tag = wire.next(); tag !== 0; tag = wire.next()) {
    switch (tag >> 3) {
      case 3:
        argument.type = wire.varint();
        break;
      case 4:
        argument.typeAttribute = wire.string();
        break;
      case 5:
        argument.countAttribute = wire.string();
        break;
      case 6:
        argument.typesAttribute = wire.string();
        break;
      default:
        wire.skip(tag);
    }
  }
  wire.leave(outer);
  return argument;
}

function readAttribute(wire: WireReader): Record<string, string> {
  const outer = wire.enter();
  let [name, type, optional] = ['', '', ''];
  for (let tag = wire.next(); tag !== 0; tag = wire.next()) {
    switch (tag >> 3) {
      case 1:
        name = wire.string();
        break;
      case 2:
        type = wire.string();
        break;
      case 3:
        optional = '?';
        wire.skip(tag);
        break;
      default:
        wire.skip(tag);
    }
  }
  wire.leave(outer);
  return { [name]: `${type}${optional}` };
}
