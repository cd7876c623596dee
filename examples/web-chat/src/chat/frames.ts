/** How long to wait where there are no frames, in milliseconds. */
const WITHOUT_FRAMES = 100;

/**
 * Makes a function that calls another one at most once a frame. A page that is hidden has no frames, and neither has a
 * program without a page; there it is called ten times a second.
 */
export function oncePerFrame(run: () => void): () => void {
  let isScheduled = false;
  const go = (): void => {
    isScheduled = false;
    run();
  };
  return () => {
    if (isScheduled) return;
    isScheduled = true;
    if (hasFrames()) requestAnimationFrame(go);
    else setTimeout(go, WITHOUT_FRAMES);
  };
}

function hasFrames(): boolean {
  return typeof document === "object" && document.visibilityState === "visible";
}
