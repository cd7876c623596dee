import type { ChatModel, OpenAIEmbeddingList } from "@llama2-kit/protocol";
import { badRequest, unsupported } from "../error.ts";
import { Fields, isTokenIds } from "../fields.ts";
import { readJson } from "../request-body.ts";
import type { RouteHandler } from "../service.ts";
import { refuseTooLong } from "../text-length.ts";

/** `POST /v1/embeddings` */
export const embeddings: RouteHandler = async (exchange, service) => {
  const { maxBodyBytes, maxEmbeddingInputs } = service.limits;
  const fields = new Fields(await readJson(exchange.request, maxBodyBytes));
  const inputs = readInputs(fields, maxEmbeddingInputs);
  const format = fields.string("encoding_format") ?? "float";
  if (format !== "float" && format !== "base64") {
    throw fields.wrong("encoding_format", '"float" or "base64"');
  }
  const served = service.models.find(fields.string("model"));
  exchange.served = served;
  const { model, name, adapter } = served;
  if (!model.embed || adapter !== undefined) {
    throw unsupported("model", `The model ${JSON.stringify(name)} makes no embeddings.`);
  }
  const abort = new AbortController();
  exchange.onCancel(() => abort.abort());
  const texts = await Promise.all(inputs.map((input) => toText(input, model)));
  for (const text of texts) refuseTooLong(model, "input", text);
  const { vectors, promptTokens } = await model.embed(texts, { signal: abort.signal });
  refuseDimensions(fields, vectors[0]?.length ?? 0);
  const list: OpenAIEmbeddingList = {
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: format === "base64" ? toBase64(vector) : vector,
    })),
    model: name,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
  return { json: list };
};

/** A text, several, token ids, or several of those. */
function readInputs(fields: Fields, most: number): readonly (string | readonly number[])[] {
  const input = fields.raw("input");
  const isInput = (one: unknown): one is string | readonly number[] =>
    (typeof one === "string" || isTokenIds(one)) && one.length > 0;
  if (isInput(input)) return [input];
  if (Array.isArray(input) && input.length > 0 && input.length <= most && input.every(isInput)) {
    return input;
  }
  const allowed = `a text, token ids, or an array of at most ${most} of these, none of them empty`;
  throw fields.wrong("input", allowed);
}

function toText(input: string | readonly number[], model: ChatModel): string | Promise<string> {
  if (typeof input === "string") return input;
  if (model.detokenize) return model.detokenize(input);
  throw unsupported("input", "This model cannot tell the text of token ids. Send texts.");
}

/** A vector cut short would be another one. */
function refuseDimensions(fields: Fields, length: number): void {
  const dimensions = fields.integer("dimensions");
  if (dimensions === undefined || dimensions === length) return;
  throw badRequest("dimensions", `dimensions must be ${length}, as the model has no others.`);
}

/** `btoa` takes a string, and `String.fromCharCode` as many arguments as the stack holds. */
const PART = 8192;

/** Little-endian 32-bit floats in base64. */
function toBase64(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4));
  for (const [index, value] of vector.entries()) view.setFloat32(index * 4, value, true);
  const bytes = new Uint8Array(view.buffer);
  let binary = "";
  for (let at = 0; at < bytes.length; at += PART) {
    binary += String.fromCharCode(...bytes.subarray(at, at + PART));
  }
  return btoa(binary);
}
