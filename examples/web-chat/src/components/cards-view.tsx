import type { ComponentChildren, VNode } from "preact";
import { ViewHead } from "./view-head.tsx";

/** A view that is a column of cards. */
export function CardsView(props: { title: string; children: ComponentChildren }): VNode {
  return (
    <div class="view">
      <ViewHead title={props.title} />
      <div class="scroller">
        <div class="column cards">{props.children}</div>
      </div>
    </div>
  );
}
