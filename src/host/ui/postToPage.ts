import type * as vscode from 'vscode';
import type { ToPage } from '../../protocol/channel';
import type { CheckpointExchanges, HostToCheckpoint } from '../../protocol/checkpointView';
import type { DrawingExchanges, HostToDrawing } from '../../protocol/drawing';
import type { HostToLatent, LatentExchanges } from '../../protocol/latent';
import { pack } from '../../protocol/packing';
import type { HostToView, ViewExchanges } from '../../protocol/views';

/** Everything that may be sent to one of our pages. */
type PageMessage =
  | ToPage<ViewExchanges, HostToView>
  | ToPage<LatentExchanges, HostToLatent>
  | ToPage<CheckpointExchanges, HostToCheckpoint>
  | ToPage<DrawingExchanges, HostToDrawing>;

/**
 * Sends a message to a page: the only way to do so, since an unpacked message with many arrays loses some of them (see
 * src/protocol/packing.ts); eslint.config.mjs forbids any other. A page may be destroyed while a message is in flight;
 * it requests everything when it comes back.
 */
export function postToPage(webview: Pick<vscode.Webview, 'postMessage'>, message: PageMessage): void {
  void webview.postMessage(pack(message)).then(undefined, () => undefined);
}
