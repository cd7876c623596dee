import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useApp } from "../../app/context.ts";

/** The view that teaches. Most people never open it, so it is loaded when somebody does. */
export function LateTrainingView(): VNode | null {
  const { toasts } = useApp();
  const [View, setView] = useState<(() => VNode) | undefined>(undefined);
  useEffect(() => {
    import("./training-view.tsx").then(
      ({ TrainingView }) => setView(() => TrainingView),
      () => toasts.show("The view could not be loaded. Is the server still running?"),
    );
  }, []);
  return View ? <View /> : null;
}
