// Shorter names for members that only the shim and the core's glue use. Private names (`#name`) are shortened by the
// minifier, which can't know of others whether a program uses them.

/**
 * The longer ones of those members, first those that occur most often, which get the shortest names. None may be a word of a
 * message, of a global, or of what an entry exports; nothing may refer to one by a string.
 */
const INTERNAL = [
  '__wbg_ptr',
  'skippable',
  'builtIn',
  'headroom',
  'whenFlushed',
  'notifySoon',
  'sendBinary',
  'sendText',
  'strictText',
  'trapped',
  'unwritten',
  'bringPart',
  'receivedAll',
  'takeOutput',
  'newDecompressor',
  'removeTrapListener',
  'compressNext',
  'resetTimer',
  'usable',
  'sendBlob',
  'goAway',
  'takeControl',
  'addTrapListener',
  'allocateOutput',
  'copyOutput',
  'setArgument',
  'byteStreamOptions',
  'removeSink',
  'endIfIdle',
  'resumeIfIdle',
  'outcome',
  'updating',
  'lendOutput',
  'takeResponse',
  'checkClose',
  'closeEvent',
  'linkEnded',
  'unanswered',
  'refill',
  'takePartial',
  'callbackFor',
  'failureCode',
  'onDrain',
  'trySend',
  'whenIdle',
  'givePartial',
  'nextEvent',
  'nextFrame',
  'outputLength',
  'partFailed',
  'refuseMessage',
  'sendParts',
  'sendRequest',
  'takeBinary',
  'takeInPlace',
  'takeText',
  'checkArguments',
  'newCompressor',
  'setCodec',
  'setRoots',
  'addRanges',
  'beforeEvent',
  'errorEvent',
  'frameParts',
  'inOwnTask',
  'isSettled',
  'linkBroke',
  'pauseIfFull',
  'rejectAll',
  'heard',
  'transportName',
  'runNow',
  'setTimer',
  'takeAll',
  'takePlaintext',
  'countStep',
  'forgetSignal',
  'queueTask',
  'setBinaryType',
  'closeSocket',
  'ownTimers',
  'writeAll',
  'allocateReusable',
  'wantsCodec',
  'isAscii',
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
