const SVG = 'http://www.w3.org/2000/svg';

/** A short piece of a curve's line, for legends. */
export function lineSample(color: string, dash: readonly number[]): SVGSVGElement {
  const line = shape('line', { x1: 0, x2: 16, y1: 4, y2: 4, stroke: color, 'stroke-width': 2 });
  if (dash.length > 0) line.setAttribute('stroke-dasharray', dash.join(' '));
  return sampleOf([line]);
}

/**
 * Points as they are drawn, for legends.
 * @param colors of at most three points side by side
 * @param hollow whether they are rings
 */
export function pointSample(colors: readonly string[], hollow: boolean): SVGSVGElement {
  const look = (color: string) => ({ fill: hollow ? 'none' : color, stroke: hollow ? color : 'none' });
  const first = 8 - 2.5 * (colors.length - 1);
  return sampleOf(colors.map((color, i) => shape('circle', { cx: first + 5 * i, cy: 4, r: 2.2, ...look(color) })));
}

function sampleOf(shapes: readonly SVGElement[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'line-sample');
  svg.setAttribute('viewBox', '0 0 16 8');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(...shapes);
  return svg;
}

function shape(name: 'line' | 'circle', attributes: Readonly<Record<string, string | number>>): SVGElement {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  return node;
}
