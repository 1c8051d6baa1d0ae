import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/disposable';
import { specificationProblems } from '../../formats/specificationText';
import { plain } from '../ui/plain';

/** Debounces fast typing into one check. */
const SETTLE_MILLISECONDS = 150;
/**
 * Twenty times a long specification. A longer text is not a specification, and checking it would block the window on
 * each keystroke.
 */
const LARGEST_CHARACTERS = 64 * 1024;

/** A diagnostic with its suggested replacement. */
interface NearMiss {
  readonly mark: vscode.Diagnostic;
  readonly meant: string;
}

/** Marks errors in open specifications, with the messages of the trainer. */
export class SpecificationChecks implements Disposable {
  private readonly store = new DisposableStore();
  private readonly marks = this.store.add(vscode.languages.createDiagnosticCollection('latentStudio'));
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  /** Diagnostics with suggestions, by document. */
  private readonly misses = new Map<string, NearMiss[]>();

  constructor(private readonly isOurs: (document: vscode.TextDocument) => boolean) {
    this.store.add(vscode.workspace.onDidOpenTextDocument((document) => this.check(document)));
    this.store.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.soon(document)));
    this.store.add(vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)));
    vscode.workspace.textDocuments.forEach((document) => this.check(document));
  }

  nearMisses(document: vscode.TextDocument, range: vscode.Range): NearMiss[] {
    const misses = this.misses.get(document.uri.toString()) ?? [];
    return misses.filter(({ mark }) => mark.range.intersection(range) !== undefined);
  }

  dispose(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.store.dispose();
  }

  private soon(document: vscode.TextDocument): void {
    if (!this.isOurs(document)) return;
    const name = document.uri.toString();
    clearTimeout(this.waiting.get(name));
    this.waiting.set(
      name,
      setTimeout(() => this.check(document), SETTLE_MILLISECONDS),
    );
  }

  private forget(document: vscode.TextDocument): void {
    const name = document.uri.toString();
    clearTimeout(this.waiting.get(name));
    this.waiting.delete(name);
    this.misses.delete(name);
    this.marks.delete(document.uri);
  }

  private check(document: vscode.TextDocument): void {
    this.waiting.delete(document.uri.toString());
    if (document.isClosed || !this.isOurs(document)) return;
    const text = document.getText();
    const problems = text.length > LARGEST_CHARACTERS ? [] : specificationProblems(text);
    const misses: NearMiss[] = [];
    const marks = problems
      // VS Code's JSON support already marks invalid JSON.
      .filter(({ kind }) => kind === 'specification')
      .map(({ span: [start, end], message, replacement }) => {
        const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
        const mark = new vscode.Diagnostic(range, plain(message), vscode.DiagnosticSeverity.Error);
        mark.source = 'Latent Studio';
        if (replacement !== undefined) misses.push({ mark, meant: replacement });
        return mark;
      });
    this.misses.set(document.uri.toString(), misses);
    this.marks.set(document.uri, marks);
  }
}

/** *Change to "epochs"*: a quick fix for a misspelled key or value. */
export class NearMissFixes implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];

  constructor(private readonly checks: SpecificationChecks) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    return this.checks.nearMisses(document, range).map(({ mark, meant }) => {
      const action = new vscode.CodeAction(`Change to ${meant}`, vscode.CodeActionKind.QuickFix);
      action.diagnostics = [mark];
      action.isPreferred = true;
      action.edit = new vscode.WorkspaceEdit();
      action.edit.replace(document.uri, mark.range, meant);
      return action;
    });
  }
}
