import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/disposable';

/** What the checks are for: also those files that are opened before they have a name of their own on disk. */
const SPECIFICATIONS: vscode.DocumentSelector = { language: 'json', pattern: '**/*.latent.json' };

/** Marks what is wrong in specifications that are open. What does so is loaded with the first of them. */
export function registerEditors(): Disposable {
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
