import * as vscode from 'vscode';
import { DATA_TITLES } from '../../protocol/dataTitles';
import { POINT_SETS } from '../../protocol/mixtures';
import { FAMILIES, FAMILY_GROUPS } from '../../protocol/families';
import { familyDescription, presetOf } from '../../protocol/families/schemas';
import { parseNewSpecification, SpecificationError } from '../../protocol/specification';
import { trainCommand } from '../ui/trainCommand';
import { galleryHtml, type GalleryCard } from './galleryHtml';

type Family = (typeof FAMILIES)[number];

/** Data sets that need no files of the user. */
const SETS = ['mnist', ...POINT_SETS] as const;
type OfferedSet = (typeof SETS)[number];

/** One gallery a window. */
let shown: vscode.WebviewPanel | undefined;

/** *Browse Models*: every family with a picture of what it makes, and links that train it. */
export function showGallery(extension: vscode.Uri): void {
  if (shown) return shown.reveal();
  const folders = ['dist/webview', 'media/families'].map((folder) => vscode.Uri.joinPath(extension, folder));
  const own = [
    { title: 'New Specification', command: 'latentStudio.newSpecification' },
    { title: 'Train on These Images…', command: 'latentStudio.trainOnImages' },
    { title: 'Draw Data Points…', command: 'latentStudio.drawPoints' },
    { title: 'Train…', command: 'latentStudio.train' },
  ];
  const commands = [...own.map(({ command }) => command), ...FAMILIES.map((family) => trainCommand(family).command)];
  const panel = vscode.window.createWebviewPanel('latentStudio.gallery', 'Models', vscode.ViewColumn.Active, {
    enableScripts: false,
    enableCommandUris: commands,
    localResourceRoots: folders,
  });
  shown = panel;
  panel.onDidDispose(() => (shown = undefined));
  panel.iconPath = {
    dark: vscode.Uri.joinPath(extension, 'media/tab-dark.svg'),
    light: vscode.Uri.joinPath(extension, 'media/tab-light.svg'),
  };
  const { webview } = panel;
  const resource = (folder: vscode.Uri, file: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  webview.html = galleryHtml({
    groups: FAMILY_GROUPS.map(({ title, families }) => ({
      title,
      cards: families.map((family) => card(family, resource(folders[1]!, `${family.id}.png`))),
    })),
    own: own.map(({ title, command }) => ({ title, command: `command:${command}` })),
    style: resource(folders[0]!, 'gallery.css'),
    cspSource: webview.cspSource,
  });
}

function card(family: Family, source: string): GalleryCard {
  const { command } = trainCommand(family);
  const usual = presetOf(family.id)?.data?.set ?? 'mnist';
  const sets = [...SETS].sort((a, b) => Number(b === usual) - Number(a === usual));
  const words = `What a trained ${family.name} makes: ${family.pictured}.`;
  return {
    name: family.name,
    sentence: familyDescription(family.id),
    picture: { source, words },
    sets: sets
      .filter((set) => learns(family, set))
      .map((set) => ({
        title: DATA_TITLES[set],
        command: `command:${command}?${encodeURIComponent(JSON.stringify([set]))}`,
      })),
  };
}

function learns({ id }: Family, set: OfferedSet): boolean {
  try {
    parseNewSpecification({ model: { family: id }, data: { set } });
    return true;
  } catch (error) {
    if (error instanceof SpecificationError) return false;
    throw error;
  }
}
