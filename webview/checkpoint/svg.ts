import { setAttributes, type Attributes, type Child } from '../shared/dom';

const NAMESPACE = 'http://www.w3.org/2000/svg';

/**
 * Like `element` of webview/shared/dom.ts, for drawings: their colors come from the style sheet, so they follow the
 * theme.
 */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS(NAMESPACE, tag);
  setAttributes(node, attributes);
  for (const child of children) if (child !== undefined) node.append(child);
  return node;
}

/** The outline of a histogram as the `d` of a path, filling the box. */
export function histogramPath(counts: ArrayLike<number>, width: number, height: number): string {
  const most = Math.max(1, ...Array.from(counts));
  const step = width / counts.length;
  // The square root makes bins with few values visible: most weights are close to 0.
  const tops = Array.from(counts, (count) => (height * (1 - Math.sqrt(count / most))).toFixed(1));
  const line = tops.map((top, i) => `L${(i * step).toFixed(1)} ${top}L${((i + 1) * step).toFixed(1)} ${top}`);
  return `M0 ${height}${line.join('')}L${width} ${height}Z`;
}
