/** TensorBoard's event files: encoding one record, and decoding a stream of them. See docs/formats.md. */
export * from './event';
export { EventStreamDecoder } from './decoder';
export { encodeEventRecord } from './encodeEvent';
export { histogramOf } from './histogram';

/** What the first event of a log says; readers that find another version skip what they cannot know. */
export const FILE_VERSION = 'brain.Event:2';
