// What each client has open: its carriers, and its sockets to targets.

/** A client, known by its address. */
export class Clients {
  #limits;
  #all = new Map();
  /** The number of sockets to targets. */
  sockets = 0;

  /** @param {{ maxCarriers: number, maxSockets: number }} limits for one client */
  constructor(limits) {
    this.#limits = limits;
  }

  /**
   * Counts one more carrier.
   * @param {string} address
   * @returns a client whose `release` must be called at the end of the carrier; undefined at the limit
   */
  takeCarrier(address) {
    const counts = this.#all.get(address) ?? { carriers: 0, sockets: 0 };
    if (counts.carriers >= this.#limits.maxCarriers) return undefined;
    this.#all.set(address, counts);
    counts.carriers += 1;
    const forget = () => {
      if (counts.carriers + counts.sockets === 0) this.#all.delete(address);
    };
    return {
      address,
      release: () => {
        counts.carriers -= 1;
        forget();
      },
      /** Counts one more socket. @returns {(() => void) | undefined} uncounts it; undefined at the limit */
      takeSocket: () => {
        if (counts.sockets >= this.#limits.maxSockets) return undefined;
        counts.sockets += 1;
        this.sockets += 1;
        return () => {
          counts.sockets -= 1;
          this.sockets -= 1;
          forget();
        };
      },
    };
  }
}
