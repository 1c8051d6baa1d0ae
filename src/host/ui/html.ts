import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export type ViewName = 'charts' | 'checkpoint' | 'draw' | 'latent' | 'run';

/** The folder of the views' bundles, the only one that a page may load from. */
function viewFolder(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist', 'webview');
}

export function viewOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [viewFolder(extension)] };
}

/**
 * The page of a view: it only loads its bundle. Nothing read from disk is written into it; `run` is a key of the
 * registry, which is hexadecimal.
 */
export function viewHtml(webview: vscode.Webview, extension: vscode.Uri, view: ViewName, run?: string): string {
  const nonce = randomBytes(16).toString('base64url');
  const resource = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(viewFolder(extension), file)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // Workers that project latents: their program is part of the page's own bundle.
    ...(view === 'latent' ? ['worker-src blob:'] : []),
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  const key = run !== undefined && /^[0-9a-f]+$/.test(run) ? ` data-run="${run}"` : '';
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" id="vscode-codicon-stylesheet" nonce="${nonce}" href="${resource('codicon.css')}">
<link rel="stylesheet" href="${resource(`${view}.css`)}">
<title>Latent Studio</title>
</head>
<body data-view="${view}"${key}>
<script type="module" nonce="${nonce}" src="${resource(`${view}.js`)}"></script>
</body>
</html>`;
}
