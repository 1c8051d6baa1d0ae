import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../../common/disposable';
import {
  checkpointRequests,
  checkpointToHostSchema,
  type CheckpointExchanges,
  type CheckpointIntent,
  type CheckpointToHost,
  type HostToCheckpoint,
} from '../../../protocol/checkpointView';
import type { TensorFileSummary } from '../../../protocol/tensors';
import type { TensorService } from '../../../tensors/service';
import { Inspections } from '../../inspections';
import type { Studio } from '../../studio';
import { HostChannel } from '../../ui/channel';
import { postToPage } from '../../ui/postToPage';
import { sentence } from '../../ui/words';
import { Comparing } from './comparing';
import type { CheckpointDocument } from './document';
import { claimProblem, ownCheckpoint, runAround } from './own';
import { pickOther } from './pickOther';
import { answersAbout } from './questions';
import { resumeFrom } from './resumeFrom';
import { savePicture } from './savePicture';

/** What a command asks the editor of a file to do. */
export type Order =
  | { readonly type: 'compare'; readonly other: string }
  | { readonly type: 'inspect'; readonly what: 'sample' | 'evaluate' };

/** One editor of a tensor file: connects its page to the file and carries out its intents. */
export class CheckpointPage implements Disposable {
  private readonly store = new DisposableStore();
  private readonly channel: HostChannel<CheckpointExchanges, CheckpointToHost, HostToCheckpoint>;
  private readonly comparing: Comparing;
  private readonly inspections: Inspections;
  /** The page exists and is visible; messages to a hidden page are lost. */
  private present = false;
  /** Counts loads: if several overlap, only the last one reports its outcome. */
  private turn = 0;
  /** Identifies what the page shows, to tell a changed file from changed surroundings only. */
  private told: TensorFileSummary | undefined;
  private orders: Order[] = [];

  constructor(
    private readonly studio: Studio,
    tensors: TensorService,
    private readonly document: CheckpointDocument,
    panel: vscode.WebviewPanel,
  ) {
    const { webview } = panel;
    this.channel = this.store.add(
      new HostChannel<CheckpointExchanges, CheckpointToHost, HostToCheckpoint>({
        grammar: () => ({ requests: checkpointRequests, messages: checkpointToHostSchema }),
        post: (message) => {
          if (this.present) postToPage(webview, message);
        },
        ready: () => void this.ready(),
        take: (message) => void this.handle(message),
        handlers: answersAbout(document, tensors),
        warn: (message) => studio.log.warn(`The checkpoint editor: ${message}`),
      }),
    );
    this.comparing = this.store.add(new Comparing(tensors, (news) => this.post({ type: 'comparison', news })));
    this.inspections = this.store.add(
      new Inspections({
        post: (what, news) => this.post({ type: 'inspection', what, news }),
        launch: () => studio.launcher.inspectCheckpoint(document.file ?? ''),
        refuses: () => (vscode.workspace.isTrusted ? undefined : 'In Restricted Mode nothing is started.'),
      }),
    );
    this.store.add(document.onChange(() => this.tellOtherBytes()));
    this.store.add(document.onActivity((activity) => this.post({ type: 'opening', activity })));
    this.store.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.tellFile()));
    this.store.add(webview.onDidReceiveMessage((data: unknown) => this.channel.receive(data)));
    this.store.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is destroyed and sends `ready` when it is created again.
        if (panel.visible) return;
        this.present = false;
        this.channel.forget();
      }),
    );
  }

  /** Carries out a command as soon as the page is ready. */
  order(order: Order): void {
    this.orders.push(order);
    if (this.present) this.carryOutOrders();
  }

  dispose(): void {
    this.store.dispose();
  }

  private async handle(message: CheckpointToHost): Promise<void> {
    const { document, studio } = this;
    switch (message.type) {
      case 'reload':
        return document.reload();
      case 'cancelOpening':
        return document.cancel();
      case 'compare':
        return this.compare();
      case 'endComparison':
        return this.comparing.end();
      case 'inspect':
        return this.inspections.start({ ...message, run: document.key });
      case 'cancelInspection':
        return this.inspections.cancel();
      case 'savePicture':
        return savePicture(document.uri, message.name, message.bytes);
      case 'intent':
        return this.intend(message.intent, studio);
    }
  }

  private async ready(): Promise<void> {
    this.present = true;
    this.told = undefined;
    await this.tellFile();
    this.comparing.repeat();
    this.inspections.repeat();
    this.carryOutOrders();
  }

  private async intend(intent: CheckpointIntent, studio: Studio): Promise<void> {
    const { file, uri } = this.document;
    const key = file === undefined ? undefined : runAround(file, studio);
    if (intent === 'trust') return void vscode.commands.executeCommand('workbench.trust.manage');
    if (intent === 'openRun') return void vscode.commands.executeCommand('latentStudio.openRun', key);
    if (file === undefined) return;
    if (intent === 'explore') return void vscode.commands.executeCommand('latentStudio.openLatentExplorer', uri);
    return resumeFrom(studio, file);
  }

  private async compare(): Promise<void> {
    const other = await pickOther(this.document.name, this.document.file);
    if (other !== undefined) await this.comparing.start(this.document.key, other);
  }

  private carryOutOrders(): void {
    const { document, comparing, inspections } = this;
    for (const order of this.orders.splice(0)) {
      if (order.type === 'compare') void comparing.start(document.key, order.other);
      else void inspections.start({ type: 'inspect', what: order.what, samples: 0, run: document.key });
    }
  }

  /** Comparison and model results refer to the previous contents: a page that comes back must not receive them. */
  private tellOtherBytes(): void {
    this.comparing.end();
    this.inspections.forget();
    void this.tellFile();
  }

  private async tellFile(): Promise<void> {
    const { document, studio } = this;
    const turn = ++this.turn;
    try {
      const summary = await document.load();
      const around = { registry: studio.registry, trusted: vscode.workspace.isTrusted };
      const own = await ownCheckpoint(document.file, summary.metadata, around);
      const note = claimProblem(summary.metadata);
      if (turn !== this.turn) return;
      this.post({ type: 'file', name: document.name, summary, own, note, again: summary === this.told });
      this.told = summary;
    } catch (error) {
      if (turn === this.turn) this.post({ type: 'problem', message: sentence(error) });
    }
  }

  private post(message: HostToCheckpoint): void {
    this.channel.post(message);
  }
}
