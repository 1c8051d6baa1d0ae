import path from 'node:path';
import * as vscode from 'vscode';
import type { Studio } from '../studio';
import { problems, report } from '../ui/problems';
import { saveBytes } from '../ui/saveBytes';
import { checkImage } from './image';
import { imageFileName, type SavedImage } from './imageFileName';
import type { Inspections } from '../inspections';

/** Saves an image from the log, unchanged. Never rejects. */
export async function saveLogged(
  studio: Studio,
  { run, tag, step }: { readonly run: string; readonly tag: string; readonly step: number },
): Promise<void> {
  const logged = await studio.registry.image(run, tag, step).catch(() => null);
  const { image, problem } = logged === null ? {} : checkImage(logged);
  if (image) return save({ ...image, run: studio.registry.run(run)?.name ?? 'run', label: tag });
  report(problems.act('Saving the image', problem ?? 'It is no longer in the log.'));
}

/** Saves the image that the last inspection drew. Never rejects. */
export async function saveSample(studio: Studio, { sample }: Inspections): Promise<void> {
  if (sample === undefined) return report(problems.act('Saving the samples', 'Draw them again first.'));
  const run = studio.registry.run(sample.run)?.name ?? 'run';
  await save({ ...sample.news.image, seed: sample.news.seed, run, label: 'samples' });
}

/** Writes the original bytes where the user chooses. */
function save(image: SavedImage): Promise<void> {
  const name = imageFileName(image);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return saveBytes({
    title: 'Save Image',
    proposed: folder && vscode.Uri.joinPath(folder, name),
    extension: path.extname(name).slice(1),
    bytes: image.bytes,
    what: 'Saving the image',
  });
}
