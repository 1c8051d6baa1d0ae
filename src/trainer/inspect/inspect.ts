import { realpath } from 'node:fs/promises';
import { readCheckpoint } from '../../runs/checkpoints';
import { recordAround } from '../../runs/recordAround';
import { ownIdentity } from '../../runs/processIdentity';
import { Clients } from '../socket/clients';
import { ControlServer } from '../socket/controlServer';
import { Hyperparameters } from '../loop/hyperparameters';
import { listenToSignals } from '../signals';
import { InspectedCheckpoint } from './inspectedCheckpoint';
import { Weights } from './weights';
import { Workbench } from '../workbench/workbench';

/** How long an inspector waits for its first client. */
const PATIENCE_MILLISECONDS = 60_000;

/**
 * Serves samples, evaluations and latents of a checkpoint over the control socket of `id`, until its controller leaves.
 * Nothing is written anywhere. Throws for a file that is not a checkpoint of ours.
 */
export async function inspect(file: string, id: string): Promise<void> {
  const clients = new Clients();
  const inspected = await open(file, clients);
  const { pid, startTime } = await ownIdentity();
  const server = await ControlServer.listen({ id, pid, startTime }, clients, inspected);
  // Ctrl-C reaches the inspector as it does its client: what it made in the runtime folder goes with it.
  const signalled = new Promise<void>((resolve) => listenToSignals(resolve));
  await Promise.race([clients.controllerGone, noClientCame(clients), signalled]);
  await server.close('the inspection has ended');
  inspected.dispose();
}

/** The model with the checkpoint's weights in place; the checkpoint's tensors are let go of. */
async function open(file: string, clients: Clients): Promise<InspectedCheckpoint> {
  const real = await realpath(file);
  const checkpoint = await readCheckpoint(file);
  const { tensors: _, ...head } = checkpoint;
  const { specification } = head;
  const workbench = await Workbench.open({ specification, source: real, onActivity: () => undefined });
  const weights = new Weights(workbench, checkpoint, real);
  weights.use(weights.own);
  // The same values of β and its like as in training, so that its loss is the one that the log has of this step.
  const changes = (await recordAround(real, head.runId))?.changes ?? [];
  const hyperparameters = new Hyperparameters(workbench.model.hyperparameters, changes).at(head.step);
  return new InspectedCheckpoint({ file: real, head, workbench, weights, hyperparameters, clients });
}

async function noClientCame(clients: Clients): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => {
      if (!clients.hasController) resolve();
    }, PATIENCE_MILLISECONDS);
  });
}
