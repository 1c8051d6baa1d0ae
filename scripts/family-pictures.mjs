// Retakes the pictures of the model gallery, media/families/*.png: trains each family with its preset on its own data
// and draws what the trained model makes.
//   node scripts/family-pictures.mjs [family…]
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { inRoot } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';

const WIDTH = 280;
const HEIGHT = 168;
const DIGIT = 28;
const COLUMNS = WIDTH / DIGIT;
const ROWS = HEIGHT / DIGIT;
const POINTS = 4000;
const BACKGROUND = [17, 20, 24];
/** As the views have them on a dark background. */
const DATA = [120, 128, 140];
const SAMPLES = [89, 164, 249];
const CLASSES = ['49e6fb', 'db1200', '649cff', 'ffffd8', '9630fe', 'a6a70c', 'fd48be', 'b6f30f', 'fba59d', '347a6e'];

/** What is trained for the picture of a family; else its preset, as it is. */
const SHOWN = {
  vae: { training: { epochs: 6 } },
  // With more dimensions z says which digit it is, too, for many epochs.
  cvae: { model: { latent: 4 }, training: { epochs: 6 } },
  ae: { model: { latent: 2 }, training: { epochs: 6 } },
  cgan: { training: { epochs: 12 } },
  dcgan: { training: { epochs: 4 } },
  wgan: { data: { set: 'ring' } },
  'wgan-gp': {
    model: {
      generator: { kind: 'mlp', hidden: [128, 128, 128] },
      critic: { kind: 'mlp', hidden: [128, 128, 128] },
      penalty: 0.1,
    },
    data: { set: 'grid' },
  },
};

function latent(...parameters) {
  const done = spawnSync(process.execPath, [inRoot('dist', 'cli.cjs'), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Problem(`latent ${parameters[0]} failed.`, { why: 'Its message is above.' });
  return done.stdout;
}

/** Rows of numbers of a table that the command line has written. */
async function table(file) {
  const [head, ...lines] = (await readFile(file, 'utf8')).trim().split(/\r?\n/);
  return { names: head.split(','), rows: lines.map((line) => line.split(',').map(Number)) };
}

/** Gray images side by side, each of 28 × 28 values from 0 to 1. */
function digits(images) {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
  images.slice(0, COLUMNS * ROWS).forEach((values, place) => {
    const [left, top] = [(place % COLUMNS) * DIGIT, Math.floor(place / COLUMNS) * DIGIT];
    values.forEach((value, i) => {
      const at = ((top + Math.floor(i / DIGIT)) * WIDTH + left + (i % DIGIT)) * 3;
      pixels.fill(Math.round(255 * Math.min(1, Math.max(0, value))), at, at + 3);
    });
  });
  return pixels;
}

/** Layers of points, each [x, y, color], to the same scale on both axes with y upwards. */
function plane(points) {
  const scale = 2;
  const [width, height] = [WIDTH * scale, HEIGHT * scale];
  const xs = points.map(([x]) => x).sort((a, b) => a - b);
  const ys = points.map(([, y]) => y).sort((a, b) => a - b);
  // Single points far away would shrink all the others.
  const ends = (sorted) => [sorted[Math.floor(sorted.length * 0.002)], sorted[Math.ceil(sorted.length * 0.998) - 1]];
  const [[left, right], [bottom, top]] = [ends(xs), ends(ys)];
  const unit = Math.min((width * 0.88) / (right - left), (height * 0.88) / (top - bottom));
  const pixels = Float64Array.from({ length: width * height * 3 }, (_, i) => BACKGROUND[i % 3]);
  for (const [x, y, color] of points) {
    const column = Math.round(width / 2 + (x - (left + right) / 2) * unit);
    const row = Math.round(height / 2 - (y - (bottom + top) / 2) * unit);
    for (let v = row - 2; v <= row + 2; v++) {
      for (let u = column - 2; u <= column + 2; u++) {
        const inside = (v - row) ** 2 + (u - column) ** 2 <= 5;
        if (!inside || u < 0 || v < 0 || u >= width || v >= height) continue;
        for (let c = 0; c < 3; c++) {
          const at = (v * width + u) * 3 + c;
          pixels[at] += 0.5 * (color[c] - pixels[at]);
        }
      }
    }
  }
  return { pixels: Buffer.from(Uint8Array.from(pixels, Math.round)), width, height };
}

const hex = (color) => [0, 2, 4].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

/** A ring or a grid as the presets have them. */
function mixture(set, count) {
  const centers =
    set === 'ring'
      ? Array.from({ length: 8 }, (_, i) => [2 * Math.cos((i * Math.PI) / 4), 2 * Math.sin((i * Math.PI) / 4)])
      : Array.from({ length: 25 }, (_, i) => [2 * ((i % 5) - 2), 2 * (Math.floor(i / 5) - 2)]);
  const deviation = set === 'ring' ? 0.02 : 0.05;
  return Array.from({ length: count }, (_, i) => {
    const radius = deviation * Math.sqrt(-2 * Math.log((i + 0.5) / count));
    const [x, y] = centers[i % centers.length];
    return [x + radius * Math.cos(i * 2.4), y + radius * Math.sin(i * 2.4), DATA];
  });
}

async function picture(family, folder) {
  const specification = path.join(folder, `${family}.latent.json`);
  const { model, ...rest } = SHOWN[family] ?? {};
  await writeFile(specification, JSON.stringify({ name: family, model: { family, ...model }, ...rest }));
  const runs = path.join(folder, 'runs');
  latent('train', specification, '--runs', runs);
  const target = path.join(runs, `${family}-001`);
  const record = JSON.parse(await readFile(path.join(target, 'run.json'), 'utf8'));
  const { set } = record.specification.data;
  const out = path.join(folder, `${family}.csv`);
  if (record.capabilities.sampling === null) {
    latent('encode', target, '--out', out);
    const { names, rows } = await table(out);
    const [label, x, y] = ['label', 'z1', 'z2'].map((name) => names.indexOf(name));
    return plane(rows.map((row) => [row[x], row[y], hex(CLASSES[row[label]])]));
  }
  if (set === 'mnist') {
    if (record.capabilities.classes === 0) {
      latent('sample', target, '--count', String(COLUMNS * ROWS), '--seed', '1', '--out', out);
      return { pixels: digits(await images(out)), width: WIDTH, height: HEIGHT };
    }
    const all = Array.from({ length: COLUMNS * ROWS });
    for (let label = 0; label < COLUMNS; label++) {
      latent('sample', target, '--count', String(ROWS), '--seed', '1', '--label', String(label), '--out', out);
      (await images(out)).forEach((image, row) => (all[row * COLUMNS + label] = image));
    }
    return { pixels: digits(all), width: WIDTH, height: HEIGHT };
  }
  latent('sample', target, '--count', String(POINTS), '--seed', '1', '--out', out);
  const { names, rows } = await table(out);
  const [x, y] = [names.indexOf('x1'), names.indexOf('x2')];
  return plane([...mixture(set, POINTS), ...rows.map((row) => [row[x], row[y], SAMPLES])]);
}

/** The columns of pixels, in the order of the file. */
async function images(file) {
  const { names, rows } = await table(file);
  const pixels = names.flatMap((name, i) => (/^x\d/.test(name) ? [i] : []));
  return rows.map((row) => pixels.map((i) => row[i]));
}

await runMain(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'latent-studio-pictures-'));
  const kept = inRoot('media', 'families');
  await mkdir(kept, { recursive: true });
  try {
    for (const family of process.argv.slice(2)) {
      const { pixels, width, height } = await picture(family, folder);
      await sharp(pixels, { raw: { width, height, channels: 3 } })
        .resize(WIDTH, HEIGHT)
        .png({ palette: true, compressionLevel: 9 })
        .toFile(path.join(kept, `${family}.png`));
      process.stdout.write(`${family}\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
