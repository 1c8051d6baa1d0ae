import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { RUN_COLORS, RUN_COLOR_COUNT, runColorId } from '../../../src/common/runColors';
import { dashOf } from '../../../webview/shared/curve';

/** Linear red, green and blue. */
function linear(hex: string): number[] {
  return [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

function luminance([red, green, blue]: readonly number[]): number {
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [first, second] = [luminance(linear(a)), luminance(linear(b))];
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
}

const times = (matrix: readonly (readonly number[])[], color: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * color[i]!, 0));

/** OKLab (Ottosson 2020). */
function oklab(color: readonly number[]): number[] {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    color,
  ).map(Math.cbrt);
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** Severity 1 (Machado, Oliveira and Fernandes 2009). */
const VISION: Readonly<Record<string, readonly (readonly number[])[]>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const KINDS = [
  { kind: 'dark', background: '#252526', least: 3 },
  { kind: 'light', background: '#f3f3f3', least: 3 },
  { kind: 'highContrastLight', background: '#ffffff', least: 4.5 },
] as const;

describe.each(KINDS)('the colors of runs: $kind', ({ kind, background, least }) => {
  it('can be told from the background', () => {
    for (const color of RUN_COLORS[kind]) expect(contrast(color, background), color).toBeGreaterThanOrEqual(least);
  });

  it.each(Object.keys(VISION))('can be told from each other: %s', (vision) => {
    const seen = RUN_COLORS[kind].map((color) =>
      oklab(times(VISION[vision]!, linear(color)).map((part) => Math.min(1, Math.max(0, part)))),
    );
    seen.forEach((a, i) =>
      seen.slice(0, i).forEach((b, j) => {
        // Three times what is just noticed side by side.
        expect(Math.hypot(...a.map((part, k) => part - b[k]!)), `${i + 1} and ${j + 1}`).toBeGreaterThan(0.06);
      }),
    );
  });
});

describe('sixty runs', () => {
  it('are visually distinct, and so are their test curves', () => {
    const looks = Array.from({ length: 60 }, (_, run) =>
      [0, 1].map((kind) => `${run % RUN_COLOR_COUNT} ${dashOf(kind, run).join(' ')}`),
    ).flat();
    expect(new Set(looks).size).toBe(120);
  });

  it('have colors that VS Code knows', async () => {
    const manifest = JSON.parse(await readFile('package.json', 'utf8')) as {
      contributes: { colors: { id: string; defaults: Record<string, string> }[] };
    };
    expect(manifest.contributes.colors.map(({ id, defaults }) => ({ id, ...defaults }))).toEqual(
      RUN_COLORS.dark.map((dark, i) => ({
        id: runColorId(i),
        dark,
        light: RUN_COLORS.light[i],
        highContrast: dark,
        highContrastLight: RUN_COLORS.highContrastLight[i],
      })),
    );
  });
});
