/** A worker's whole program as text: bundled by scripts/lib/inlineWorker.mjs, and started from a blob URL. */
declare module '*?inline-worker' {
  const source: string;
  export default source;
}
