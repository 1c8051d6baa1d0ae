import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const commandSchema = z.object({
  command: z.string(),
  title: z.string(),
  category: z.string(),
  icon: z.string().optional(),
});
const entrySchema = z.object({ command: z.string(), when: z.string(), group: z.string().optional() });

const manifestSchema = z.object({
  contributes: z.object({
    commands: z.array(commandSchema),
    menus: z.record(z.string(), z.array(entrySchema)),
    walkthroughs: z.array(
      z.object({
        steps: z.array(
          z.object({
            id: z.string(),
            description: z.string(),
            media: z.object({ svg: z.string().optional(), altText: z.string().optional() }),
            completionEvents: z.array(z.string()),
          }),
        ),
      }),
    ),
  }),
});

/** What package.json contributes to VS Code, as far as tests look at it. */
export const { contributes } = manifestSchema.parse(
  JSON.parse(readFileSync(path.join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')),
);

/** Titles as the command palette shows them, of all commands that it ever shows. */
export function paletteTitles(): string[] {
  const hidden = contributes.menus['commandPalette']!.filter(({ when }) => when === 'false');
  return contributes.commands
    .filter(({ command }) => !hidden.some((entry) => entry.command === command))
    .map(({ title, category }) => `${category}: ${title}`);
}
