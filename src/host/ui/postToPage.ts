import type * as vscode from 'vscode';
import type { ToPage } from '../../protocol/channel';
import type { CheckpointExchanges, HostToCheckpoint } from '../../protocol/checkpointView';
import type { HostToLatent, LatentExchanges } from '../../protocol/latent';
import { pack } from '../../protocol/packing';
import type { HostToView, ViewExchanges } from '../../protocol/views';

/** Whatever a page of ours may be told. */
type PageMessage =
  | ToPage<ViewExchanges, HostToView>
  | ToPage<LatentExchanges, HostToLatent>
  | ToPage<CheckpointExchanges, HostToCheckpoint>;

/**
 * Sends a message to a page: the only way there is, since a message that is not packed loses its arrays once there are many
 * (see src/protocol/packing.ts); eslint.config.mjs refuses any other. A page may go while a message is on its way; it asks
 * for everything when it comes back.
 */
export function postToPage(webview: Pick<vscode.Webview, 'postMessage'>, message: PageMessage): void {
  void webview.postMessage(pack(message)).then(undefined, () => undefined);
}
