import { median } from '../report';
import { bestFunction, ratio } from './bars';
import { OURS, PYTORCH, TFJS } from './contenders';
import { countingOutcome, type MeasuredResult, type ModelResult, type TrainingResult } from './result';
import { milliseconds } from './words';

const WIDTH = 860;
const LEFT = 190;
const RIGHT = 130;
const TOP = 74;
const BAR = 13;
const GAP = 20;
/** A bar that is longer ends here, and its figure says how long it is. */
const LONGEST = 2;
const SCALE = (WIDTH - LEFT - RIGHT) / LONGEST;

/** Whom the chart shows: what a reader would use instead. */
const series: readonly { className: string; label: string; of: (model: ModelResult) => MeasuredResult | undefined }[] =
  [
    { className: 'ours', label: 'Latent Studio', of: (model) => countingOutcome(model, OURS) },
    { className: 'pytorch', label: 'PyTorch', of: (model) => countingOutcome(model, PYTORCH) },
    { className: 'tensorflow', label: 'TensorFlow’s tf.function at its best', of: bestFunction },
    { className: 'tfjs', label: 'TensorFlow.js for Node', of: (model) => countingOutcome(model, TFJS) },
  ];

/** Time a step relative to PyTorch's, an SVG that follows the reader's color scheme and needs no script. */
export function chart({ machine, batch, models }: TrainingResult): string {
  const drawn = models.filter((model) => countingOutcome(model, PYTORCH));
  const parts: string[] = [];
  let y = TOP;
  for (const model of drawn) {
    const { svg, height } = group(model, y);
    parts.push(svg);
    y += height + GAP;
  }
  const bottom = y - GAP + 8;
  const where = `${machine.cores} cores (${machine.processor}), batch ${batch}, whole steps: forward, backward, Adam`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${bottom + 50}" viewBox="0 0 ${WIDTH} ${bottom + 50}" role="img" aria-label="Time of a training step relative to PyTorch">
<style>${STYLE}</style>
<rect class="card" width="${WIDTH}" height="${bottom + 50}" rx="8"/>
<text class="title" x="20" y="28">Time of a training step, PyTorch = 1 (shorter is better)</text>
${legend()}
${[0.5, 1, 1.5, 2].map((at) => gridLine(at, bottom)).join('\n')}
${parts.join('\n')}
<text class="small" x="20" y="${bottom + 38}">${escape(where)}</text>
</svg>
`;
}

function group(model: ModelResult, top: number): { svg: string; height: number } {
  const pytorch = countingOutcome(model, PYTORCH)!;
  const rows = series.flatMap(({ className, of }) => {
    const measured = of(model);
    return measured ? [{ className, ratio: ratio(measured, pytorch), time: median(measured.rounds) }] : [];
  });
  const height = rows.length * BAR;
  const bars = rows.map(({ className, ratio: length, time }, index) => {
    const y = top + index * BAR;
    const width = Math.min(length, LONGEST) * SCALE;
    const words = `${length.toFixed(2)}${length > LONGEST ? ' →' : ''} · ${milliseconds(time)} ms`;
    return `<rect class="${className}" x="${LEFT}" y="${y + 1}" width="${width.toFixed(1)}" height="${BAR - 2}" rx="2"/><text class="small" x="${(LEFT + width + 6).toFixed(1)}" y="${y + BAR - 3}">${words}</text>`;
  });
  const label = `<text class="label" x="${LEFT - 12}" y="${top + height / 2 + 4}">${escape(model.title)}</text>`;
  return { svg: [label, ...bars].join('\n'), height };
}

function gridLine(at: number, bottom: number): string {
  const x = LEFT + at * SCALE;
  const className = at === 1 ? 'grid one' : 'grid';
  return `<line class="${className}" x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${bottom}"/><text class="small tick" x="${x}" y="${bottom + 15}">${at}</text>`;
}

function legend(): string {
  let x = 20;
  return series
    .map(({ className, label }) => {
      const item = `<rect class="${className}" x="${x}" y="42" width="11" height="11" rx="2"/><text class="small" x="${x + 16}" y="52">${escape(label)}</text>`;
      x += 40 + label.length * 6;
      return item;
    })
    .join('');
}

const escape = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
text{font-family:system-ui,sans-serif;fill:#1f2328}
.title{font-size:15px;font-weight:600}.label{font-size:12px;text-anchor:end}.small{font-size:11px;fill:#59636e;paint-order:stroke;stroke:#fff;stroke-width:3px}.tick{text-anchor:middle}
.card{fill:#fff}.grid{stroke:#d1d9e0}.one{stroke:#818b98;stroke-dasharray:3 3}
.ours{fill:#0969da}.pytorch{fill:#bc4c00}.tensorflow{fill:#bf8700}.tfjs{fill:#8c959f}
@media (prefers-color-scheme:dark){text{fill:#f0f6fc}.small{fill:#9198a1;stroke:#0d1117}.card{fill:#0d1117}.grid{stroke:#2f353d}.one{stroke:#9198a1}
.ours{fill:#4493f8}.pytorch{fill:#db6d28}.tensorflow{fill:#d29922}.tfjs{fill:#656c76}}
`.trim();
