import path from 'node:path';
import type { Trainers } from './registry/ports';
import { settings } from './settings';
import type { Launcher } from './studio';

// Loaded on first use, which keeps the schemas of protocol and records out of the extension's activation.
const training = () => import('../process/training');

/** Trainers as seen by the registry and the commands, started from the bundled programs in `dist`. */
export function createLauncher(dist: string): Launcher & Trainers {
  const programs = () => ({ node: settings.node(), trainer: path.join(dist, 'trainer.cjs') });
  const environment = (): Record<string, string> => {
    const library = settings.tensorflowLibrary();
    return library === undefined ? {} : { LATENT_STUDIO_TENSORFLOW: library };
  };
  return {
    environment,
    tensorFlow: async () => (await import('../process/tensorflow')).tensorFlowState(environment()),
    interpreter: async () => (await import('../process/interpreter')).chooseInterpreter(settings.node()),
    async images(job, signal) {
      const { runImageDecoder } = await import('../process/imageDecoder');
      const { program, environment: own } = await (
        await import('../process/interpreter')
      ).chooseInterpreter(settings.node());
      const decoder = path.join(dist, 'imageDecoder.cjs');
      return runImageDecoder(job, { decoder, program, environment: own, signal });
    },
    async start(options) {
      const { startTraining } = await training();
      const { run } = await startTraining({ ...options, programs: programs(), environment: environment() });
      return run;
    },
    async resume(run, extendEpochs, revision) {
      const started = { programs: programs(), environment: environment() };
      await (await training()).resumeTraining({ run, extendEpochs, revision, ...started });
    },
    async inspect(run) {
      const { inspectRun } = await import('./inspector');
      return inspectRun(run, { programs: programs(), environment: environment() });
    },
    async inspectCheckpoint(file) {
      const { inspectCheckpoint } = await import('./inspector');
      return inspectCheckpoint(file, { programs: programs(), environment: environment() });
    },
    async branch(options) {
      const { branchTraining } = await training();
      return (await branchTraining({ ...options, programs: programs(), environment: environment() })).run;
    },
    async attach(address) {
      const { ConnectError, ControlClient } = await import('../process/client');
      return ControlClient.connect({ ...address, role: 'watcher' }).catch((error: unknown) => {
        // Also if the trainer does not answer: what it has written can still be viewed.
        if (error instanceof ConnectError) return undefined;
        throw error;
      });
    },
    async open(checkpoint) {
      const { launchInspector } = await import('../process/launcher');
      return launchInspector({ checkpoint, programs: programs(), environment: environment() });
    },
    async watch(address) {
      const { ControlClient } = await import('../process/client');
      return ControlClient.connect({ ...address, role: 'watcher' });
    },
    async control(address, method, parameters) {
      const { control } = await import('../process/control');
      return control(address, method, parameters);
    },
  };
}
