import * as vscode from 'vscode';
import { Deferred } from '../../common/deferred';
import { DisposableStore, toDisposable, type Disposable } from '../../common/disposable';
import { DEFAULT_FAMILY } from '../../protocol/families';
import type { HostToView, Inspection, RunIntent, ViewExchanges, ViewToHost } from '../../protocol/views';
import type { IntentDetails } from '../registry/perform';
import type { Studio } from '../studio';
import { act } from '../ui/act';
import { HostChannel } from '../ui/channel';
import { postToPage } from '../ui/postToPage';
import { setHyperparameter } from '../ui/setHyperparameter';
import { trainCommand } from '../ui/trainCommand';
import { Inspections } from '../inspections';
import { openRecord } from './openRecord';
import { saveLogged, saveSample } from './saveImage';
import { ViewSession, type SessionOptions } from './session';

export interface ConnectedWebview extends Disposable {
  readonly session: ViewSession;
  readonly arrival: Promise<Arrival>;
}

/** State of a page: it has reported ready for the first time, it is overdue, or it was closed before that. */
export type Arrival = 'ready' | 'overdue' | 'closed';

/** A page that has not reported by then has failed, and no caller should wait for it any longer. */
const LOAD_MILLISECONDS = 10_000;

/** The subject of a page. */
type PageContent = Pick<SessionOptions, 'shows' | 'choices' | 'part'> & {
  /** Shows a second run, which the user picks; or, with `end`, no longer. */
  readonly compare?: (end: boolean) => void;
};

/** Connects a page to a session and carries out its intents. */
export function connectWebview(
  webview: vscode.Webview,
  studio: Studio,
  content: PageContent,
  loadMilliseconds = LOAD_MILLISECONDS,
): ConnectedWebview {
  const store = new DisposableStore();
  const session = store.add(
    new ViewSession({
      registry: studio.registry,
      ...{ shows: content.shows, choices: content.choices, part: content.part },
      lookOnly,
      post: (message) => channel.post(message),
    }),
  );
  const inspections = store.add(
    new Inspections({
      post: (what, news) => session.inspection(what, news),
      launch: (run) => studio.launcher.inspect(folderOf(studio, run)),
      refuses: (run, what) => refusal(studio, run, what),
    }),
  );
  const page: Page = { session, inspections, studio, compare: content.compare };
  store.add(vscode.workspace.onDidGrantWorkspaceTrust(() => session.restart()));
  const arrival = new Deferred<Arrival>();
  const patience = setTimeout(() => arrival.resolve('overdue'), loadMilliseconds);
  store.add(
    toDisposable(() => {
      clearTimeout(patience);
      arrival.resolve('closed');
    }),
  );
  const channel = store.add(
    new HostChannel<ViewExchanges, ViewToHost, HostToView>({
      grammar: async () => {
        const { viewRequests, viewToHostSchema } = await import('../../protocol/views');
        return { requests: viewRequests, messages: viewToHostSchema };
      },
      post: (message) => postToPage(webview, message),
      ready: () => {
        arrival.resolve('ready');
        session.ready();
        inspections.repeat();
      },
      take: (message) => handle(message, page),
      handlers: {
        image: ({ run, tag, step }) => session.image(run, tag, step),
        tensor: ({ run, tag, step }) => session.tensor(run, tag, step),
        histograms: ({ run, tag, from }, { signal }) => session.histograms(run, tag, from, signal),
      },
      warn: (message) => studio.log.warn(message),
    }),
  );
  store.add(webview.onDidReceiveMessage((data: unknown) => channel.receive(data)));
  return { session, arrival: arrival.promise, dispose: () => store.dispose() };
}

interface Page {
  readonly session: ViewSession;
  readonly inspections: Inspections;
  readonly studio: Studio;
  readonly compare: PageContent['compare'];
}

function handle(message: ViewToHost, { session, inspections, studio, compare }: Page): void {
  switch (message.type) {
    case 'acknowledge':
      return session.acknowledge(message.sequence);
    case 'intent':
      return void intend(message.run, message.intent, session, studio, message);
    case 'resumeWith':
      return void intend(message.run, 'continue', session, studio, { revision: message });
    case 'set':
      return void set(message, session, studio);
    case 'inspect':
      return void inspections.start(message);
    case 'cancelInspection':
      return inspections.cancel();
    case 'saveInspection':
      return void saveSample(studio, inspections);
    case 'saveImage':
      return void saveLogged(studio, message);
    case 'openRecord':
      return void openRecord(folderOf(studio, message.run));
    case 'explore':
      return void vscode.commands.executeCommand('latentStudio.openLatentExplorer', message.run);
    case 'openRun':
      return void vscode.commands.executeCommand('latentStudio.openRun', message.run);
    case 'compare':
      return compare?.(message.end);
    case 'showLog':
      return void vscode.commands.executeCommand('latentStudio.showTrainerLog', message.run);
    case 'train':
      return void vscode.commands.executeCommand(trainCommand(DEFAULT_FAMILY).command);
    case 'setUpTensorFlow':
      return void vscode.commands.executeCommand('latentStudio.setUpTensorFlow');
  }
}

function lookOnly(): string | undefined {
  if (!vscode.workspace.isTrusted) return 'In Restricted Mode runs can be viewed, but not started.';
  if (!vscode.workspace.workspaceFolders?.length) return 'Runs are kept in a workspace folder: open one first.';
  return undefined;
}

async function set(
  { run, name, value }: Extract<ViewToHost, { type: 'set' }>,
  session: ViewSession,
  { registry }: Studio,
): Promise<void> {
  if (!(await setHyperparameter(registry, run, name, value))) session.notApplied(name);
}

/** Whatever the outcome, the page may ask again; an action that failed has reported the reason. */
async function intend(
  run: string,
  intent: RunIntent,
  session: ViewSession,
  { registry }: Studio,
  { revision, phase, stepsPerSecond }: IntentDetails = {},
): Promise<void> {
  const revised = revision && { withoutLastEdit: revision.withoutLastEdit, set: revision.set };
  await act(registry, run, intent, { revision: revised, phase, stepsPerSecond });
  session.acted(intent);
}

/** An invalid key leads to an invalid folder. */
function folderOf(studio: Studio, run: string): string {
  return studio.registry.pathOf(run) ?? '';
}

function refusal(studio: Studio, run: string, what: Inspection): string | undefined {
  if (!vscode.workspace.isTrusted) return 'In Restricted Mode nothing can be started. Trust the workspace first.';
  if (studio.registry.run(run)?.inspections.includes(what)) return undefined;
  return 'Available once training has stopped and a checkpoint exists.';
}
