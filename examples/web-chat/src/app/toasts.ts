import { Value } from "./value.ts";

/** A short note, and what can be done about it. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; run(): void };
}

/** How long a note stays, in milliseconds. */
const STAY = 8000;

/** Notes that go by themselves. */
export class Toasts {
  readonly list: Value<readonly Toast[]> = new Value<readonly Toast[]>([]);
  #next = 1;

  show(text: string, action?: Toast["action"]): void {
    const id = this.#next++;
    this.list.set([...this.list.get().slice(-2), { id, text, ...(action && { action }) }]);
    setTimeout(() => this.dismiss(id), STAY);
  }

  dismiss(id: number): void {
    this.list.set(this.list.get().filter((toast) => toast.id !== id));
  }
}
