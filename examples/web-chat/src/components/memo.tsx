import { Component, type ComponentType, type VNode } from "preact";

/** Draws a component anew only where one of its properties is another. */
export function memo<Props extends object>(Drawn: ComponentType<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const before = this.props as Record<string, unknown>;
      const after = next as Record<string, unknown>;
      const names = new Set([...Object.keys(before), ...Object.keys(after)]);
      return [...names].some((name) => before[name] !== after[name]);
    }

    override render(): VNode {
      return <Drawn {...(this.props as Props)} />;
    }
  };
}
