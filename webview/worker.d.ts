/** A worker's whole program as text: bundled by scripts/lib/inlineWorker.mjs, to be started from a blob's address. */
declare module '*?inline-worker' {
  const source: string;
  export default source;
}
