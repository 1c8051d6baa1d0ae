import { GridIndex } from '../../../../webview/latent/maths/gridIndex';

/** The share of points whose nearest other in the plane is of their own cluster; point i belongs to i % clusters. */
export function sameCluster(positions: Float32Array, clusters: number): number {
  const index = new GridIndex(positions);
  const count = positions.length / 2;
  let same = 0;
  for (let i = 0; i < count; i++) {
    const near = index.nearestTo(positions[2 * i]!, positions[2 * i + 1]!, 2).find((found) => found.index !== i);
    if (near && near.index % clusters === i % clusters) same++;
  }
  return same / count;
}
