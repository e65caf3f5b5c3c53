// A plot of the last 30 seconds: throughput in both directions, and bufferedAmount below.
import { setText } from './dom.js';
import { size } from './format.js';

/** The length of a sample in milliseconds, and the number of samples shown. */
const STEP = 200;
const SAMPLES = 150;

/** The number of samples that the rates in the legend are averaged over. */
const RECENT = 5;

/** Space for the labels in pixels: values on the left, times below. */
const LEFT = 70;
const BELOW = 18;

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const dark = matchMedia('(prefers-color-scheme: dark)');

/** @typedef {{ out: number, in: number, held: number }} Sample */

export class Plot {
  #canvas = /** @type {HTMLCanvasElement} */ (document.getElementById('plot'));
  /** Undefined while the page was hidden. @type {(Sample | undefined)[]} */
  #samples = Array.from({ length: SAMPLES }, () => ({ out: 0, in: 0, held: 0 }));
  #source;
  #left = 0;
  #in = 0;
  #held = 0;
  #last = performance.now();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {{ left: number, buffered: number }} source bytes flushed by the transport, and bytes still buffered */
  constructor(source) {
    this.#source = source;
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
    dark.addEventListener('change', () => this.#draw());
    calm.addEventListener('change', () => this.#run());
    document.addEventListener('visibilitychange', () => this.#run());
    this.#run();
  }

  /** Counts received payload bytes. */
  received(bytes) {
    this.#in += bytes;
    this.peak();
  }

  /** Records bufferedAmount between two samples, so that short peaks show too. */
  peak() {
    this.#held = Math.max(this.#held, this.#source.buffered);
  }

  /** Pauses while the page is hidden; redraws once a second if reduced motion is preferred. */
  #run() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (document.hidden) return;
    this.#skip();
    let steps = 0;
    this.#timer = setInterval(() => {
      this.#step();
      steps += 1;
      if (!calm.matches || steps % RECENT === 0) this.#draw();
    }, STEP);
  }

  /** Leaves a gap for the time without samples. */
  #skip() {
    const missed = Math.min(SAMPLES, Math.floor((performance.now() - this.#last) / STEP));
    for (let i = 0; i < missed; i += 1) this.#push(undefined);
    this.#take();
  }

  /** @returns {Sample} the traffic since the last sample */
  #take() {
    const { left, buffered } = this.#source;
    const sample = { out: Math.max(0, left - this.#left), in: this.#in, held: Math.max(this.#held, buffered) };
    this.#left = left;
    this.#in = 0;
    this.#held = buffered;
    this.#last = performance.now();
    return sample;
  }

  #step() {
    // If the page was too busy for its timers, the sample covers several steps.
    const steps = Math.max(1, Math.min(SAMPLES, Math.round((performance.now() - this.#last) / STEP)));
    const { out, in: came, held } = this.#take();
    for (let i = 0; i < steps; i += 1) this.#push({ out: out / steps, in: came / steps, held });
  }

  #push(sample) {
    this.#samples.push(sample);
    this.#samples.shift();
  }

  #draw() {
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = canvas;
    const context = canvas.getContext('2d');
    if (!context || width === 0) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;

    const gap = 20;
    const room = height - BELOW - gap - 6;
    const upper = { top: 6, bottom: 6 + Math.round(room * 0.62) };
    const lower = { top: upper.bottom + gap, bottom: height - BELOW };
    const perSecond = 1000 / STEP;
    const rates = scaleOf(Math.max(this.#most('out'), this.#most('in')) * perSecond);
    const waiting = scaleOf(this.#most('held'));
    drawGrid(context, upper, width, ['0', `${size(rates / 2)}/s`, `${size(rates)}/s`]);
    drawGrid(context, lower, width, ['0', size(waiting)]);
    drawTimes(context, width, height);
    this.#area(context, lower, width, waiting);
    this.#line(context, upper, width, 'in', rates / perSecond, [6, 3]);
    this.#line(context, upper, width, 'out', rates / perSecond, []);
    this.#tell();
  }

  #most(name) {
    return Math.max(0, ...this.#samples.map((sample) => sample?.[name] ?? 0));
  }

  /** Yields runs of samples without a gap, as points. */
  *#runs({ top, bottom }, width, name, scale) {
    let points = [];
    for (const [i, sample] of this.#samples.entries()) {
      if (sample) {
        const x = LEFT + (i / (SAMPLES - 1)) * (width - LEFT - 1);
        points.push([x, bottom - (sample[name] / scale) * (bottom - top)]);
      } else if (points.length > 0) {
        yield points;
        points = [];
      }
    }
    if (points.length > 0) yield points;
  }

  #line(context, panel, width, name, scale, dash) {
    context.strokeStyle = color(`--${name}`);
    context.lineWidth = 1.75;
    context.lineJoin = 'round';
    context.setLineDash(dash);
    for (const points of this.#runs(panel, width, name, scale)) {
      context.beginPath();
      for (const [x, y] of points) context.lineTo(x, y);
      context.stroke();
    }
    context.setLineDash([]);
  }

  #area(context, panel, width, scale) {
    for (const points of this.#runs(panel, width, 'held', scale)) {
      context.beginPath();
      for (const [x, y] of points) context.lineTo(x, y);
      context.strokeStyle = color('--held');
      context.lineWidth = 1.5;
      context.stroke();
      context.lineTo(points[points.length - 1][0], panel.bottom);
      context.lineTo(points[0][0], panel.bottom);
      context.fillStyle = color('--held-area');
      context.fill();
    }
  }

  /** Shows the current values in the legend. */
  #tell() {
    const recent = this.#samples.slice(-RECENT);
    const rate = (name) => recent.reduce((sum, sample) => sum + (sample?.[name] ?? 0), 0) * (1000 / STEP / RECENT);
    setText('rate-out', `${size(Math.round(rate('out')))}/s`);
    setText('rate-in', `${size(Math.round(rate('in')))}/s`);
    setText('plot-held', size(this.#samples[SAMPLES - 1]?.held ?? 0));
  }
}

/** The maximum of a scale: a power of two, so that its labels are short. */
function scaleOf(most) {
  return 2 ** Math.max(10, Math.ceil(Math.log2(Math.max(1, most))));
}

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Draws equidistant lines, with labels from bottom to top. */
function drawGrid(context, { top, bottom }, width, labels) {
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.lineWidth = 1;
  for (const [i, label] of labels.entries()) {
    const y = Math.round(bottom - (i / (labels.length - 1)) * (bottom - top)) + 0.5;
    context.strokeStyle = color('--rule');
    context.beginPath();
    context.moveTo(LEFT, y);
    context.lineTo(width, y);
    context.stroke();
    context.fillStyle = color('--dim');
    context.fillText(label, LEFT - 8, y);
  }
}

function drawTimes(context, width, height) {
  context.textBaseline = 'alphabetic';
  context.fillStyle = color('--dim');
  const times = ['30 s ago', '20 s', '10 s', 'now'];
  for (const [i, label] of times.entries()) {
    const x = LEFT + (i / (times.length - 1)) * (width - LEFT);
    context.textAlign = i === 0 ? 'left' : i === times.length - 1 ? 'right' : 'center';
    context.fillText(label, x, height - 4);
  }
}
