import type { VNode } from "preact";
import { Icon, type IconName } from "./icon.tsx";

/** What an {@link IconButton} is made of. */
export interface IconButtonProps {
  readonly icon: IconName;
  /** What it does, in words: for the tooltip and for screen readers. */
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  /** Whether what it opens is open. */
  readonly pressed?: boolean;
  readonly class?: string;
}

export function IconButton({ icon, label, pressed, ...more }: IconButtonProps): VNode {
  const kind = `icon-button ${more.class ?? ""}`.trimEnd();
  return (
    <button
      {...more}
      type="button"
      class={kind}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
    >
      <Icon name={icon} />
    </button>
  );
}
