// The records of one direction of a connection (RFC 8446 5.1), as a relay sees them.

const TYPES = { 20: 'change_cipher_spec', 21: 'alert', 22: 'handshake', 23: 'application_data' };
const FIELDS = ['type', 'major version', 'minor version', 'length', 'length'];

/** Says in which field of a record each byte stands. */
export class Records {
  #at = 0;
  #type = 0;
  #length = 0;
  #isTls12;
  /** Whether change_cipher_spec was seen: in TLS 1.2 later records are encrypted, whatever their type. */
  #changed = false;
  /** The number of complete records. */
  count = 0;

  /** @param {boolean} isTls12 */
  constructor(isTls12) {
    this.#isTls12 = isTls12;
  }

  /**
   * The next byte of the stream.
   * @returns {string} its field and its record's type, such as `length of handshake`
   */
  next(byte) {
    const at = this.#at;
    if (at === 0) this.#type = byte;
    if (at === 3) this.#length = byte << 8;
    if (at === 4) this.#length |= byte;
    const isEncrypted = this.#type === 23 || (this.#isTls12 && this.#changed);
    const name = `${FIELDS[at] ?? 'fragment'} of ${isEncrypted ? 'encrypted ' : ''}${TYPES[this.#type]}`;
    this.#at += 1;
    if (this.#at >= 5 && this.#at === 5 + this.#length) {
      if (this.#type === 20) this.#changed = true;
      this.#at = 0;
      this.count += 1;
    }
    return name;
  }
}
