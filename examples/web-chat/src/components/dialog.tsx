import type { ComponentChildren, VNode } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "./icon-button.tsx";

/** A dialog over the page: the browser keeps the focus in it, and gives it back. */
export function Dialog(props: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}): VNode {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const closeOutside = ({ target }: MouseEvent): void => {
    if (target === ref.current) props.onClose();
  };
  return (
    <dialog ref={ref} aria-labelledby={titleId} onClose={props.onClose} onMouseDown={closeOutside}>
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={titleId}>{props.title}</h2>
          <IconButton icon="close" label="Close" onClick={props.onClose} />
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
