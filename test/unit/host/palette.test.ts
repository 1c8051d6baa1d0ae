import { describe, expect, it } from 'vitest';
import { paletteTitles } from '../../support/manifest';

/** Whether the palette finds a label by these words: each is the beginning of one of its words, in this order. */
function finds(typed: string, label: string): boolean {
  const words = label.toLowerCase().split(/[^\p{L}\p{N}…]+/u);
  let next = 0;
  return typed
    .toLowerCase()
    .split(/[^\p{L}\p{N}…]+/u)
    .filter((word) => word !== '')
    .every((word) => (next = words.findIndex((each, index) => index >= next && each.startsWith(word)) + 1) > 0);
}

/** The palette filters, and then sorts by name: what merely matches may stand before what was meant. */
const first = (typed: string, titles: readonly string[]) =>
  titles.filter((title) => finds(typed, title)).sort((a, b) => a.localeCompare(b))[0];

describe('titles in the command palette', () => {
  const titles = paletteTitles();

  it.each(titles)('%s comes first when it is typed', (title) => {
    expect(first(title, titles)).toBe(title);
    expect(first(title.replace('Latent Studio: ', ''), titles)).toBe(title);
  });

  it('would notice a title that takes the place of another one', () => {
    const clashing = ['Latent Studio: Train VAE', 'Latent Studio: Train Conditional VAE'];
    expect(first('train vae', clashing)).toBe('Latent Studio: Train Conditional VAE');
  });
});
