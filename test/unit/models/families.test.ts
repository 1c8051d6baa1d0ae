import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/models';
import { capabilitiesOf } from '../../../src/models/model';
import { FAMILIES } from '../../../src/protocol/families';
import { capabilitiesIn } from '../../../src/protocol/families/earlier';
import { parseSpecification } from '../../../src/protocol/specification';

const root = path.join(import.meta.dirname, '..', '..', '..');
const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
  contributes: { commands: { command: string; title: string }[] };
};

/** What knows families: their pages, and their part of the registry. */
const KNOWING = ['src/models/', 'src/protocol/families/'];

/** Where a source speaks of a family: its id as a string, or its id or name as a word or a part of one. */
function mentions(text: string): string[] {
  return FAMILIES.flatMap(({ id }) => {
    const capital = `${id[0]!.toUpperCase()}${id.slice(1)}`;
    const word = new RegExp(`['"\`]${id}['"\`]|\\b(?:${id.toUpperCase()}|${capital})\\b|[a-z]${capital}\\b`, 'g');
    return text.match(word) ?? [];
  });
}

async function sources(folder: string): Promise<string[]> {
  const names = await readdir(path.join(root, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`);
}

describe('the registry of families', () => {
  it('is all that names a family, besides the families themselves', async () => {
    const found: string[] = [];
    let files = 0;
    for (const file of [...(await sources('src')), ...(await sources('webview'))]) {
      if (KNOWING.some((folder) => file.startsWith(folder))) continue;
      files += 1;
      const code = (await readFile(path.join(root, file), 'utf8')).replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
      found.push(...mentions(code).map((mention) => `${file}: ${mention}`));
    }
    expect(files).toBeGreaterThan(100);
    expect(found).toEqual([]);
  });

  it('notices a name', () => {
    expect(mentions("family === 'vae'; trainVae(); new Vae(); 'Train VAE'")).toHaveLength(4);
    expect(mentions("'wave' caveat maestro vaex")).toEqual([]);
  });

  it.each(FAMILIES)('has a command for $id with the title of its row', ({ command, title }) => {
    expect(manifest.contributes.commands).toContainEqual(
      expect.objectContaining({ command: `latentStudio.${command}`, title }),
    );
  });

  it.each(['vae', 'cvae', 'ae'])('knows what version 0.1.0 did not record of the family %s', (family) => {
    const specification = parseSpecification({ model: { family, latent: 5 } });
    const { data: _data, ...now } = capabilitiesOf(createModel(specification, { kind: 'image', shape: [4, 4, 1] }, 10));
    const { classes, ...earlier } = capabilitiesIn({}, specification)!;
    expect({ ...earlier, classes: classes ?? now.classes }).toEqual(now);
  });

  it('does not guess what it was not told', () => {
    expect(capabilitiesIn({}, { model: { family: 'of a version to come', latent: 5 } })).toBeUndefined();
    expect(capabilitiesIn({}, undefined)).toBeUndefined();
  });
});
