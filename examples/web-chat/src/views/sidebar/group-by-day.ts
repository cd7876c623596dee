import type { Conversation } from "../../chat/conversation.ts";

/** Conversations of about the same time. */
export interface DayGroup {
  readonly label: string;
  readonly conversations: readonly Conversation[];
}

const DAY = 86_400_000;

/** Groups conversations, the newest first, by when they were last changed. */
export function groupByDay(conversations: readonly Conversation[], now: number): DayGroup[] {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const groups = new Map<string, Conversation[]>();
  for (const conversation of conversations) {
    const label = labelOf(conversation.updated, midnight);
    const group = groups.get(label) ?? [];
    groups.set(label, group);
    group.push(conversation);
  }
  return [...groups].map(([label, group]) => ({ label, conversations: group }));
}

function labelOf(time: number, midnight: number): string {
  if (time >= midnight) return "Today";
  if (time >= midnight - DAY) return "Yesterday";
  if (time >= midnight - 7 * DAY) return "Last 7 days";
  return new Date(time).toLocaleDateString("en", { month: "long", year: "numeric" });
}
