import { describe, expect, test } from "vitest";
import type { Message } from "../../src/chat/conversation.ts";
import { branchesOf, leafWithout, newestLeaf, pathTo, subtreeOf } from "../../src/chat/tree.ts";

/** Messages as `id<parent`, in the order in which they came. */
function treeOf(...messages: string[]): Map<string, Message> {
  const entries = messages.map((text, created): [string, Message] => {
    const [id = "", parent = null] = text.split("<");
    const role = created % 2 === 0 ? "user" : "assistant";
    return [id, { id, parent, role, conversation: "c", content: id, created }];
  });
  return new Map(entries);
}

describe("the tree of a conversation", () => {
  // A question with two answers, of which the first was gone on with; and the question in other words.
  const tree = treeOf("q", "a<q", "q2<a", "a2<q2", "b<q", "other");

  test("has a path to each message", () => {
    expect(pathTo(tree, "a2").map(({ id }) => id)).toEqual(["q", "a", "q2", "a2"]);
    expect(pathTo(tree, "b").map(({ id }) => id)).toEqual(["q", "b"]);
    expect(pathTo(tree, null)).toEqual([]);
    expect(pathTo(tree, "gone")).toEqual([]);
  });

  test("has branches", () => {
    expect(branchesOf(tree).get("q")).toEqual(["a", "b"]);
    expect(branchesOf(tree).get(null)).toEqual(["q", "other"]);
    expect(newestLeaf(tree, "q")).toBe("b");
    expect(newestLeaf(tree, "a")).toBe("a2");
  });

  test("goes to the neighbour of what is deleted, or to what it answered", () => {
    expect(subtreeOf(tree, "a")).toEqual(["a", "q2", "a2"]);
    const message = (id: string): Message => tree.get(id) as Message;
    expect(leafWithout(tree, message("b"))).toBe("a2");
    expect(leafWithout(tree, message("a"))).toBe("b");
    expect(leafWithout(tree, message("q2"))).toBe("a");
    expect(leafWithout(tree, message("q"))).toBe("other");
  });

  test("of an import that goes round in circles ends", () => {
    const circle = treeOf("a<b", "b<a");
    expect(pathTo(circle, "a").length).toBeLessThanOrEqual(3);
    expect(subtreeOf(circle, "a")).toEqual(["a", "b"]);
    expect(["a", "b"]).toContain(newestLeaf(circle, "a"));
  });
});
