import { parentPort } from 'node:worker_threads';
import type { TensorRequest } from '../protocol/tensors';
import { TensorServer } from './server';

/** The worker thread that reads files of tensors, so that gigabytes never keep the extension host from answering. */
const port = parentPort;
if (port === null) throw new Error('This program is a worker thread: TensorService starts it.');
// The reader of HDF5 prints what it does not know, names and values of the file included, for as long as these are.
const quiet = (): void => undefined;
Object.assign(console, { log: quiet, warn: quiet });
const server = new TensorServer((message, transfer) => port.postMessage(message, transfer));
port.on('message', (request: TensorRequest) => server.handle(request));
