import { clearScreenDown, cursorTo, moveCursor } from "node:readline";
import type { DatasetReport } from "../dataset/report.ts";
import type { TrainingProgress, TrainingResult } from "../job/job.ts";
import { describeEnd, describeReport, describeStep, describeStop } from "./describe.ts";
import { drawLossCurve, type LossPoint } from "./loss-curve.ts";
import type { TrainingTeller } from "./run-context.ts";

const WIDEST_BAR = 20;
const CURVE_ROWS = 6;
/** Below this many lines of terminal there is no room for the curve while the training runs. */
const ROOM_FOR_CURVE = 12;
const WIDEST_CURVE = 80;
/** Milliseconds between two drawings, at least. */
const FRAME = 100;

/** Where a training is drawn: a terminal. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): boolean;
}

/** Draws a bar and the curve of losses, which stay where they are while the training goes on. */
export class TellTerminal implements TrainingTeller {
  readonly #terminal: Terminal & NodeJS.WritableStream;
  readonly #print: (line: string) => void;
  readonly #losses: LossPoint[] = [];
  readonly #measured: LossPoint[] = [];
  #last: TrainingProgress | undefined;
  #drawnLines = 0;
  #drawnAt = 0;

  constructor(terminal: Terminal & NodeJS.WritableStream, print: (line: string) => void) {
    this.#terminal = terminal;
    this.#print = print;
  }

  dataset(report: DatasetReport): void {
    for (const line of describeReport(report)) this.#write(line);
    this.#draw(["Loading the model, and checking the engine …"]);
  }

  step(progress: TrainingProgress): void {
    const { step, steps, loss, evalLoss } = progress;
    this.#losses.push({ step, loss });
    if (evalLoss !== undefined) this.#measured.push({ step, loss: evalLoss });
    this.#last = { ...progress, evalLoss: evalLoss ?? this.#last?.evalLoss ?? Number.NaN };
    const now = performance.now();
    if (step < steps && now - this.#drawnAt < FRAME) return;
    this.#drawnAt = now;
    const hasRoom = this.#terminal.rows >= ROOM_FOR_CURVE;
    this.#draw([...(hasRoom ? this.#curve() : []), this.#bar(this.#last)]);
  }

  end(result: TrainingResult): void {
    this.leave();
    for (const line of describeEnd(result)) this.#print(line);
  }

  stop(_: TrainingProgress | undefined, checkpoint: string): void {
    const last = this.#last;
    this.leave();
    this.#write(describeStop(last, checkpoint));
  }

  /** Leaves the curve, and what is below it to others. */
  leave(): void {
    this.#draw(this.#curve());
    this.#drawnLines = 0;
  }

  #bar(progress: TrainingProgress): string {
    const { evalLoss, ...others } = progress;
    const text = describeStep(Number.isNaN(evalLoss) ? others : progress);
    const room = this.#terminal.columns - text.length - 2;
    const width = Math.min(Math.max(room, 0), WIDEST_BAR);
    const done = Math.round((progress.step / progress.steps) * width);
    return `${"█".repeat(done)}${"░".repeat(width - done)} ${text}`.trimStart();
  }

  #curve(): string[] {
    const columns = Math.min(this.#terminal.columns - 1, WIDEST_CURVE);
    return drawLossCurve(this.#losses, this.#measured, { columns, rows: CURVE_ROWS });
  }

  /** Draws lines over those that were drawn before. None is wider than the terminal, which would break it in two. */
  #draw(lines: readonly string[]): void {
    if (this.#drawnLines > 0) {
      moveCursor(this.#terminal, 0, -this.#drawnLines);
      cursorTo(this.#terminal, 0);
      clearScreenDown(this.#terminal);
    }
    for (const line of lines) this.#write(line.slice(0, this.#terminal.columns - 1));
    this.#drawnLines = lines.length;
  }

  #write(line: string): void {
    this.#terminal.write(`${line}\n`);
  }
}
