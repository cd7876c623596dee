/**
 * Makes a function that calls another one at most once a frame. A page that is hidden has no frames, so there it is
 * called four times a second.
 */
export function oncePerFrame(run: () => void): () => void {
  let isScheduled = false;
  return () => {
    if (isScheduled) return;
    isScheduled = true;
    const go = (): void => {
      isScheduled = false;
      run();
    };
    if (document.visibilityState === "hidden") setTimeout(go, 250);
    else requestAnimationFrame(go);
  };
}
