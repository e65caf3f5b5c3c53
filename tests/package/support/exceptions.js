// What assert.throws() and assert.rejects() expect of a DOMException.

/**
 * @param {string} name
 * @param {RegExp} [message]
 */
export const domException = (name, message = /./) => ({ name, message, constructor: DOMException });
