// Shorter names for members that only the shim and the core's glue use. Private names (`#name`) are shortened by the
// minifier, which can't know of others whether a program uses them.

/**
 * The longer ones of those members, in an order of which the entries become small. None may be a word of a
 * message, of a global, or of what an entry exports; nothing may refer to one by a string.
 */
const INTERNAL = [
  'forgetSignal',
  'skippable',
  'whenFlushed',
  'notifySoon',
  'sendBinary',
  'sendText',
  'countStep',
  'heard',
  'unwritten',
  'bringPart',
  'receivedAll',
  'takeOutput',
  'newDecompressor',
  'removeTrapListener',
  'compressNext',
  'resetTimer',
  'setRoots',
  'lendOutput',
  'takeControl',
  'refill',
  'refuseMessage',
  'isAscii',
  'sendRequest',
  'unanswered',
  'byteStreamOptions',
  'removeSink',
  'endIfIdle',
  'resumeIfIdle',
  'outcome',
  'usable',
  'goAway',
  'closeSocket',
  'takeResponse',
  'closeEvent',
  'checkArguments',
  'sendBlob',
  'trySend',
  'trapped',
  'writeAll',
  'failureCode',
  'onDrain',
  'updating',
  'whenIdle',
  'setTimer',
  'nextEvent',
  'nextFrame',
  'outputLength',
  'partFailed',
  'sendParts',
  'checkClose',
  'copyOutput',
  'errorEvent',
  'takeInPlace',
  'takeText',
  '__wbg_ptr',
  'newCompressor',
  'setCodec',
  'setArgument',
  'addRanges',
  'beforeEvent',
  'takeBinary',
  'frameParts',
  'inOwnTask',
  'isSettled',
  'linkBroke',
  'pauseIfFull',
  'rejectAll',
  'takePartial',
  'transportName',
  'runNow',
  'givePartial',
  'takeAll',
  'takePlaintext',
  'strictText',
  'linkEnded',
  'queueTask',
  'setBinaryType',
  'addTrapListener',
  'ownTimers',
  'callbackFor',
  'allocateReusable',
  'wantsCodec',
  'allocateOutput',
];

const shortNames = new Map(INTERNAL.map((name, index) => [name, `$${index.toString(36)}`]));
const PATTERN = new RegExp(`(?<![\\w$#])(?:${INTERNAL.join('|')})(?![\\w$])`, 'g');

/** Those that no module had yet. */
const unseen = new Set(INTERNAL);

/**
 * The text of a module with those names shortened.
 * @param {string} code
 */
export function shortenInternal(code) {
  return code.replace(PATTERN, (name) => {
    unseen.delete(name);
    return shortNames.get(name) ?? name;
  });
}

/** Throws if a name in the list is out of date. To be called when every module was shortened. */
export function checkInternal() {
  if (unseen.size > 0) throw new Error(`scripts/internal-names.js lists ${[...unseen]}, which nothing has`);
}
