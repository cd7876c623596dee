import type { TokenLogprob } from "@llama2-kit/protocol";
import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { Trace } from "../../chat/conversation.ts";
import { TokenList, type TokenListItem, visible } from "./token-list.tsx";

/** The tokens of an answer, coloured by how likely each one was. */
export function AnswerTokens({ trace, text }: { trace: Trace | undefined; text: string }): VNode {
  const items = useMemo(() => toItems(trace), [trace]);
  if (items.length === 0) return <p class="hint">{reasonFor(trace, text)}</p>;
  return (
    <>
      <p class="hint legend">
        <span>unlikely</span>
        <span class="scale" aria-hidden="true" />
        <span>certain</span>
      </p>
      <TokenList label="Tokens of the answer" items={items} />
    </>
  );
}

function reasonFor(trace: Trace | undefined, text: string): string {
  if (text === "") return "It answered nothing.";
  if (!trace) return "Nothing is known of its tokens: it was imported, edited or interrupted.";
  return "Its tokens have no probabilities: they were off, or the server does not tell them.";
}

function toItems(trace: Trace | undefined): TokenListItem[] {
  const { logprobs = [], tokens = [] } = trace ?? {};
  return logprobs.map((logprob, index) => {
    const id = logprob.token ?? tokens[index];
    const probability = Math.exp(logprob.logprob);
    return {
      ...(id !== undefined && { id }),
      text: logprob.text,
      className: "graded",
      style: `--p: ${probability.toFixed(3)}`,
      detail: <Detail logprob={logprob} id={id} place={index + 1} />,
    };
  });
}

function Detail(props: { logprob: TokenLogprob; id: number | undefined; place: number }): VNode {
  const { logprob, id, place } = props;
  const isAmong = logprob.top.some(({ text }) => text === logprob.text);
  const choices = isAmong ? logprob.top : [...logprob.top, logprob];
  return (
    <>
      <p>
        Token {place}
        {id !== undefined && ` · id ${id}`} · <b>{percent(logprob.logprob)}</b>
      </p>
      <ul class="alternatives">
        {choices.map(({ text, logprob: own }, index) => (
          <li key={`${index}${text}`} data-chosen={text === logprob.text}>
            <code>{visible(text)}</code>
            <span class="bar" style={`--p: ${Math.exp(own).toFixed(3)}`} />
            <span>{percent(own)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function percent(logprob: number): string {
  const share = Math.exp(logprob) * 100;
  return share < 0.1 ? "< 0.1 %" : `${share.toFixed(1)} %`;
}
