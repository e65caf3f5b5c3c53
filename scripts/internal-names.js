// Shorter names for members that only the shim and the core's glue use. Private names (`#name`) are shortened by the
// minifier, which can't know of others whether a program uses them.

/**
 * The longer ones of those members. None may be a word of a message, of a global, or of what an entry exports; nothing may
 * refer to one by a string.
 */
const INTERNAL = [
  // Of the core's classes.
  ...[
    '__wbg_ptr',
    'bringPart',

    'givePartial',
  ],
  ...['goAway', 'nextEvent', 'nextFrame', 'outputLength', 'partFailed', 'refuseMessage', 'sendBinary'],
  ...['sendParts', 'sendRequest', 'sendText', 'skippable'],
  ...['takeBinary', 'takeInPlace', 'takeOutput', 'takeControl', 'takeText', 'wantsCodec'],
  // Of the modules around them.
  ...['addTrapListener', 'allocateReusable', 'checkArguments', 'checkClose', 'copyOutput', 'newCompressor'],
  ...['newDecompressor', 'notifySoon', 'removeTrapListener', 'setArgument', 'setCodec', 'setRoots'],
  // Of channels and links.
  ...['addRanges', 'beforeEvent', 'byteStreamOptions', 'closeEvent', 'compressNext', 'resetTimer'],
  ...['errorEvent', 'frameParts'],
  ...['inOwnTask', 'isAscii', 'isSettled', 'linkBroke', 'linkEnded', 'pauseIfFull', 'receivedAll', 'rejectAll'],
  ...[
    'removeSink',
    'endIfIdle',
    'unanswered',
    'usable',
    'heard',
    'refill',
    'resumeIfIdle',
    'transportName',
    'runNow',
    'sendBlob',
    'setTimer',
    'strictText',
    'takeAll',
    'takePartial',
    'takePlaintext',
  ],
  ...['unwritten', 'whenFlushed', 'whenIdle', 'writeAll'],
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
