/**
 * Exponential moving average without the initial bias towards zero, as in TensorBoard: mₙ = w·mₙ₋₁ + (1 − w)·vₙ, shown
 * as mₙ / (1 − wⁿ). Values that are not finite are skipped and stay gaps. Continues where it stopped, so a growing
 * curve costs only its new points.
 */
export class Smoother {
  private out = new Float64Array(0);
  private done = 0;
  private mean = 0;
  /** wⁿ, accumulated: computing a power for each of a million points would take a tenth of a second. */
  private decay = 1;
  private weight = -1;

  /**
   * The smoothed values, one per value; valid until the next call.
   * @param unchanged number of leading values that are the same as in the previous call
   * @param weight from 0 (no smoothing) to below 1
   */
  update(values: Float64Array, unchanged: number, weight: number): Float64Array {
    if (weight !== this.weight || unchanged < this.done) {
      this.weight = weight;
      this.done = 0;
      this.mean = 0;
      this.decay = 1;
    }
    if (this.out.length < values.length) {
      const grown = new Float64Array(Math.max(values.length, this.out.length * 2));
      grown.set(this.out.subarray(0, this.done));
      this.out = grown;
    }
    for (let i = this.done; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isFinite(value)) {
        this.mean = this.mean * weight + (1 - weight) * value;
        this.decay *= weight;
        this.out[i] = this.mean / (1 - this.decay);
      } else {
        this.out[i] = NaN;
      }
    }
    this.done = values.length;
    return this.out.subarray(0, values.length);
  }
}
