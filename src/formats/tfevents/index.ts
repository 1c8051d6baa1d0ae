/** TensorBoard's event files: encoding one record, and decoding a stream of them. See docs/formats.md. */
export * from './event';
export { EventStreamDecoder } from './decoder';
export { mimeOf } from './values';
export { encodeEventRecord } from './encodeEvent';
export { histogramOf } from './histogram';

/** Plugin of the tensors that we write; TensorBoard has none of this name and keeps them for its programs alone. */
export const TENSOR_PLUGIN = 'latent_studio';

/** Version in the first event of a log; readers of another version skip unknown content. */
export const FILE_VERSION = 'brain.Event:2';
