/**
 * Philox 4×32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): 128 random bits that are a pure
 * function of a 128-bit counter and a 64-bit key. There is no state to store or restore: who knows seed, stream and
 * counter can draw the same numbers again, in any order.
 *
 * Here the key is (seed, stream) and the counter is (block, counter, 0, domain). The domain keeps orders of epochs apart
 * from numbers even where seed, stream and counter agree; uniform and normal numbers of one stream come from the same bits.
 */

export type Quadruple = readonly [number, number, number, number];

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
/** Added to the key after each round: the golden ratio and √3 − 1 in 0.32 fixed point. */
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

const enum Domain {
  Bits = 0,
  Permutation = 1,
}

/** The upper 32 bits of the unsigned product. Halves of 16 bits keep every partial sum exact in a double. */
function multiplyHigh(a: number, b: number): number {
  const a1 = a >>> 16;
  const a0 = a & 0xffff;
  const b1 = b >>> 16;
  const b0 = b & 0xffff;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  return (a1 * b1 + Math.floor(middle / 65536) + (a0 * b1 + (middle & 0xffff)) / 65536) >>> 0;
}

/** One block: four uint32 from four uint32 of counter and two of key. */
export function philox4x32(counter: Quadruple, key: readonly [number, number]): [number, number, number, number] {
  const out = new Uint32Array(4);
  fillBlock(out, 0, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  return [out[0]!, out[1]!, out[2]!, out[3]!];
}

function fillBlock(
  out: Uint32Array,
  offset: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  key0: number,
  key1: number,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ key0;
    c1 = low1;
    c2 = high0 ^ c3 ^ key1;
    c3 = low0;
    key0 = (key0 + WEYL_0) | 0;
    key1 = (key1 + WEYL_1) | 0;
  }
  out[offset] = c0;
  out[offset + 1] = c1;
  out[offset + 2] = c2;
  out[offset + 3] = c3;
}

/** `length` random uint32, rounded up to whole blocks of four. */
function words(length: number, seed: number, stream: number, counter: number, domain: Domain): Uint32Array {
  const blocks = Math.ceil(length / 4);
  const out = new Uint32Array(blocks * 4);
  for (let block = 0; block < blocks; block++) fillBlock(out, block * 4, block, counter, 0, domain, seed, stream);
  return out;
}

/**
 * U[0, 1): the upper 24 bits of each word, so that every value is exact in float32 and 1 is never reached. Seed, stream
 * and counter are taken modulo 2³².
 */
export function uniforms(length: number, seed: number, stream: number, counter: number): Float32Array {
  const bits = words(length, seed, stream, counter, Domain.Bits);
  const out = new Float32Array(length);
  for (let i = 0; i < length; i++) out[i] = (bits[i]! >>> 8) * 2 ** -24;
  return out;
}

/** N(0, 1) by Box and Muller's transform (1958): two words give two numbers; at most 6.8 in size. */
export function normals(length: number, seed: number, stream: number, counter: number): Float32Array {
  const bits = words(length, seed, stream, counter, Domain.Bits);
  const out = new Float32Array(length);
  for (let i = 0; i < length; i += 2) {
    // Half a step above zero: the logarithm is finite for every word.
    const radius = Math.sqrt(-2 * Math.log((bits[i]! + 0.5) * 2 ** -32));
    const angle = 2 * Math.PI * bits[i + 1]! * 2 ** -32;
    out[i] = radius * Math.cos(angle);
    if (i + 1 < length) out[i + 1] = radius * Math.sin(angle);
  }
  return out;
}

/**
 * A random order of 0 … count − 1 for an epoch (Fisher and Yates). Each draw has 53 bits, so the bias towards any
 * position is below count · 2⁻⁵³.
 */
export function permutation(count: number, seed: number, stream: number, epoch: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  const bits = words(2 * count, seed, stream, epoch, Domain.Permutation);
  for (let i = count - 1; i > 0; i--) {
    const draw = ((bits[2 * i]! >>> 5) * 2 ** 26 + (bits[2 * i + 1]! >>> 6)) * 2 ** -53;
    const j = Math.floor(draw * (i + 1));
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}
