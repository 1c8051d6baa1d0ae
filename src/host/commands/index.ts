import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/disposable';
import { FAMILIES } from '../../protocol/families';
import type { RunIntent, RunSummary } from '../../protocol/views';
import type { Studio } from '../studio';
import { revealCharts } from '../ui/revealCharts';
import type { DRAWING_PANEL } from './drawPoints';
import { TRAINER_LOG_SCHEME } from './schemes';

/** Repeated here, since importing it would load the module. */
const drawingPanel: typeof DRAWING_PANEL = 'latentStudio.drawPoints';

type Handler = (studio: Studio, argument: unknown, all?: unknown) => Promise<void>;

// Loaded when a command is called, to keep window start fast.
const control =
  (intents: readonly RunIntent[], to: string, suits?: (run: RunSummary) => boolean): Handler =>
  async (studio, argument) =>
    (await import('./control')).control(studio, intents, to, argument, suits);
const files = () => import('./files');
const training = () => import('./train');
const picking = () => import('./trainPicked');

/** A finished run has nothing left to resume; it can only be trained longer. */
const hasFinished = ({ status }: RunSummary) => status === 'finished';

/** Every command except those that open views, which belong to these. Titles and `when` clauses are in package.json. */
const COMMANDS: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(
    FAMILIES.map((family): [string, Handler] => [
      family.command,
      async (studio, set) => (await training()).trainFamily(studio, family, set),
    ]),
  ),
  train: async (studio) => (await picking()).trainPicked(studio),
  trainSpecification: async (studio, argument) => {
    const file = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
    return file === undefined ? (await picking()).trainPicked(studio) : (await training()).trainFile(studio, file);
  },
  trainOnImages: async (studio, argument) => (await import('./trainOnImages')).trainOnImages(studio, argument),
  drawPoints: async (studio) => (await import('./drawPoints')).drawPoints(studio),
  newSpecification: async () => (await import('./newSpecification')).newSpecification(),
  pause: control(['pause'], 'pause'),
  resume: control(['resume', 'continue'], 'resume', (run) => !hasFinished(run)),
  resumeWithoutLastEdit: async (studio, argument) => (await import('./revise')).resumeWithoutLastEdit(studio, argument),
  resumeWithChanges: async (studio, argument) => (await import('./revise')).resumeWithChanges(studio, argument),
  trainLonger: control(['continue'], 'train longer', hasFinished),
  stop: control(['stop'], 'stop'),
  checkpoint: control(['checkpoint'], 'write a checkpoint of'),
  step: control(['step'], 'step'),
  stepPhase: async (studio, argument) => (await import('./control')).stepPhase(studio, argument),
  setSpeed: async (studio, argument) => (await import('./control')).setSpeed(studio, argument),
  sample: control(['sample'], 'sample from'),
  editHyperparameters: async (studio, argument) =>
    (await import('./hyperparameters')).editHyperparameters(studio, argument),
  setUpTensorFlow: async (studio) => (await import('./setUpTensorFlow')).setUpTensorFlow(studio),
  showTrainerLog: async (studio, argument) => (await files()).showTrainerLog(studio, argument),
  revealRunFolder: async (studio, argument) => (await files()).revealRunFolder(studio, argument),
  openTraining: async (studio) => (await import('./openTraining')).openTraining(studio),
  showAllRuns: async (studio) => {
    studio.selection.showAll(true);
    await revealCharts();
  },
  showNoRuns: (studio) => Promise.resolve(studio.selection.showAll(false)),
  showRun: async (studio, argument, all) => {
    studio.selection.overlay(keysOf(argument, all), true);
    await revealCharts();
  },
  hideRun: (studio, argument, all) => Promise.resolve(studio.selection.overlay(keysOf(argument, all), false)),
  showOnlyRun: async (studio, argument) => {
    if (typeof argument !== 'string') return;
    studio.selection.showOnly(argument);
    await revealCharts();
  },
  refreshRuns: (studio) => studio.registry.refresh(),
  showOutput: (studio) => Promise.resolve(studio.log.show(true)),
};

/** The tree rows that a menu applies to: the clicked one, or the whole selection if that contains it. */
function keysOf(argument: unknown, all: unknown): string[] {
  return (Array.isArray(all) ? all : [argument]).filter((key) => typeof key === 'string');
}

export function registerCommands(studio: Studio): Disposable {
  const store = new DisposableStore();
  for (const [name, handler] of Object.entries(COMMANDS)) {
    const run = (argument: unknown, all?: unknown) => handler(studio, argument, all);
    store.add(vscode.commands.registerCommand(`latentStudio.${name}`, run));
  }
  store.add(
    vscode.window.registerWebviewPanelSerializer(drawingPanel, {
      deserializeWebviewPanel: async (panel) => (await import('./drawPoints')).showDrawing(studio, panel),
    }),
  );
  const provideTextDocumentContent = async (uri: vscode.Uri) => (await files()).endOfTrainerLog(studio, uri);
  store.add(vscode.workspace.registerTextDocumentContentProvider(TRAINER_LOG_SCHEME, { provideTextDocumentContent }));
  return store;
}
