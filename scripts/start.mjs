// `npm start`: completes the setup, builds, opens VS Code on a sample workspace and starts training there.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './lib/build.mjs';
import { checkCheckout } from './lib/checkout.mjs';
import { isEnding, runShown, spawnOwned } from './lib/children.mjs';
import { makeDemoWorkspace, servedData } from './lib/demo.mjs';
import { withLock } from './lib/lock.mjs';
import { root } from './lib/paths.mjs';
import { Problem, runMain } from './lib/problem.mjs';
import { linkExtension, startServed } from './lib/served.mjs';
import { setUpTensorFlow } from './lib/tensorflow.mjs';

const usage = `npm start [-- OPTIONS]
  --served    the VS Code that is shown in a browser, also where the desktop's is installed
  --port N    its port (default: the same as last time, at first the first free one from 8060 on)
  --workspace FOLDER
              where the sample workspace is made and opened (default: demo in this checkout)
`;
const say = (text) => process.stdout.write(`${text}\n`);

function options() {
  try {
    const { values } = parseArgs({
      options: {
        served: { type: 'boolean' },
        port: { type: 'string' },
        workspace: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
      throw new Problem(`--port ${values.port}: not a port.`, { next: 'Give a number from 1024 to 65535.' });
    }
    return { ...values, port };
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(error.message, { next: usage });
  }
}

/** A program on the path. */
function onPath(name) {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const suffix = process.platform === 'win32' ? '.cmd' : '';
  return folders.map((folder) => path.join(folder, name + suffix)).find((file) => existsSync(file));
}

const hasScreen = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** The desktop's VS Code, if it can open a window from here: it needs a screen, and refuses to run as root. */
function desktopCode() {
  // Inside a remote window `code` only talks to that window and cannot load extensions under development.
  if (!hasScreen() || process.env.VSCODE_IPC_HOOK_CLI || process.getuid?.() === 0) return undefined;
  return onPath('code');
}

async function openDesktop(code, workspace) {
  const parameters = [`--extensionDevelopmentPath=${root}`, '--new-window', '--disable-workspace-trust', workspace];
  const exit = await runShown(code, parameters, {
    env: { ...process.env, ...startTraining(workspace) },
    shell: process.platform === 'win32',
  });
  if (exit !== 0) throw new Problem(`${code} ended with exit code ${exit}.`, { next: 'Try: npm start -- --served' });
  say('VS Code is open on the sample workspace, with the extension.');
}

/** The same condition as in the extension's activation (src/host/autoStart.ts). */
const whatHappens = (workspace) =>
  existsSync(path.join(workspace, 'runs'))
    ? 'The window opens with the newest run, and asks whether to continue it or to train a new one.'
    : 'Training starts when the window opens.';

/** Read by the extension when it is activated: the one folder in which it starts something unasked, once. */
const startTraining = (workspace) => ({ LATENT_STUDIO_SAMPLE_WORKSPACE: workspace });

async function openServed(workspace, port) {
  const data = servedData(workspace);
  await mkdir(data, { recursive: true, mode: 0o700 });
  const address = path.join(data, 'address');
  const refuse = async (pid) => {
    throw new Problem(
      `This checkout’s VS Code is open already (process ${pid}):\n\n  ${await readFile(address, 'utf8')}`,
    );
  };
  await withLock(path.join(data, 'lock'), refuse, () => serve(workspace, port, data, address));
}

async function serve(workspace, port, data, address) {
  await linkExtension(data, root);
  const served = await startServed({
    workspace,
    data,
    port,
    firstPort: 8060,
    trust: true,
    environment: startTraining(workspace),
  });
  await writeFile(address, served.url, { mode: 0o600 });
  say(`\nVS Code with Latent Studio:\n\n  ${served.url}\n`);
  say(
    'It is the same at each start, so it can be bookmarked. Anyone who has it can use this computer as you: keep it secret.',
  );
  say('If a page says "Forbidden", it was opened at another address: use this one.');
  const opener = hasScreen() ? onPath(process.platform === 'darwin' ? 'open' : 'xdg-open') : undefined;
  if (opener) spawnOwned(opener, [served.url], { stdio: 'ignore' }).on('error', () => undefined);
  else {
    say('There is no screen to open it on. From another machine:');
    say(`  ssh -N -L ${served.port}:127.0.0.1:${served.port} ${process.env.USER ?? 'you'}@this-machine`);
    say('and open the address there.\n');
  }
  say(whatHappens(workspace));
  say('Ctrl-C ends VS Code; a run continues training until it finishes or is stopped.');
  await served.ended;
  if (isEnding()) return;
  throw new Problem('The served VS Code has ended.', {
    why: `Its output: ${served.log}`,
    next: 'Start it again: npm start',
  });
}

await runMain(async () => {
  const { served, port, workspace: folder, help } = options();
  if (help) {
    say(usage);
    return;
  }
  checkCheckout();
  say('Setting up (the first time this takes a few minutes, later some seconds)');
  await build();
  if (!(await setUpTensorFlow())) {
    say('  Native TensorFlow is not set up; training will use WebAssembly, which is slower.');
    say('  Later: the command "Latent Studio: Set Up TensorFlow".');
  }
  const workspace = await makeDemoWorkspace(folder && path.resolve(folder));
  const code = served || port !== undefined ? undefined : desktopCode();
  await (code ? openDesktop(code, workspace) : openServed(workspace, port));
});
