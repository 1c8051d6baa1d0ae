import { describe, expect, it } from 'vitest';
import { signColor } from '../../../webview/shared/signColors';

const WHITE = [255, 255, 255] as const;
const BLACK = [0, 0, 0] as const;

describe("the colors of a picture's signs", () => {
  it("are the theme's where these are blue and orange", () => {
    expect(signColor('positive', [55, 148, 255], BLACK)).toEqual([55, 148, 255]);
    expect(signColor('negative', [209, 134, 22], BLACK)).toEqual([209, 134, 22]);
  });

  it('are not where a theme calls a dark blue orange, or has a gray', () => {
    expect(signColor('negative', [15, 74, 133], WHITE)).toEqual([179, 89, 0]);
    expect(signColor('negative', [15, 74, 133], BLACK)).toEqual([226, 149, 59]);
    expect(signColor('positive', [120, 120, 130], WHITE)).toEqual([0, 99, 211]);
  });
});
