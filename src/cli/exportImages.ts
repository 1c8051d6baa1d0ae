import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { plural } from '../common/plural';
import { mimeOf } from '../formats/tfevents';
import { RunLogReader } from '../runs/logReader';
import { printable } from '../runs/printable';
import { EXIT } from './exit';
import { loggedRuns } from './loggedRuns';
import { writeOut } from './outFile';
import type { Output } from './output';
import { UsageError } from './usageError';

export interface ExportImagesOptions {
  readonly runs: string;
  readonly out?: string;
  readonly tag?: string;
}

const DIGITS = 9;

/** `images RUN`: the logged images as they were logged, in a folder for each tag, named by their steps. */
export async function exportImages(
  target: string,
  { runs, out, tag }: ExportImagesOptions,
  output: Output,
): Promise<number> {
  if (out === undefined) throw new UsageError('Say where the images should go: --out FOLDER');
  const found = await loggedRuns([target], runs, (words) => output.remark(words));
  if (found.length > 1) throw new UsageError(`${target} contains ${found.length} runs: name one of them.`);
  const reader = new RunLogReader(found[0]!.path);
  await reader.refresh();
  const { images, problems } = reader.snapshot();
  for (const problem of problems) output.remark(problem);
  const wanted = tag === undefined ? images : images.filter((each) => each.tag === tag);
  if (wanted.length === 0)
    throw new UsageError(
      nothing(
        tag,
        images.map((each) => each.tag),
      ),
    );
  const folders = folderNames(wanted.map((each) => each.tag));
  const written: string[] = [];
  for (const [i, { tag: each, steps }] of wanted.entries()) {
    const folder = path.join(out, folders[i]!);
    await mkdir(folder, { recursive: true });
    for (const step of steps) {
      const image = await reader.image(each, step);
      if (image === null) continue;
      const file = path.join(folder, `step-${String(step).padStart(DIGITS, '0')}${extensionOf(image.bytes)}`);
      await writeOut(file, [image.bytes]);
      written.push(path.resolve(file));
    }
  }
  const text = `${plural(written.length, 'image')} of ${plural(wanted.length, 'tag')}: ${out}`;
  output.result({ out: path.resolve(out), tags: wanted.map((each) => each.tag), files: written }, text);
  return EXIT.done;
}

function nothing(tag: string | undefined, all: readonly string[]): string {
  if (all.length === 0) return 'The run has logged no images.';
  return `The run has logged no images as ${tag}. Those that it has: ${all.map((each) => printable(each)).join(', ')}`;
}

/** Tags come from files: only letters, digits, dots and dashes are kept, and names that become equal are numbered. */
function folderNames(tags: readonly string[]): string[] {
  const taken = new Set<string>();
  return tags.map((tag) => {
    const base = tag.replace(/[^\p{L}\p{N}.-]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '') || 'images';
    const stem = base.slice(0, 100);
    let name = stem;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${stem}-${number}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

const EXTENSIONS = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/bmp': '.bmp',
  'application/octet-stream': '.bin',
} as const satisfies Record<ReturnType<typeof mimeOf>, string>;

function extensionOf(bytes: Uint8Array): string {
  return EXTENSIONS[mimeOf(bytes)];
}
