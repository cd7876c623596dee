import type { ChatModel } from "@llama2-kit/protocol";
import { badRequest, unsupported } from "../error.ts";
import { Fields, isTokenIds } from "../fields.ts";
import type { ServedModel } from "../model-directory.ts";
import { contextSizeOf } from "../model-facts.ts";
import { readMessages } from "../parameters/messages.ts";
import { readJson } from "../request-body.ts";
import type { RouteHandler } from "../service.ts";
import { refuseTooLong } from "../text-length.ts";
import { tokenizeConversation, tokenizeText, toPieces } from "../tokenizing.ts";

/**
 * `POST /tokenize`, in three forms: vLLM's `prompt` or `messages`, llama-server's `content`, and TGI's `inputs`. Each
 * gets the answer that its servers give.
 */
export const tokenize: RouteHandler = async (exchange, service) => {
  const fields = new Fields(await readJson(exchange.request, service.limits.maxBodyBytes));
  const served = service.models.find(fields.string("model"));
  exchange.served = served;
  const content = fields.string("content");
  const { model } = served;
  if (content !== undefined) return { json: await forLlamaServer(fields, content, model) };
  const inputs = fields.string("inputs");
  if (inputs !== undefined) return { json: await forTgi(inputs, model) };
  return { json: await forVllm(fields, served) };
};

async function forVllm(fields: Fields, { model }: ServedModel): Promise<object> {
  const prompt = fields.string("prompt");
  if (prompt === undefined && fields.raw("messages") === undefined) {
    throw badRequest("prompt", "There must be a prompt, messages, content or inputs to tokenize.");
  }
  refuseTooLong(model, "prompt", prompt ?? "");
  const addBos = fields.boolean("add_special_tokens") ?? true;
  const tokens =
    prompt === undefined
      ? await tokenizeConversation(model, readMessages(fields))
      : await tokenizeText(model, prompt, addBos);
  const wantsTexts = fields.boolean("return_token_strs") ?? false;
  return {
    count: tokens.length,
    max_model_len: contextSizeOf(model) ?? null,
    tokens,
    token_strs: wantsTexts ? (await toPieces(model, tokens)).map(({ piece }) => piece) : null,
  };
}

async function forLlamaServer(fields: Fields, content: string, model: ChatModel) {
  refuseTooLong(model, "content", content);
  const tokens = await tokenizeText(model, content, fields.boolean("add_special") ?? false);
  return { tokens: fields.boolean("with_pieces") ? await toPieces(model, tokens) : tokens };
}

async function forTgi(inputs: string, model: ChatModel): Promise<object> {
  refuseTooLong(model, "inputs", inputs);
  const pieces = await toPieces(model, await tokenizeText(model, inputs, true));
  let at = 0;
  return pieces.map(({ id, piece }) => {
    const start = at;
    at = Math.min(inputs.length, at + piece.length);
    return { id, text: piece, start, stop: at };
  });
}

/** `POST /detokenize`, which answers with the text by vLLM's name for it and by llama-server's. */
export const detokenize: RouteHandler = async (exchange, service) => {
  const fields = new Fields(await readJson(exchange.request, service.limits.maxBodyBytes));
  const tokens = fields.raw("tokens");
  if (!isTokenIds(tokens)) throw fields.wrong("tokens", "an array of token ids");
  const served = service.models.find(fields.string("model"));
  exchange.served = served;
  const { model } = served;
  if (!model.detokenize) throw cannot("detokenize");
  const text = await model.detokenize(tokens);
  return { json: { prompt: text, content: text } };
};

/** `POST /apply-template` */
export const applyTemplate: RouteHandler = async (exchange, service) => {
  const fields = new Fields(await readJson(exchange.request, service.limits.maxBodyBytes));
  const messages = readMessages(fields);
  const served = service.models.find(fields.string("model"));
  exchange.served = served;
  if (!served.model.formatPrompt) throw cannot("format prompts");
  return { json: { prompt: await served.model.formatPrompt(messages) } };
};

function cannot(what: string): Error {
  return unsupported("model", `This model cannot ${what}.`);
}
