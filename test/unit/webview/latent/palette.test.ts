import { describe, expect, it } from 'vitest';
import { pointColors, rgb } from '../../../../webview/latent/points/palette';
import { CLASS_COLORS, classColor } from '../../../../webview/shared/classColors';
import { THEMES } from '../../../webview/support/themes';

type Triple = readonly [number, number, number];

/** From sRGB to linear light. */
const linear = (color: string): Triple => {
  const [red, green, blue] = rgb(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return [red!, green!, blue!];
};
const times = (matrix: readonly Triple[], [a, b, c]: Triple): Triple =>
  matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Triple;

/** Ottosson 2020. */
function oklab(light: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    light,
  ).map(Math.cbrt) as unknown as Triple;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

/** Machado, Oliveira and Fernandes 2009, severity 1. */
const DEFICIENCIES: Readonly<Record<string, readonly Triple[]>> = {
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

const seen = (color: string, matrix?: readonly Triple[]): Triple => {
  const light = linear(color);
  return oklab(matrix ? (times(matrix, light).map((value) => Math.max(0, value)) as unknown as Triple) : light);
};

/** The smallest difference between any two colors. */
function closest(colors: readonly string[], matrix?: readonly Triple[]): number {
  const all = colors.map((color) => seen(color, matrix));
  return Math.min(
    ...all.flatMap((a, i) => all.slice(0, i).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]))),
  );
}

function contrast(a: string, b: string): number {
  const luminance = (color: string) => {
    const [red, green, blue] = linear(color);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright! + 0.05) / (dark! + 0.05);
}

describe.each([
  ['dark', ['dark', 'highContrastDark']],
  ['light', ['light', 'highContrastLight']],
] as const)('the colors of classes on a %s background', (kind, themes) => {
  const colors = Array.from({ length: CLASS_COLORS }, (_, label) => classColor(label, kind === 'dark'));

  it('are thirty, of which no two look alike', () => {
    expect(new Set(colors).size).toBe(30);
    expect(closest(colors)).toBeGreaterThan(0.1);
    expect(classColor(30, kind === 'dark')).toBe(colors[0]);
  });

  it.each(Object.keys(DEFICIENCIES))('are told apart with %s, as far as the first ten go', (name) => {
    expect(closest(colors.slice(0, 10), DEFICIENCIES[name])).toBeGreaterThan(0.09);
  });

  it('can be seen on it', () => {
    for (const theme of themes) {
      const background = THEMES[theme].variables['editor-background']!;
      for (const color of colors) expect(contrast(color, background)).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('points', () => {
  it('have the color of their class, are faint behind a selection, and gone with a hidden class', () => {
    const looks = { labels: Uint8Array.of(0, 31, 2), selected: undefined, emphasized: undefined, dark: true };
    const colors = pointColors(3, { ...looks, shown: (label) => label !== 2, selected: (index) => index === 0 });
    expect([...colors.subarray(0, 3)]).toEqual(rgb(classColor(0, true)));
    expect([...colors.subarray(4, 7)]).toEqual(rgb(classColor(1, true)));
    expect([colors[3]! > colors[7]!, colors[7]! > 0, colors[11]]).toEqual([true, true, 0]);
  });
});
