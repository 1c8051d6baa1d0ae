export { errorCode, errorMessage, reasonOf } from '../common/systemError';

/** Something about a run on disk that cannot be used or done; the message says what, why and what next. */
export class RunError extends Error {
  override name = 'RunError';
}
