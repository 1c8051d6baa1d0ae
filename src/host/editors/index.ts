import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/disposable';
import type { Studio } from '../studio';
import type { fileCommands } from './checkpoint/commands';
import type { CheckpointDocument } from './checkpoint/document';
import type { CheckpointEditors } from './checkpoint/provider';
import { CHECKPOINT_EDITOR, TENSORS_EDITOR } from './checkpoint/viewTypes';

/** The documents to check, including files that have not been saved to disk yet. */
const SPECIFICATIONS: vscode.DocumentSelector = { language: 'json', pattern: '**/*.latent.json' };

export function registerEditors(studio: Studio): Disposable {
  const store = new DisposableStore();
  store.add(registerSpecificationChecks());
  store.add(registerCheckpointEditor(studio));
  store.add(registerOwnCheckpoints(studio));
  return store;
}

/** Commands of src/host/editors/checkpoint/commands.ts. */
const FILE_COMMANDS: readonly (keyof typeof fileCommands)[] = [
  'openAsTensors',
  'compareTensors',
  'sampleCheckpoint',
  'evaluateCheckpoint',
  'resumeFromCheckpoint',
];

/** Registers the editor of tensor files with VS Code; its implementation is loaded with the first file. */
function registerCheckpointEditor(studio: Studio): Disposable {
  const store = new DisposableStore();
  let loading: Promise<CheckpointEditors> | undefined;
  const editors = () =>
    (loading ??= import('./checkpoint/provider').then(({ CheckpointEditors }) =>
      store.add(new CheckpointEditors(studio)),
    ));
  const provider: vscode.CustomReadonlyEditorProvider<CheckpointDocument> = {
    openCustomDocument: async (uri) => (await editors()).openCustomDocument(uri),
    resolveCustomEditor: async (document, panel) => (await editors()).resolveCustomEditor(document, panel),
  };
  const options = { supportsMultipleEditorsPerDocument: true };
  for (const viewType of [CHECKPOINT_EDITOR, TENSORS_EDITOR]) {
    store.add(vscode.window.registerCustomEditorProvider(viewType, provider, options));
  }
  for (const name of FILE_COMMANDS) {
    const run = async (clicked: unknown, selected: unknown) => {
      const { fileCommands } = await import('./checkpoint/commands');
      await fileCommands[name](studio, await editors(), { clicked, selected });
    };
    store.add(vscode.commands.registerCommand(`latentStudio.${name}`, run));
  }
  return store;
}

/** Loaded when the first run is found. */
function registerOwnCheckpoints(studio: Studio): Disposable {
  const store = new DisposableStore();
  const once = store.add(
    studio.registry.onChange(() => {
      once.dispose();
      void import('./checkpoint/ownFiles').then(({ OwnCheckpointFiles }) => {
        if (!store.disposed) store.add(new OwnCheckpointFiles(studio));
      });
    }),
  );
  return store;
}

/** Marks errors in open specifications. Loaded with the first specification. */
function registerSpecificationChecks(): Disposable {
  const store = new DisposableStore();
  const isOurs = (document: vscode.TextDocument) => vscode.languages.match(SPECIFICATIONS, document) > 0;
  let loading = false;
  const load = async () => {
    if (loading) return;
    loading = true;
    const { SpecificationChecks, NearMissFixes } = await import('./specificationChecks');
    if (store.disposed) return;
    const checks = store.add(new SpecificationChecks(isOurs));
    const kinds = { providedCodeActionKinds: NearMissFixes.kinds };
    store.add(vscode.languages.registerCodeActionsProvider(SPECIFICATIONS, new NearMissFixes(checks), kinds));
  };
  const look = (document: vscode.TextDocument) => {
    if (isOurs(document)) void load();
  };
  store.add(vscode.workspace.onDidOpenTextDocument(look));
  vscode.workspace.textDocuments.forEach(look);
  return store;
}
