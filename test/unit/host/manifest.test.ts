import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { contributes } from '../../support/manifest';

const root = path.resolve(import.meta.dirname, '../../..');
const { commands, menus, walkthroughs } = contributes;

/** Words that stay lower case inside a title. */
const SMALL = /^(a|an|and|as|at|by|for|from|in|of|on|or|the|to|with|without)$/;

describe('commands', () => {
  it.each(commands)('$command has a category, an icon and a title in title case', ({ title, category, icon }) => {
    expect(category).toBe('Latent Studio');
    expect(icon).toMatch(/^\$\([a-z-]+\)$/);
    const words = title.split(/[ (),…]+/).filter((word) => word !== '');
    const low = words.filter((word, index) => /^\p{Ll}/u.test(word) && (index === 0 || !SMALL.test(word)));
    expect(low).toEqual([]);
  });

  it('each say when the palette shows them', () => {
    const said = menus['commandPalette']!.map(({ command }) => command).sort();
    expect(said).toEqual(commands.map(({ command }) => command).sort());
  });

  it('are all in the manifest that a menu names', () => {
    const known = new Set(commands.map(({ command }) => command));
    const named = Object.values(menus).flatMap((entries) => entries.map(({ command }) => command));
    expect(named.filter((command) => !known.has(command))).toEqual([]);
  });
});

describe('the walkthrough', () => {
  const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);

  it.each(steps)('$id has a picture with a description, in the colors of the theme', async ({ media }) => {
    const file = path.join(root, media.svg ?? '');
    await access(file);
    expect(media.altText).toMatch(/\.$/);
    const picture = await readFile(file, 'utf8');
    const colors = [...picture.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, color]) => color!);
    expect(colors.filter((color) => color !== 'none' && !color.startsWith('var(--vscode-'))).toEqual([]);
    // VS Code lets nothing inside the picture run, load or bring styles of its own.
    expect(picture).not.toMatch(/<script|<style|style=|href="(?!data:image\/png;base64,)/);
  });

  it.each(steps)('$id is text that VS Code renders there: links and bold, no code', ({ description }) => {
    expect(description).not.toContain('`');
    expect(description).toMatch(/\n\[[^\]]+\]\(command:latentStudio\.\w+\)$/);
  });

  it.each(steps)('$id is ticked by what the extension really tells VS Code', async ({ completionEvents }) => {
    const sources = ['src/host/ui/context.ts', 'src/host/ui/engineContext.ts'];
    const told = (await Promise.all(sources.map((file) => readFile(path.join(root, file), 'utf8')))).join();
    const ids = new Set(commands.map(({ command }) => command));
    const contexts = completionEvents.filter((event) => event.startsWith('onContext:'));
    for (const event of completionEvents.filter((each) => !contexts.includes(each))) {
      const [kind, name] = event.split(':') as [string, string];
      expect(kind === 'onCommand' && ids.has(name), event).toBe(true);
    }
    const keys = contexts.map((event) => /^onContext:([\w.]+)/.exec(event)?.[1] ?? event);
    for (const key of keys) expect(told).toContain(`'${key}'`);
    // VS Code registers a walkthrough when it is first needed, and then misses a key that is true already: the condition
    // that comes true when the page opens is the one that ticks it.
    for (const key of keys) expect(contexts).toContain(`onContext:${key} && activeEditor == 'gettingStartedPage'`);
  });
});
