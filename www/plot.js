// Throughput in both directions and bufferedAmount over the last half minute.
import { size } from './format.js';

/** How long a sample is, and how many are shown. */
const STEP = 250;
const SAMPLES = 120;

export class Plot {
  #canvas = /** @type {HTMLCanvasElement} */ (document.getElementById('plot'));
  #samples = Array.from({ length: SAMPLES }, () => ({ out: 0, in: 0, held: 0 }));
  #current = { out: 0, in: 0, held: 0 };
  #read;

  /** @param {() => number} readBuffered gives bufferedAmount */
  constructor(readBuffered) {
    this.#read = readBuffered;
    setInterval(() => this.#step(), STEP);
    addEventListener('resize', () => this.#draw());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
    this.#draw();
  }

  /** Counts payload bytes that passed. */
  count(direction, bytes) {
    this.#current[direction] += bytes;
    // What is held for less than a sample shall show too.
    this.#current.held = Math.max(this.#current.held, this.#read());
  }

  #step() {
    this.#current.held = Math.max(this.#current.held, this.#read());
    this.#samples.push(this.#current);
    this.#samples.shift();
    this.#current = { out: 0, in: 0, held: this.#read() };
    if (!document.hidden) this.#draw();
  }

  #draw() {
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const context = canvas.getContext('2d');
    if (!context) return;
    context.scale(ratio, ratio);
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(name).trim();

    const top = 16;
    const floor = height - 4;
    const most = (name) => Math.max(1, ...this.#samples.map((sample) => sample[name]));
    const rate = Math.max(most('out'), most('in'));
    const held = most('held');
    context.strokeStyle = color('--rule');
    context.lineWidth = 1;
    for (const y of [top, (top + floor) / 2, floor]) {
      context.beginPath();
      context.moveTo(0, Math.round(y) + 0.5);
      context.lineTo(width, Math.round(y) + 0.5);
      context.stroke();
    }
    const line = (name, scale, stroke, dash) => {
      context.beginPath();
      for (const [i, sample] of this.#samples.entries()) {
        const y = floor - (sample[name] / scale) * (floor - top);
        context.lineTo((i / (SAMPLES - 1)) * width, y);
      }
      context.strokeStyle = color(stroke);
      context.lineWidth = 1.75;
      context.lineJoin = 'round';
      context.setLineDash(dash);
      context.stroke();
      context.setLineDash([]);
    };
    line('held', held, '--held', [2, 3]);
    line('in', rate, '--in', [7, 3]);
    line('out', rate, '--out', []);

    context.fillStyle = color('--dim');
    context.fillText(rate > 1 ? `${size((rate * 1000) / STEP)}/s` : 'no traffic', 0, top - 5);
    const label = `bufferedAmount ${held > 1 ? size(held) : '0 B'}`;
    context.fillText(label, width - context.measureText(label).width, top - 5);
  }
}
