import { answerRequest } from "../answer-request.ts";
import type { Exchange } from "../exchange.ts";
import { Fields } from "../fields.ts";
import { readTgiRequest } from "../parameters/tgi-request.ts";
import type { Reply } from "../reply.ts";
import { readJson } from "../request-body.ts";
import type { RouteHandler, Service } from "../service.ts";
import { refuseTooLong } from "../text-length.ts";
import { describeGeneration, TgiWriter } from "../tgi/tgi-writer.ts";

/** `POST /generate` of Text Generation Inference: the whole text. */
export const tgiGenerate: RouteHandler = (exchange, service) => generate(exchange, service, false);

/** `POST /generate_stream`: the text token by token. */
export const tgiGenerateStream: RouteHandler = (exchange, service) =>
  generate(exchange, service, true);

/** `POST /`: one or the other, as `stream` says. The whole text comes in an array, as older clients want it. */
export const tgiRoot: RouteHandler = (exchange, service) => generate(exchange, service, undefined);

async function generate(
  exchange: Exchange,
  service: Service,
  stream: boolean | undefined,
): Promise<Reply> {
  const fields = new Fields(await readJson(exchange.request, service.limits.maxBodyBytes));
  const request = readTgiRequest(fields);
  // TGI has one model, and takes no notice of a name.
  const served = service.models.find(undefined, request.adapter);
  const { model, adapter } = served;
  refuseTooLong(model, "inputs", request.inputs);
  return answerRequest(exchange, service, {
    served,
    count: 1,
    start: (_, signal) =>
      model.complete(request.inputs, {
        ...request.options,
        ...(adapter !== undefined && { adapter }),
        signal,
      }),
    writer: (stream ?? request.stream) ? new TgiWriter(request) : undefined,
    contentType: "text/event-stream",
    whole([result]) {
      const generation = result ? describeGeneration(result, request) : {};
      return stream === undefined ? [generation] : generation;
    },
  });
}
