import type { Job } from "./job.ts";

/** How much of which job's tokens goes into a batch. */
export interface Share {
  readonly job: Job;
  readonly tokenCount: number;
}

/** What bounds a batch. */
export interface BatchLimits {
  /** Most tokens in it. */
  readonly size: number;
  /** Most tokens of prompts in it while answers are being generated too: what these have to wait for. */
  readonly promptShare: number;
}

/**
 * Composes the next batch: a token of every answer, so that none misses one; and what room is left for the prompts,
 * in equal parts, so that a long one holds up neither the answers nor the short ones.
 */
export function composeBatch(jobs: readonly Job[], limits: BatchLimits): Share[] {
  const answers = jobs.filter((job) => job.pendingCount === 1).map(wholly);
  const prompts = jobs.filter((job) => job.pendingCount > 1);
  const free = limits.size - answers.length;
  const promptShare = Math.max(limits.promptShare, prompts.length);
  let room = answers.length > 0 ? Math.min(promptShare, free) : free;

  const shares = [...answers];
  prompts.sort((a, b) => a.pendingCount - b.pendingCount); // what a short one leaves, the next ones get
  for (const [index, job] of prompts.entries()) {
    const equalPart = Math.max(1, Math.floor(room / (prompts.length - index)));
    const tokenCount = Math.min(job.pendingCount, equalPart, room);
    if (tokenCount === 0) break; // more prompts than a batch has room for: their turn comes
    shares.push({ job, tokenCount });
    room -= tokenCount;
  }
  return shares;
}

function wholly(job: Job): Share {
  return { job, tokenCount: job.pendingCount };
}
