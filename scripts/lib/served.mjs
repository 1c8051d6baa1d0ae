// Starts the served VS Code, on the loopback interface only and behind a token, and stops it again.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runShown, spawnOwned, stopOwned } from './children.mjs';
import { freePort } from './ports.mjs';
import { Problem } from './problem.mjs';
import { setUpServedVscode } from './servedVscode.mjs';

/** Initial settings of a new server: a quiet window that needs no network. Later they are the user's. */
const settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'git.openRepositoryInParentFolders': 'never',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
};

/**
 * @typedef {object} Served
 * @property {string} url the address to open, with its token and folder
 * @property {number} port
 * @property {string} token
 * @property {number | undefined} pid
 * @property {string} log the file that holds what the server printed
 * @property {(parameters: Record<string, string>) => string} address the same server's address with other query parameters
 * @property {() => Promise<void>} stop ends the server and all that it started, detached trainers excepted
 * @property {Promise<number | null>} ended resolves when the server is gone
 */

/** Folders of one instance: its data and its extensions. */
const folders = (data) => ({ data, extensions: path.join(data, 'extensions') });

/**
 * Makes a checkout (or any unpacked extension) known to a server as an installed extension, where it lies.
 * @param {string} data the server's data folder
 * @param {string} extension the folder that holds the extension's package.json
 */
export async function linkExtension(data, extension) {
  const { extensions } = folders(data);
  const { publisher, name, version } = JSON.parse(await readFile(path.join(extension, 'package.json'), 'utf8'));
  const entry = {
    identifier: { id: `${publisher}.${name}` },
    version,
    location: { $mid: 1, path: extension, scheme: 'file' },
    metadata: { source: 'vsix', isPreReleaseVersion: false, targetPlatform: 'undefined' },
  };
  await mkdir(extensions, { recursive: true });
  await writeFile(path.join(extensions, 'extensions.json'), JSON.stringify([entry]));
}

/**
 * Installs packed extensions (`.vsix`) as a user would, into the server's own extensions folder.
 * @param {string} data the server's data folder
 * @param {string} file the `.vsix`
 */
export async function installExtension(data, file) {
  const { node, server } = await setUpServedVscode();
  const { extensions } = folders(data);
  await mkdir(extensions, { recursive: true });
  const code = await runShown(node, [
    path.join(server, 'out', 'server-main.js'),
    ...['--server-data-dir', data, '--extensions-dir', extensions, '--accept-server-license-terms'],
    ...['--install-extension', file, '--force'],
  ]);
  if (code !== 0) throw new Problem(`VS Code did not install ${file} (exit code ${code}).`);
}

/** The token of this data folder's last server, reused so that saved addresses stay valid. */
async function readToken(file) {
  const token = await readFile(file, 'utf8').catch(() => '');
  return /^[0-9a-f]{48}$/.test(token) ? token : undefined;
}

/** The port of this data folder's last server, if it is free. */
async function lastPort(data) {
  const text = await readFile(path.join(data, 'port'), 'utf8').catch(() => '');
  if (!/^\d{4,5}$/.test(text)) return undefined;
  return freePort(Number(text)).catch(() => undefined);
}

/**
 * Starts the served VS Code and waits until it answers; it ends with this process. A data folder keeps its token and, while
 * that is free, its port, so that its address is the same each time.
 * @param {object} options
 * @param {string} options.workspace the folder that its windows open
 * @param {string} options.data its data folder: settings, logs, extensions
 * @param {number} [options.port] this port and no other; by default any free one
 * @param {number} [options.firstPort] where the search for a free one begins
 * @param {boolean} [options.trust] whether workspaces are trusted without asking
 * @param {boolean} [options.driver] whether addresses may name an extension under development and its tests
 * @param {NodeJS.ProcessEnv} [options.environment] added to ours
 * @param {Record<string, unknown>} [options.extraSettings] user settings of a new data folder
 * @returns {Promise<Served>}
 * @throws {Problem} when the port is taken, or the server ends or does not answer within a minute
 */
export async function startServed({
  workspace,
  data,
  port: wanted,
  firstPort,
  trust,
  driver,
  environment,
  extraSettings,
}) {
  const { node, server } = await setUpServedVscode();
  const { extensions } = folders(data);
  const port = wanted ?? (await lastPort(data)) ?? (await freePort(undefined, firstPort));
  if (wanted !== undefined) await freePort(wanted);
  const tokenFile = path.join(data, 'token');
  const token = (await readToken(tokenFile)) ?? randomBytes(24).toString('hex');
  await mkdir(path.join(data, 'data', 'User'), { recursive: true, mode: 0o700 });
  await mkdir(extensions, { recursive: true });
  const settingsFile = path.join(data, 'data', 'User', 'settings.json');
  if (!existsSync(settingsFile))
    await writeFile(settingsFile, JSON.stringify({ ...settings, ...extraSettings }, null, 2));
  // In a file, since the command line is visible to every user of the machine.
  await writeFile(tokenFile, token, { mode: 0o600 });
  await writeFile(path.join(data, 'port'), String(port));

  const log = path.join(data, 'server.log');
  const output = await open(log, 'w');
  const child = spawnOwned(
    node,
    [
      path.join(server, 'out', 'server-main.js'),
      ...['--host', '127.0.0.1', '--port', String(port), '--connection-token-file', tokenFile],
      ...['--accept-server-license-terms', '--disable-telemetry', '--disable-experiments'],
      ...['--server-data-dir', data, '--extensions-dir', extensions, '--default-folder', workspace],
      ...(trust ? ['--disable-workspace-trust'] : []),
      ...(driver ? ['--enable-smoke-test-driver'] : []),
    ],
    { stdio: ['ignore', output.fd, output.fd], env: { ...process.env, ...environment } },
  );
  await output.close();
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(null));
  });

  const address = (parameters) =>
    `http://127.0.0.1:${port}/?${new URLSearchParams({ tkn: token, ...parameters }).toString()}`;
  await untilAnswering(`http://127.0.0.1:${port}/version`, ended, log);
  return {
    url: address({ folder: workspace }),
    port,
    token,
    pid: child.pid,
    log,
    address,
    stop: () => stopOwned(child),
    ended,
  };
}

async function untilAnswering(url, ended, log) {
  const deadline = Date.now() + 60_000;
  let gone = false;
  void ended.then(() => {
    gone = true;
  });
  while (Date.now() < deadline && !gone) {
    const answered = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await sleep(100);
  }
  const last = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-15).join('\n    ');
  throw new Problem(
    gone ? 'The served VS Code ended while starting.' : 'The served VS Code does not answer after a minute.',
    {
      why: `Its last lines:\n    ${last}`,
      next: `Remove ${path.dirname(log)} and try again; if the problem persists, remove the served VS Code from the cache folder.`,
    },
  );
}
