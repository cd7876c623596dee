/**
 * CPU time of a sample, in milliseconds. Long, because each sample begins with a collection of garbage: that takes away the
 * compiled code of classes of which no object is left, as between two answers here there is none.
 */
const SAMPLE_MS = 400;

/**
 * Makes a sampler of the process's CPU time, which other processes on a busy machine disturb less than the clock.
 *
 * @param {() => unknown} run done as often as a sample takes
 * @param {number} [parts] what one run is counted as
 * @returns {() => Promise<number>} milliseconds for each part
 */
export function cpuTimeOf(run, parts = 1) {
  return async () => {
    const before = process.cpuUsage();
    for (let runs = 1; ; runs++) {
      const returned = run();
      if (returned instanceof Promise) await returned;
      const { user, system } = process.cpuUsage(before);
      const ms = (user + system) / 1000;
      if (ms >= SAMPLE_MS) return ms / runs / parts;
    }
  };
}
