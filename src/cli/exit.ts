/** Exit codes; a promise to scripts. `unread` is what a shell says of a program that a closed pipe has ended. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130, unread: 141 } as const;
