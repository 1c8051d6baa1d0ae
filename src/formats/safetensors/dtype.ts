/**
 * Element types and their bits, in the order of the reference implementation: a writer puts the last ones first, so that
 * wide elements lie aligned.
 */
const BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

export type SafetensorsType = keyof typeof BITS;

const ORDER = new Map((Object.keys(BITS) as SafetensorsType[]).map((type, index) => [type, index]));

export function isSafetensorsType(name: string): name is SafetensorsType {
  return ORDER.has(name as SafetensorsType);
}

/** Negative when `a` is written before `b`. */
export function compareTypes(a: SafetensorsType, b: SafetensorsType): number {
  return ORDER.get(b)! - ORDER.get(a)!;
}

/**
 * The bytes that a tensor takes, or `undefined` when they are more than can be counted exactly or end within a byte. Sizes
 * are multiplied one by one: 2^40 · 2^40 · 0 is refused, as by the reference implementation.
 */
export function tensorBytes(type: SafetensorsType, shape: readonly number[]): number | undefined {
  let bits: number = BITS[type];
  for (const size of shape) {
    bits *= size;
    if (!Number.isSafeInteger(bits)) return undefined;
  }
  return bits % 8 === 0 ? bits / 8 : undefined;
}
