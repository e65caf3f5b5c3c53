// The expectation of a DOMException, for assert.throws() and assert.rejects().

/**
 * @param {string} name
 * @param {RegExp} [message]
 */
export const domException = (name, message = /./) => ({ name, message, constructor: DOMException });
