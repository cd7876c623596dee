/** What a {@link JobQueue} can hold. */
interface Prioritised {
  /** Those with a higher number come first. */
  readonly priority: number;
}

/** Jobs that wait: by priority, and in the order of their coming among equals. */
export class JobQueue<Job extends Prioritised> {
  readonly #jobs: Job[] = [];

  get length(): number {
    return this.#jobs.length;
  }

  add(job: Job): void {
    const after = this.#jobs.findLastIndex((other) => other.priority >= job.priority);
    this.#jobs.splice(after + 1, 0, job);
  }

  /** Whether a test lets one of them through. */
  has(isReady: (job: Job) => boolean): boolean {
    return this.#jobs.some(isReady);
  }

  /** How many of them a test lets through; it is asked in their order. */
  count(isCounted: (job: Job) => boolean): number {
    return this.#jobs.filter(isCounted).length;
  }

  /** Takes out the first job that a test lets through. */
  take(isReady: (job: Job) => boolean): Job | undefined {
    const index = this.#jobs.findIndex(isReady);
    return index === -1 ? undefined : this.#jobs.splice(index, 1)[0];
  }

  /** Takes a job out, wherever it stands; does nothing where it is not in the queue. */
  remove(job: Job): void {
    const index = this.#jobs.indexOf(job);
    if (index !== -1) this.#jobs.splice(index, 1);
  }

  /** Takes out all of them. */
  takeAll(): Job[] {
    return this.#jobs.splice(0);
  }
}
