import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** So near to the end, in pixels, is at the end. */
const NEAR = 48;

/** How a scrolled element stands. */
export interface Stickiness {
  readonly isAtBottom: boolean;
  toBottom(): void;
}

/** Keeps the end of what grows in view, for as long as the reader is there. Who has scrolled up is left in peace. */
export function useStickToBottom(ref: RefObject<HTMLElement | null>): Stickiness {
  const [isAtBottom, setAtBottom] = useState(true);
  const sticks = useRef(true);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const stick = (): void => {
      if (sticks.current) element.scrollTop = element.scrollHeight;
    };
    let last = element.scrollTop;
    const look = (): void => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      const isNear = scrollHeight - scrollTop - clientHeight < NEAR;
      // What has come below since then is no reason to stay behind: only who scrolls up wants to.
      if (isNear || scrollTop < last) sticks.current = isNear;
      last = scrollTop;
      setAtBottom(isNear || sticks.current);
    };
    // Observers are told after the layout of a frame and before its paint, so nothing is laid out twice.
    const observer = new ResizeObserver(stick);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    element.addEventListener("scroll", look, { passive: true });
    stick();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  const toBottom = (): void => {
    sticks.current = true;
    setAtBottom(true);
    const element = ref.current;
    if (element) element.scrollTop = element.scrollHeight;
  };
  return { isAtBottom, toBottom };
}
