import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../common/disposable';
import { specificationProblems } from '../../formats/specificationText';
import { plain } from '../ui/plain';

/** What is typed quickly is looked at once. */
const SETTLE_MILLISECONDS = 150;
/** Of twenty long specifications. What is longer is none, and would keep the window for as long as it is typed in. */
const LARGEST_CHARACTERS = 64 * 1024;

/** A mark, and the text that was probably meant instead of what it marks. */
interface NearMiss {
  readonly mark: vscode.Diagnostic;
  readonly meant: string;
}

/** Marks what is wrong in each open specification as errors, in the words that the trainer would refuse it with. */
export class SpecificationChecks implements Disposable {
  private readonly store = new DisposableStore();
  private readonly marks = this.store.add(vscode.languages.createDiagnosticCollection('latentStudio'));
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  /** By document: marks of near misses. */
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
      // VS Code's own JSON support marks what is no JSON, as red as we would.
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

/** *Change to "epochs"*, at a key or value that is nearly one. */
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
