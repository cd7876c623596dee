import type { RefObject, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** What a {@link TextField} is made of. */
export interface TextFieldProps {
  readonly label: string;
  readonly fieldRef?: RefObject<HTMLTextAreaElement | null>;
  readonly value?: string;
  readonly defaultValue?: string;
  readonly placeholder?: string;
  readonly rows?: number;
  readonly spellcheck?: boolean;
  readonly onInput?: (text: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
}

/** Where the browser cannot fit a field to its text by itself, this does. */
const fitsByItself = CSS.supports("field-sizing", "content");

/** A field that grows with its text; the style says how far. */
export function TextField({ label, fieldRef, onInput, ...more }: TextFieldProps): VNode {
  const own = useRef<HTMLTextAreaElement>(null);
  const ref = fieldRef ?? own;
  const fit = (): void => {
    const field = ref.current;
    if (!field || fitsByItself) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  };
  useLayoutEffect(fit, [more.value]);
  return (
    <textarea
      rows={1}
      {...more}
      ref={ref}
      class="text-field"
      aria-label={label}
      onInput={({ currentTarget }) => {
        fit();
        onInput?.(currentTarget.value);
      }}
    />
  );
}
