import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/disposable';
import type { Studio } from '../studio';
import { control } from './control';
import { revealRunFolder, showTrainerLog } from './files';

type Handler = (studio: Studio, argument: unknown) => Promise<void>;

// Schemas take longer to build than all the rest: what needs them is loaded when it is needed.
const training = () => import('./train');

/** Every command but *Open Run*, which belongs to the views. Titles and `when` clauses are in package.json. */
const COMMANDS: Readonly<Record<string, Handler>> = {
  trainVae: async (studio) => (await training()).trainFamily(studio, 'vae'),
  trainAe: async (studio) => (await training()).trainFamily(studio, 'ae'),
  train: async (studio) => (await training()).trainPicked(studio),
  trainSpecification: async (studio, argument) => (await training()).trainFile(studio, argument),
  pause: (studio, argument) => control(studio, ['pause'], 'pause', argument),
  resume: (studio, argument) => control(studio, ['resume', 'continue'], 'resume', argument),
  stop: (studio, argument) => control(studio, ['stop'], 'stop', argument),
  checkpoint: (studio, argument) => control(studio, ['checkpoint'], 'write a checkpoint of', argument),
  sample: (studio, argument) => control(studio, ['sample'], 'sample from', argument),
  setUpTensorFlow: async (studio) => (await import('./setUpTensorFlow')).setUpTensorFlow(studio),
  showTrainerLog,
  revealRunFolder,
  refreshRuns: (studio) => studio.registry.refresh(),
  showOutput: (studio) => Promise.resolve(studio.log.show(true)),
};

export function registerCommands(studio: Studio): Disposable {
  const store = new DisposableStore();
  for (const [name, handler] of Object.entries(COMMANDS)) {
    const run = (argument: unknown) => handler(studio, argument);
    store.add(vscode.commands.registerCommand(`latentStudio.${name}`, run));
  }
  return store;
}
