// A stack that overflowed: the caller's business, wherever it strikes.

/**
 * Whether an error is that of an overflowed stack: a RangeError in V8 and JavaScriptCore, an InternalError in Firefox. Told
 * by the message, and without a regular expression: that would be compiled, on the same stack.
 */
export function isOverflow(error: unknown): boolean {
  try {
    const { message } = error as Error;
    return message.includes('call stack size') || message.includes('too much recursion');
  } catch {
    // It has no message, or one that throws.
    return false;
  }
}
