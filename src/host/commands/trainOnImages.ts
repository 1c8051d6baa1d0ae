import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { plural } from '../../common/plural';
import { FAMILIES } from '../../protocol/families';
import { familyNeedsLabels } from '../../protocol/families/schemas';
import type { ImageOptions, SheetResult, SkippedImage, Survey } from '../../protocol/imageJobs';
import { parseNewSpecification, SpecificationError } from '../../protocol/specification';
import type { Studio } from '../studio';
import { plain } from '../ui/plain';
import { problems, report } from '../ui/problems';
import { reasonWords, sentence } from '../ui/words';
import { freeName, writeBeginning } from './newSpecification';
import { trainFile } from './train';

const TITLE = 'Train on These Images';
/** Sizes that data sets and papers use. */
const SIZES = [28, 32, 64, 96, 128];
/** Larger ones take a model minutes a step on a processor. */
const LARGEST_SUGGESTED = 64;

type Family = (typeof FAMILIES)[number];

/** *Train on These Images…*: asks how the images of a folder are to be seen, shows that, and trains a family on them. */
export async function trainOnImages(studio: Studio, argument: unknown): Promise<void> {
  if (!vscode.workspace.workspaceFolders?.length) return report(problems.noFolder());
  if (!vscode.workspace.isTrusted) return report(problems.untrusted(TITLE));
  const folder = argument instanceof vscode.Uri ? argument : await pickFolder();
  if (folder === undefined) return;
  if (folder.scheme !== 'file') return report(problems.notOnDisk());
  const preview = new Preview(studio, folder);
  try {
    const survey = await withProgress('Looking at the images…', (signal) =>
      studio.launcher.images({ job: 'survey', root: folder.fsPath }, signal),
    );
    const chosen = survey && (await choose(survey, preview));
    if (chosen === undefined) return;
    const file = await write(folder, chosen.options, chosen.family);
    await preview.close();
    await vscode.window.showTextDocument(file);
    if (chosen.start) await trainFile(studio, file);
  } catch (error) {
    report(problems.act(TITLE, sentence(error)));
  } finally {
    await preview.close();
  }
}

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({
    ...{ canSelectFiles: false, canSelectFolders: true, openLabel: 'Train on These Images' },
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
  });
  return picked?.[0];
}

interface Chosen {
  readonly options: ImageOptions;
  readonly family: Family;
  /** Whether to train at once, without a look at the specification. */
  readonly start: boolean;
}

/** Undefined if a question is left open. */
async function choose(survey: Survey, preview: Preview): Promise<Chosen | undefined> {
  for (;;) {
    const options = await pickOptions(survey);
    if (options === undefined) return undefined;
    const shown = await withProgress('Decoding some of the images…', (signal) => preview.show(options, signal));
    if (shown === undefined) return undefined;
    const family = await pickFamily(survey, options, shown);
    if (family === undefined) return undefined;
    if (family === 'again') continue;
    const start = await pickStart(survey, family);
    return start === undefined ? undefined : { options, family, start };
  }
}

async function pickOptions(survey: Survey): Promise<ImageOptions | undefined> {
  const size = await pickSize(survey);
  if (size === undefined) return undefined;
  const channels = await pickChannels(survey);
  if (channels === undefined) return undefined;
  const fit = await pickFit();
  return fit && { height: size, width: size, channels, fit };
}

interface Option<Value> extends vscode.QuickPickItem {
  readonly value: Value;
}

async function pick<Value>(placeHolder: string, options: readonly Option<Value>[]): Promise<Value | undefined> {
  return (await vscode.window.showQuickPick(options, { title: `${TITLE}…`, placeHolder, ignoreFocusOut: true }))?.value;
}

async function pickSize({ files, side, classes, unreadable, tried }: Survey): Promise<number | undefined> {
  const found = [
    plural(files, 'file', 'files', files.toLocaleString('en-US')),
    ...(classes === undefined ? [] : [plural(classes.length, 'class', 'classes')]),
    ...(unreadable.length === 0 ? [] : [`${unreadable.length} of the first ${tried} cannot be decoded`]),
  ];
  const suggested = suggestedSize(side);
  const sizes = [suggested, ...SIZES.filter((size) => size !== suggested)];
  const size = await pick(
    `${found.join(', ')}. To which size are the images scaled?`,
    [...sizes, 0].map((value) => ({
      value,
      label: value === 0 ? 'Another size…' : `${value} × ${value}`,
      description: value === suggested ? `suggested; the images are about ${side} pixels high or wide` : undefined,
    })),
  );
  if (size !== 0) return size;
  const written = await vscode.window.showInputBox({
    ...{ title: `${TITLE}…`, prompt: 'Height and width in pixels', value: String(suggested), ignoreFocusOut: true },
    validateInput: (text) => (isSize(Number(text)) ? undefined : 'Enter a whole number from 1 to 1024.'),
  });
  return written === undefined ? undefined : Number(written);
}

const isSize = (size: number) => Number.isInteger(size) && size >= 1 && size <= 1024;

/** The largest usual size that does not enlarge the images. */
function suggestedSize(side: number): number {
  return SIZES.findLast((size) => size <= Math.min(side, LARGEST_SUGGESTED)) ?? SIZES[0]!;
}

function pickChannels({ gray }: Survey): Promise<1 | 3 | undefined> {
  const color: Option<1 | 3> = { value: 3, label: 'Color', description: 'RGB' };
  const single: Option<1 | 3> = { value: 1, label: 'Gray', description: 'one channel' };
  const [first, second] = gray ? [single, color] : [color, single];
  const why = gray ? 'none of the images looked at has a color' : 'some of the images have colors';
  return pick('Color or gray?', [{ ...first, description: `${first.description}; suggested, as ${why}` }, second]);
}

function pickFit(): Promise<ImageOptions['fit'] | undefined> {
  return pick('What becomes of images that are not square?', [
    { value: 'crop', label: 'Crop', description: 'cut off what is too long, equally on both sides' },
    { value: 'fit', label: 'Fit', description: 'keep all of the image, with black borders' },
  ]);
}

/** The families that can learn such images, and a way back. */
function pickFamily(
  { classes }: Survey,
  options: ImageOptions,
  { skipped }: SheetResult,
): Promise<Family | 'again' | undefined> {
  const fitting = FAMILIES.filter(({ id }) => accepts(id, options) && (classes || !familyNeedsLabels(id)));
  const unread = skipped.length === 0 ? '' : ` Not decoded: ${plain(namesOf(skipped), 200)}.`;
  return pick<Family | 'again'>(`This is what the model will see.${unread} Which model?`, [
    ...fitting.map((family) => ({ value: family, label: family.name, description: family.sentence })),
    { value: 'again', label: '$(arrow-left) Another size, color or fit' },
  ]);
}

function namesOf(skipped: readonly SkippedImage[]): string {
  return skipped.map(({ file, reason }) => `${file} (${reason})`).join(', ');
}

function pickStart({ files }: Survey, { name }: Family): Promise<boolean | undefined> {
  return pick(`The specification is written beside your files. Train ${name} now?`, [
    { value: true, label: 'Train Now', description: `decodes ${plural(files, 'image')} first` },
    { value: false, label: 'Edit the Specification First', description: 'the ▷ in its title bar trains it' },
  ]);
}

function accepts(family: Family['id'], options: ImageOptions): boolean {
  try {
    parseNewSpecification(specificationOf('images', 'images', options, family));
    return true;
  } catch (error) {
    if (error instanceof SpecificationError) return false;
    throw error;
  }
}

/** A convolutional network where the family has a choice: on images of this size a fully connected one is mostly weights. */
function specificationOf(name: string, folder: string, options: ImageOptions, family: Family['id']) {
  const { height, channels, fit } = options;
  const specification = (model: object) => ({
    ...{ name, model, data: { set: 'images', path: folder, size: height, channels, fit }, training: { epochs: 10 } },
  });
  const convolutional = specification({ family, network: { kind: 'convolutional' } });
  try {
    parseNewSpecification(convolutional);
    return convolutional;
  } catch {
    return specification({ family });
  }
}

/** Writes the specification into the workspace folder that has the images, else into the first one. */
async function write(images: vscode.Uri, options: ImageOptions, family: Family): Promise<vscode.Uri> {
  const { uri } = vscode.workspace.getWorkspaceFolder(images) ?? vscode.workspace.workspaceFolders![0]!;
  const relative = path.relative(uri.fsPath, images.fsPath);
  const inside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  const data = relative === '' ? '.' : inside ? relative.replaceAll(path.sep, '/') : images.fsPath;
  const name = `${family.id}-${path.basename(images.fsPath)}`.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60);
  try {
    const file = await freeName(uri, name);
    await writeBeginning(file, specificationOf(name, data, options, family.id));
    return file;
  } catch (error) {
    throw new Error(`The specification cannot be written: ${reasonWords(error)}.`, { cause: error });
  }
}

/** Shows what the model will see in a tab, in a file that is there only as long as the questions are. */
class Preview {
  private home: string | undefined;

  constructor(
    private readonly studio: Studio,
    private readonly folder: vscode.Uri,
  ) {}

  async show(options: ImageOptions, signal: AbortSignal): Promise<SheetResult> {
    this.home ??= await mkdtemp(path.join(tmpdir(), 'latent-studio-'));
    // A name of its own for each size: an image editor may keep what it read before.
    const { height, channels, fit } = options;
    const name = `${path.basename(this.folder.fsPath)}, ${height}×${height}, ${channels === 1 ? 'gray' : 'color'}, ${fit}.png`;
    const out = path.join(this.home, name);
    const root = this.folder.fsPath;
    const shown = await this.studio.launcher.images({ job: 'sheet', root, options, out }, signal);
    if (shown.shown === 0) throw new Error(`None of the images can be decoded: ${namesOf(shown.skipped.slice(0, 3))}.`);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(out), { preserveFocus: true, preview: true });
    return shown;
  }

  async close(): Promise<void> {
    const { home } = this;
    if (home === undefined) return;
    this.home = undefined;
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const own = tabs.filter(
      ({ input }) => input instanceof vscode.TabInputCustom && input.uri.fsPath.startsWith(home + path.sep),
    );
    if (own.length > 0) await vscode.window.tabGroups.close(own, true);
    await rm(home, { recursive: true, force: true });
  }
}

/** Undefined if it is cancelled. */
async function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    try {
      return await work(controller.signal);
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    }
  });
}
