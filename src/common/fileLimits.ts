/**
 * As many bytes as are read or written in one call: from 2 GiB on Node's `read` does not throw but ends the process (an
 * assertion of its own), and its `write` throws.
 */
export const MOST_BYTES_A_CALL = 2 ** 30;
