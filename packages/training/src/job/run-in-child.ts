import type { TrainingJob } from "./job.ts";
import { type JobControl, runJob } from "./run-job.ts";

export const runInChild = (job: TrainingJob, control: JobControl): ReturnType<typeof runJob> =>
  runJob(job, control);
