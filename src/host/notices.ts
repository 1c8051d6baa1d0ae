import * as vscode from 'vscode';
import { isLive } from '../protocol/status';
import type { RunSummary } from '../protocol/views';
import { settings } from './settings';
import type { Studio } from './studio';
import type { Alarms } from './ui/alarms';
import { EndedItem } from './ui/endedItem';
import { EndingWatch, wentWrong } from './ui/endings';
import { Gathering } from './ui/gathering';

const OFFERED = 'offeredTensorFlow';

/**
 * How long run endings are collected before they are reported, and the minimum interval between two messages: sweeps
 * end runs often.
 */
const GATHER_MILLISECONDS = 3_000;
const APART_MILLISECONDS = 60_000;

/** Notifies the user of events that need attention: a run has ended, an alert was raised, or (once) a faster engine is available. */
export class Notices implements vscode.Disposable {
  private readonly watch: EndingWatch;
  private readonly ended = new EndedItem();
  private readonly gathered = new Gathering<string>(GATHER_MILLISECONDS, APART_MILLISECONDS, (keys) => this.tell(keys));

  private readonly opened = new Date().toISOString();
  /** Loaded with the first run that trains. */
  private alarms: Promise<Alarms> | undefined;

  constructor(private readonly studio: Studio) {
    this.watch = new EndingWatch((key) => studio.registry.asked(key));
  }

  update(runs: readonly RunSummary[]): void {
    for (const { key } of this.watch.update(runs)) this.gathered.add(key);
    const { registry, front } = this.studio;
    if (this.alarms !== undefined || runs.some(({ status }) => isLive(status))) {
      this.alarms ??= this.loadAlarms();
      void this.alarms.then((alarms) => alarms.update(runs));
    }
    this.ended.update(runs, front.key);
    for (const run of runs) {
      const slow = run.status === 'running' && run.backend?.name === 'wasm';
      // A specification that asks for WebAssembly does so for a reason.
      if (slow && run.intents.length > 0 && registry.specification(run.key)?.engine.backend === 'auto') {
        void this.offerTensorFlow();
      }
    }
  }

  dispose(): void {
    this.gathered.dispose();
    void this.alarms?.then((alarms) => alarms.dispose());
    this.ended.dispose();
  }

  /** The current state of the runs: one that was resumed meanwhile has not ended. */
  private tell(keys: readonly string[]): void {
    const wanted = settings.notifications();
    const runs = keys
      .map((key) => this.studio.registry.run(key))
      .filter((run) => run !== undefined)
      .filter((run) => !isLive(run.status) && (wanted === 'all' || (wanted === 'failures' && wentWrong(run))));
    void import('./ui/tellEnding').then(({ tellEnding }) => tellEnding(runs));
  }

  private async loadAlarms(): Promise<Alarms> {
    const { Alarms } = await import('./ui/alarms');
    const { registry, front } = this.studio;
    const wanted = () => settings.notifications() !== 'none';
    const [wait, apart] = [GATHER_MILLISECONDS, APART_MILLISECONDS];
    return new Alarms({ registry, front, opened: this.opened, wait, apart, wanted });
  }

  private async offerTensorFlow(): Promise<void> {
    const { memory } = this.studio;
    if (memory.get(OFFERED) === true) return;
    await memory.update(OFFERED, true);
    const yes = 'Set Up TensorFlow';
    const answer = await vscode.window.showInformationMessage(
      'This run trains on WebAssembly. Native TensorFlow is several times faster and needs to be set up only once.',
      yes,
    );
    if (answer === yes) await vscode.commands.executeCommand('latentStudio.setUpTensorFlow');
  }
}
