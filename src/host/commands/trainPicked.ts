import * as vscode from 'vscode';
import { DATA_TITLES } from '../../protocol/dataTitles';
import { FAMILIES } from '../../protocol/families';
import { presetOf } from '../../protocol/families/schemas';
import type { Studio } from '../studio';
import { act } from '../ui/act';
import { describeRun } from '../ui/format';
import { plain } from '../ui/plain';
import { trainFamily, trainFile } from './train';

interface Choice extends vscode.QuickPickItem {
  readonly train?: () => Promise<void>;
}

const MOST_FILES = 200;

/** *Train…*: lists everything that can be trained: families with their defaults, specifications, and finished runs. */
export async function trainPicked(studio: Studio): Promise<void> {
  const choices = [...gallery(), ...families(studio), ...(await specifications(studio)), ...finished(studio)];
  const options = { title: 'What do you want to train?', matchOnDescription: true };
  await (await vscode.window.showQuickPick(choices, options))?.train?.();
}

const heading = (label: string): Choice => ({ label, kind: vscode.QuickPickItemKind.Separator });

function gallery(): Choice[] {
  const train = async () => void (await vscode.commands.executeCommand('latentStudio.browseModels'));
  return [{ label: '$(preview) Browse Models…', description: 'with pictures of what they make', train }];
}

function families(studio: Studio): Choice[] {
  return [
    heading('with defaults'),
    ...FAMILIES.map((family) => ({
      label: family.name,
      iconPath: vscode.Uri.joinPath(studio.extension, 'media', 'families', `${family.id}.png`),
      description: `${family.sentence}, on ${DATA_TITLES[presetOf(family.id)?.data?.set ?? 'mnist']}`,
      train: () => trainFamily(studio, family),
    })),
  ];
}

async function specifications(studio: Studio): Promise<Choice[]> {
  const files = await vscode.workspace.findFiles('**/*.latent.json', '**/{node_modules,runs}/**', MOST_FILES);
  const choices = files
    .map((file) => ({
      label: plain(vscode.workspace.asRelativePath(file), 200),
      train: () => trainFile(studio, file),
    }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return choices.length === 0 ? [] : [heading('specifications'), ...choices];
}

function finished(studio: Studio): Choice[] {
  const runs = studio.registry
    .runs()
    .filter(({ status, intents }) => status === 'finished' && intents.includes('continue'));
  const choices = runs.map((run) => ({
    label: plain(run.name, 100),
    description: describeRun(run),
    train: () => act(studio.registry, run.key, 'continue'),
  }));
  return choices.length === 0 ? [] : [heading('train a finished run longer'), ...choices];
}
