const SVG = 'http://www.w3.org/2000/svg';

/** A short piece of a curve's line, for legends. */
export function lineSample(color: string, dash: readonly number[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'line-sample');
  svg.setAttribute('viewBox', '0 0 16 8');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'line');
  for (const [name, value] of [
    ['x1', 0],
    ['x2', 16],
    ['y1', 4],
    ['y2', 4],
  ] as const)
    line.setAttribute(name, String(value));
  line.setAttribute('stroke', color);
  line.setAttribute('stroke-width', '2');
  if (dash.length > 0) line.setAttribute('stroke-dasharray', dash.join(' '));
  svg.append(line);
  return svg;
}
