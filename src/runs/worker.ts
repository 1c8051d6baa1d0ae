import { parentPort } from 'node:worker_threads';
import { LogServer } from './logServer';
import type { LogServiceRequest } from '../protocol/logs';

/** The worker thread that decodes event files, so that a long log never keeps the extension host from answering. */
const port = parentPort;
if (port === null) throw new Error('This program is a worker thread: LogService starts it.');
const server = new LogServer((message, transfer) => port.postMessage(message, transfer));
port.on('message', (request: LogServiceRequest) => server.handle(request));
