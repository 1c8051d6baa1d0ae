/**
 * Maximum number of bytes per read or write call: from 2 GiB on, Node's `read` does not throw but aborts the process (a
 * failed assertion), and its `write` throws.
 */
export const MOST_BYTES_A_CALL = 2 ** 30;
