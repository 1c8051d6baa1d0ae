import { parentPort } from 'node:worker_threads';
import type { TensorRequest } from '../protocol/tensors';
import { TensorServer } from './server';

/** The worker thread that reads files of tensors, so that gigabytes never keep the extension host from answering. */
const port = parentPort;
if (port === null) throw new Error('This program is a worker thread: TensorService starts it.');
const server = new TensorServer((message, transfer) => port.postMessage(message, transfer));
port.on('message', (request: TensorRequest) => server.handle(request));
