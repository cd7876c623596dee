// What our package is to reach, beside what it has reached.

/** Collects figures of which each has a least value that is wanted. */
export class Goals {
  /** @type {[string, number, number][]} */
  #rows = [];

  /** @param {string} what @param {number} wanted @param {number} measured more is better */
  add(what, wanted, measured) {
    this.#rows.push([what, wanted, measured]);
  }

  /** @param {string[]} notes @returns {import("../report.mjs").Table} */
  table(notes) {
    return {
      title: "Ours, divided by others'",
      columns: ["wanted", "measured"],
      rows: this.#rows,
      notes: ["more is better; for times it is others' divided by ours", ...notes],
    };
  }
}
