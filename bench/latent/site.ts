import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };
const NONCE = 'bench';
const POLICY = [
  `default-src 'none'`,
  `script-src 'nonce-${NONCE}'`,
  'worker-src blob:',
  `style-src 'self'`,
  `font-src 'self'`,
].join('; ');
/** A page that is one script, under the policy of a view. */
function page(script: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">${head}</head>
<body class="vscode-dark"><script type="module" nonce="${NONCE}" src="${script}"></script></body></html>`;
}
const PAGES: Readonly<Record<string, string>> = {
  '/': page('latent.js', '<link rel="stylesheet" href="latent.css">'),
  '/jobs': page('bench-jobs.js'),
};

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the packed explorer as VS Code does, under the same policy. */
export async function serveExplorer(programs: string): Promise<Served> {
  const server = createServer((request, response) => {
    const asked = PAGES[request.url ?? ''];
    if (asked !== undefined) {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(asked);
      return;
    }
    const name = path.basename(request.url ?? '');
    readFile(path.join(programs, name === 'bench-jobs.js' ? '' : 'webview', name)).then(
      (bytes) => {
        response.setHeader('content-type', TYPES[path.extname(name)] ?? 'application/octet-stream');
        response.end(bytes);
      },
      () => {
        response.statusCode = 404;
        response.end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
