/** Exit codes, a stable interface for scripts. `unread` is the shell's code for a program ended by a closed pipe. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130, unread: 141 } as const;
