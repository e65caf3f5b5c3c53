// What the server knows about one connection, for the cases to ask.
export class Record {
  /** The number of bytes received from the client, and sent as far as the kernel took them. */
  received = 0;
  sent = 0;
  /** Whether all bytes received were the expected ones. */
  isRight = true;
  /** Whether the server has it. */
  isOpen = false;
  /** Whether the client's side ended, in whichever way. */
  isOver = false;
  #commands = {};

  /** Notes when a socket ends. */
  watch(socket) {
    this.isOpen = true;
    const over = () => {
      this.isOver = true;
    };
    for (const event of ['end', 'close', 'error']) socket.on(event, over);
  }

  /** Sets what a command does. */
  on(command, run) {
    this.#commands[command] = run;
  }

  /** Runs a command, if there is one, and returns the state. */
  ask(command) {
    if (command) this.#commands[command]();
    const { received, sent, isRight, isOpen, isOver } = this;
    return { received, sent, isRight, isOpen, isOver };
  }
}
