import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { inlineWorker } from '../../../scripts/lib/inlineWorker.mjs';
import { THEMES, type ThemeName } from './themes';

/** Serves the views as VS Code does: the built bundles, under the same policy, with a stand-in for the editor's API. */
export interface Site {
  readonly origin: string;
  url(view: ViewName, options?: { theme?: ThemeName; run?: string }): string;
  close(): Promise<void>;
}

/** The views that are served, by the names of their folders. */
const VIEWS = ['charts', 'checkpoint', 'draw', 'latent', 'run'] as const;
export type ViewName = (typeof VIEWS)[number];

const root = path.join(import.meta.dirname, '../../..');
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };

/** What the editor's own sheet for webviews does to controls; it comes before ours. */
const EDITOR_STYLE = 'a:focus, input:focus, select:focus, textarea:focus { outline: 1px solid rgb(1, 2, 3); }';

export async function serveViews(): Promise<Site> {
  const folder = await mkdtemp(path.join(tmpdir(), 'latent-studio-views-'));
  await build({
    entryPoints: Object.fromEntries(VIEWS.map((view) => [view, path.join(root, 'webview', view, 'main.ts')])),
    plugins: [inlineWorker],
    outdir: folder,
    bundle: true,
    platform: 'browser',
    target: 'chrome128',
    format: 'esm',
    define: { 'process.env.NODE_ENV': '"development"' },
    sourcemap: 'inline',
    logLevel: 'error',
  });
  // What the host packs its messages with, for those who play the host inside of a page.
  await build({
    entryPoints: [path.join(root, 'src/protocol/packing.ts')],
    outfile: path.join(folder, 'packing.js'),
    bundle: true,
    format: 'iife',
    globalName: 'latentPacking',
    logLevel: 'error',
  });
  const codicons = path.join(root, 'node_modules/@vscode/codicons/dist');
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/view') {
      const nonce = randomBytes(16).toString('base64');
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(page(url.searchParams, nonce, `http://${request.headers.host ?? ''}`));
      return;
    }
    const name = path.basename(url.pathname);
    if (name === 'editor.css') {
      response.setHeader('content-type', 'text/css');
      response.end(EDITOR_STYLE);
      return;
    }
    response.setHeader('content-type', TYPES[path.extname(name)] ?? 'application/octet-stream');
    response.end(await readFile(path.join(name.startsWith('codicon') ? codicons : folder, name)));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      response.statusCode = 404;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: (view, { theme = 'dark', run = 'run-1' } = {}) =>
      `${origin}/view?${new URLSearchParams({ view, theme, run })}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

function page(query: URLSearchParams, nonce: string, origin: string): string {
  const view = VIEWS.find((name) => name === query.get('view')) ?? 'charts';
  const { bodyClass, variables } = THEMES[(query.get('theme') ?? 'dark') as ThemeName];
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    ...(view === 'latent' ? ['worker-src blob:'] : []),
    `style-src ${origin}`,
    `font-src ${origin}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  const setUp = `(${standIn.toString()})(${JSON.stringify({ variables, background: view === 'charts' ? 'sideBar' : 'editor' })})`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="codicon.css" id="vscode-codicon-stylesheet">
<link rel="stylesheet" href="editor.css"><link rel="stylesheet" href="${view}.css"></head>
<body class="${bodyClass}" data-view="${view}" data-run="${encodeURIComponent(query.get('run') ?? '')}">
<script nonce="${nonce}" src="packing.js"></script>
<script nonce="${nonce}">${setUp}</script>
<script type="module" nonce="${nonce}" src="${view}.js"></script></body></html>`;
}

declare global {
  interface Window {
    latentTest: {
      /** What the view said to the host. */
      sent: { type: string; [key: string]: unknown }[];
      /** Violations of the policy, and errors that nobody caught. */
      troubles: string[];
      /** Frames from the arrival of a message to its acknowledgement, in milliseconds. */
      latencies: number[];
      setTheme(variables: Record<string, string>, bodyClass: string): void;
      send(message: unknown): void;
      /** Posts it as it is, packed or not. */
      post(raw: unknown): void;
    };
    /** The codec of src/protocol/packing.ts. */
    latentPacking: { pack(message: unknown): { readonly data: unknown; readonly size: number } };
    /** Answers what the view says, in tests that script a host. */
    latentRespond?: (message: unknown) => void;
    acquireVsCodeApi(): unknown;
  }
}

/** Runs in the page, before the view: the editor's side of a webview. */
function standIn({ variables, background }: { variables: Record<string, string>; background: string }): void {
  const sent: Window['latentTest']['sent'] = [];
  const troubles: string[] = [];
  const latencies: number[] = [];
  const arrivals = new Map<unknown, number>();
  const setTheme = (values: Record<string, string>, bodyClass?: string) => {
    for (const [name, value] of Object.entries(values))
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    // As VS Code does it: the page behind the view has the color of where the view is docked.
    document.documentElement.style.backgroundColor = values[`${background}-background`] ?? '';
    if (bodyClass !== undefined) document.body.className = bodyClass;
  };
  setTheme(variables);
  document.addEventListener('securitypolicyviolation', (event) => {
    troubles.push(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  window.addEventListener('error', (event) => troubles.push(`error: ${event.message}`));
  window.addEventListener('unhandledrejection', (event) => troubles.push(`rejection: ${String(event.reason)}`));
  /** Arrays of numbers came as text; a host sends typed arrays. */
  const revive = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(revive);
    if (typeof value !== 'object' || value === null) return value;
    const { f64, f32, u8, ...rest } = value as { f64?: (number | string)[]; f32?: (number | string)[]; u8?: string };
    if (f32) return Float32Array.from(f32, Number);
    if (f64) return Float64Array.from(f64, Number);
    if (u8 !== undefined) return Uint8Array.from(atob(u8), (letter) => letter.charCodeAt(0));
    return Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, revive(part)]));
  };
  window.latentTest = {
    sent,
    troubles,
    latencies,
    setTheme,
    post: (raw) => window.postMessage(raw, '*'),
    send: (message) => {
      arrivals.set((message as { sequence: number }).sequence, performance.now());
      window.postMessage(window.latentPacking.pack(revive(message)), '*');
    },
  };
  window.acquireVsCodeApi = () => ({
    postMessage: (message: { type: string; sequence?: number }) => {
      sent.push(message);
      window.latentRespond?.(message);
      const arrival = arrivals.get(message.sequence);
      if (message.type === 'acknowledge' && arrival !== undefined) latencies.push(performance.now() - arrival);
    },
    getState: (): unknown => JSON.parse(sessionStorage.getItem('state') ?? 'null'),
    setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
  });
}
