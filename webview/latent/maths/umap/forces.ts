import type { Curve } from './curve';

/** Keeps the repulsion between coincident points finite. */
const SOFTENING = 1e-3;
/** Bits of the mantissa that, with sign and exponent of a 32-bit float, index the table: 0.4 % per entry. */
const MANTISSA_BITS = 8;
const SHIFT = 23 - MANTISSA_BITS;

/**
 * Attraction and repulsion of two points by their squared distance. Both need a power, which took four fifths of the
 * layout's time; a table indexed by the leading bits of the square takes a tenth of that.
 */
export class Forces {
  private readonly attraction: Float32Array;
  private readonly rejection: Float32Array;
  private readonly float = new Float32Array(1);
  private readonly bits = new Uint32Array(this.float.buffer);

  constructor({ a, b }: Curve) {
    const entries = 2 ** (31 - SHIFT);
    this.attraction = new Float32Array(entries);
    this.rejection = new Float32Array(entries);
    for (let entry = 0; entry < entries; entry++) {
      // The middle of the squares that share the entry.
      this.bits[0] = (entry << SHIFT) | (1 << (SHIFT - 1));
      const square = this.float[0]!;
      const power = square ** b;
      if (!Number.isFinite(square)) continue;
      this.attraction[entry] = (-2 * a * b * power) / (square * (1 + a * power));
      this.rejection[entry] = (2 * b) / ((SOFTENING + square) * (1 + a * power));
    }
  }

  /** Factor of the difference of positions in the gradient of −log membership; negative. @param square above 0 */
  attract(square: number): number {
    this.float[0] = square;
    return this.attraction[this.bits[0]! >>> SHIFT]!;
  }

  /** Factor of the difference of positions in the gradient of log (1 − membership). @param square above 0 */
  reject(square: number): number {
    this.float[0] = square;
    return this.rejection[this.bits[0]! >>> SHIFT]!;
  }
}
