import type { Message } from "./conversation.ts";

/**
 * The messages of a conversation, by id. Each knows the one that it answers, so that editing a question or asking for
 * another answer begins a branch, and nothing is lost.
 */
export type Tree = ReadonlyMap<string, Message>;

/** The messages from the beginning to one of them. */
export function pathTo(tree: Tree, leaf: string | null): Message[] {
  const path: Message[] = [];
  let message = leaf === null ? undefined : tree.get(leaf);
  // What was imported may go round in circles.
  while (message && path.length <= tree.size) {
    path.push(message);
    message = message.parent === null ? undefined : tree.get(message.parent);
  }
  return path.reverse();
}

/** The ids of the messages that answer each one, in the order in which they came. */
export function branchesOf(tree: Tree): Map<string | null, string[]> {
  const branches = new Map<string | null, string[]>();
  for (const { id, parent } of [...tree.values()].sort((a, b) => a.created - b.created)) {
    const branch = branches.get(parent);
    if (branch) branch.push(id);
    else branches.set(parent, [id]);
  }
  return branches;
}

/** The end of the newest branch that goes on from a message. */
export function newestLeaf(tree: Tree, from: string): string {
  const branches = branchesOf(tree);
  const seen = new Set<string>();
  let id = from;
  while (!seen.has(id)) {
    seen.add(id);
    id = branches.get(id)?.at(-1) ?? id;
  }
  return id;
}

/** A message and everything after it, in all branches. */
export function subtreeOf(tree: Tree, root: string): string[] {
  const branches = branchesOf(tree);
  const found = new Set([root]);
  for (const id of found) for (const child of branches.get(id) ?? []) found.add(child);
  return [...found];
}

/** Where to go once a message has been deleted: to its neighbour among the branches, or to the one it answered. */
export function leafWithout(tree: Tree, message: Message): string | null {
  const siblings = branchesOf(tree).get(message.parent) ?? [];
  const at = siblings.indexOf(message.id);
  const neighbour = siblings[at - 1] ?? siblings[at + 1];
  return neighbour ? newestLeaf(tree, neighbour) : message.parent;
}

/** A copy with some messages added or replaced. */
export function withMessages(tree: Tree, ...messages: readonly Message[]): Tree {
  const copy = new Map(tree);
  for (const message of messages) copy.set(message.id, message);
  return copy;
}

/** A copy without some messages. */
export function withoutMessages(tree: Tree, ids: readonly string[]): Tree {
  const copy = new Map(tree);
  for (const id of ids) copy.delete(id);
  return copy;
}
