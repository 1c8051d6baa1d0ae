// Child processes that end with us: each leads a process group of its own, which is ended by its id when this script
// ends, however it ends (a kill -9 excepted).
import { spawn } from 'node:child_process';

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();

/** @param {import('node:child_process').ChildProcess} child */
function signalGroup(child, signal) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    // The group's id is the pid of its leader, which is our child and not yet reaped: no other process can have that pid.
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

let ending = false;
/** Whether a signal has asked this script to end, so that failing children are expected. */
export const isEnding = () => ending;

process.on('exit', () => children.forEach((child) => signalGroup(child, 'SIGKILL')));
for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15, SIGHUP: 1 })) {
  process.on(signal, async () => {
    ending = true;
    await Promise.all([...children].map((child) => stopOwned(child)));
    process.exit(128 + number);
  });
}

/**
 * Like `spawn`, but the child and all it starts end with this process.
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function spawnOwned(command, parameters, options = {}) {
  const child = spawn(command, parameters, { ...options, detached: process.platform !== 'win32' });
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.once('error', () => children.delete(child));
  return child;
}

/** Asks the child's group to end and, after `patience` milliseconds, ends it. Resolves when the child is gone. */
export async function stopOwned(child, patience = 5000) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), patience);
  await gone;
  clearTimeout(timer);
}

/**
 * Runs a command to its end, passing its output through.
 * @returns {Promise<number>} its exit code; 128 + the signal's number when a signal ended it
 */
export function runShown(command, parameters, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawnOwned(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal ? 128 + 9 : 1)));
  });
}
