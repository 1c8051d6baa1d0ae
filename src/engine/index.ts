export { BackendError, type Backend, type BackendInfo, type BackendName } from './backend';
export { openBackend, type OpenOptions } from './open';
