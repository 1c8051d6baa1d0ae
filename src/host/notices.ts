import * as vscode from 'vscode';
import type { RunSummary } from '../protocol/views';
import type { Studio } from './studio';

const OFFERED = 'offeredTensorFlow';

/** Says what a user should hear of without looking: that a run failed, and once that there is a faster engine. */
export class Notices {
  private readonly known = new Map<string, RunSummary['status']>();

  constructor(private readonly studio: Studio) {}

  update(runs: readonly RunSummary[]): void {
    for (const run of runs) {
      const before = this.known.get(run.key);
      this.known.set(run.key, run.status);
      if (run.status === 'failed' && (before === 'starting' || before === 'running')) {
        void reportFailure(run);
      }
      const slow = run.status === 'running' && run.backend?.name === 'wasm';
      // Who asks for WebAssembly in the specification has a reason.
      if (slow && run.intents.length > 0 && this.studio.registry.specification(run.key)?.engine.backend === 'auto') {
        void this.offerTensorFlow();
      }
    }
  }

  private async offerTensorFlow(): Promise<void> {
    const { memory } = this.studio;
    if (memory.get(OFFERED) === true) return;
    await memory.update(OFFERED, true);
    const yes = 'Set Up TensorFlow';
    const answer = await vscode.window.showInformationMessage(
      'This run trains on WebAssembly. Native TensorFlow is several times faster and can be set up once for all runs that follow.',
      yes,
    );
    if (answer === yes) await vscode.commands.executeCommand('latentStudio.setUpTensorFlow');
  }
}

async function reportFailure({ name, key, failure }: RunSummary): Promise<void> {
  const { problems, report } = await import('./ui/problems');
  const why = [failure?.message, failure?.remedy].filter((part) => part !== undefined).join(' ');
  report(problems.failed(name, key, why));
}
