// What a streaming client costs: parsing, CPU time per event, bytes to download.
import { compareEndToEnd } from "./client/end-to-end.mjs";
import { compareParsing } from "./client/parsing.mjs";
import { measureSizes } from "./client/sizes.mjs";

/**
 * @param {{ quick: boolean }} options
 * @returns {AsyncGenerator<import("./report.mjs").Case | import("./report.mjs").Table>}
 */
export async function* run({ quick }) {
  yield* compareParsing({ rounds: quick ? 2 : 6 });
  yield* compareEndToEnd({ rounds: quick ? 2 : 6 });
  yield await measureSizes();
}
