import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../app/context.ts";
import { copyText } from "./copy-text.ts";
import { IconButton } from "./icon-button.tsx";

/** Copies a text, and says so. */
export function CopyButton({ label, read }: { label: string; read: () => string }): VNode {
  const { status } = useApp();
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    const done = await copyText(read());
    status.set(done ? "Copied." : "This browser does not allow copying.");
    setCopied(done);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <IconButton icon={isCopied ? "check" : "copy"} label={label} onClick={() => void copy()} />
  );
}
