import { expect, test } from "vitest";
import { newConversation, titleOf } from "../../src/chat/conversation.ts";
import { groupByDay } from "../../src/views/sidebar/group-by-day.ts";

test("a title is the beginning of the question", () => {
  expect(titleOf("  What is\na llama? ")).toBe("What is a llama?");
  expect(titleOf("word ".repeat(50)).length).toBeLessThanOrEqual(61);
});

test("conversations are grouped by day", () => {
  const now = new Date(2024, 5, 15, 12).getTime();
  const at = (hours: number) => ({ ...newConversation(), updated: now - hours * 3_600_000 });
  const labels = groupByDay([at(1), at(2), at(20), at(100), at(2000)], now).map(
    ({ label }) => label,
  );
  expect(labels).toEqual(["Today", "Yesterday", "Last 7 days", "March 2024"]);
});
