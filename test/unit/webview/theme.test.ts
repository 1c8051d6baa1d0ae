import { describe, expect, it } from 'vitest';
import { isPainted, legible } from '../../../webview/shared/theme';

const substitutes = { onDark: '#e2953b', onLight: '#b35900' };

describe('a color of the theme', () => {
  it('is kept where it can be told from its background', () => {
    expect(legible('#3794ff', 'rgb(31, 31, 31)', substitutes)).toBe('#3794ff');
    expect(legible('#0063d3', 'rgb(255, 255, 255)', substitutes)).toBe('#0063d3');
  });

  it('gives way where it is translucent and hardly differs from what is behind it', () => {
    expect(legible('#ea5c0055', 'rgb(31, 31, 31)', substitutes)).toBe('#e2953b');
    expect(legible('rgba(234, 92, 0, 0.33)', 'rgb(31, 31, 31)', substitutes)).toBe('#e2953b');
  });

  it('gives way to the substitute for a light background on one', () => {
    expect(legible('#ffe08a', '#ffffff', substitutes)).toBe('#b35900');
  });

  it('is judged opaque when the very same color without alpha would be seen', () => {
    expect(legible('#ea5c00', 'rgb(31, 31, 31)', substitutes)).toBe('#ea5c00');
  });
});

describe('a background', () => {
  it('that lets everything through is not taken for black', () => {
    expect(isPainted('rgba(0, 0, 0, 0)')).toBe(false);
    expect(isPainted('rgb(0, 0, 0)')).toBe(true);
    expect(isPainted('#181818')).toBe(true);
  });
});
